"""A live watch, of real servers or of the demo's: journal, Watch, Monitor and a front end."""

import asyncio
import gc
import platform
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ftpwatch import __version__
from ftpwatch.config.files import read_regular
from ftpwatch.core.bus import EventBus
from ftpwatch.core.command import Secret
from ftpwatch.core.entry import Entry
from ftpwatch.core.events import (
    RecordingMoved,
    RecordingPaused,
    RecordingResumed,
    SubscriberDropped,
    WatchStarted,
    WatchStopped,
)
from ftpwatch.core.limits import LimitsRun
from ftpwatch.core.playing import Playing
from ftpwatch.core.protocols import Clock, Refused
from ftpwatch.core.target import Target
from ftpwatch.core.watch import Watch
from ftpwatch.engine.monitor import Monitor
from ftpwatch.engine.noticing import Noticing
from ftpwatch.engine.outside import Outside
from ftpwatch.engine.system_clock import SystemClock
from ftpwatch.engine.wire import real_network
from ftpwatch.finder.run import Finder
from ftpwatch.headless.exit_codes import ExitCode, exit_code
from ftpwatch.headless.narration import Narration
from ftpwatch.headless.summary import unkept_text
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.record.journal import Journal
from ftpwatch.record.reader import Reader
from ftpwatch.record.remembered import HostMemory
from ftpwatch.record.writer_thread import WriterThread
from ftpwatch.wiring.failures import Failures
from ftpwatch.wiring.fronts import Front, front_for
from ftpwatch.wiring.recording import memory_path, recording
from ftpwatch.wiring.scene import Scene, ScreenBroke, View
from ftpwatch.wiring.settling import Settling
from ftpwatch.wiring.stopping import Stopping, on_signals

__all__ = ["Live", "Plan", "run_live", "watch"]

_INSISTED_SECONDS = 0.5
_LEAVING_SECONDS = 1.0
_LOOK_SECONDS = 0.25
_SWITCH_SECONDS = 0.0005
_SCREEN_BROKE = (
    "ftpwatch: the screen cannot be shown any more; the watch and its recording go on. Ctrl-C or "
    "SIGTERM ends it, saying QUIT to all"
)
_MOST_WAIT_SECONDS = 1200.0
Story = Callable[["Live"], Coroutine[Any, Any, None]]


class Plan(msgspec.Struct, frozen=True):
    """What to run and how to show it. `seconds` is `--for`; `story` steers a
    demo, which `make_playing` lets its user pause and step; `remembers` lets limits of hosts be
    kept across watches.
    """

    view: View
    find_target: Callable[[str, Secret | None], Target]
    targets: Sequence[Target] = ()
    seconds: float | None = None
    record: Path | None = None
    kept: bool = True
    asks: bool = True
    remembers: bool = False
    title: str = "ftpwatch"
    notice: str | None = None
    story: Story | None = None
    make_playing: Callable[[Watch], Playing] | None = None


class Live:
    """The rooms of one live watch, put together."""

    def __init__(
        self, plan: Plan, clock: Clock, real: SystemClock, journal: Journal, reader: Reader
    ) -> None:
        self.plan, self.clock, self.reader = plan, clock, reader
        self.journal = journal
        self.stopping, self.narration = Stopping(), Narration()
        self._runs: list[asyncio.Task[None]] = []
        advisor = self._advisor = KnowledgeAdvisor()
        loop = asyncio.get_running_loop()
        self.writer = WriterThread(
            journal, loop.call_soon_threadsafe, self._recording_moved, self._recording_troubled
        )
        self.bus = EventBus(clock, loop.call_soon, self.writer)
        self.failures = Failures(self.bus.publish, self._warn)
        loop.set_exception_handler(self.failures.of_loop)
        self.watch = Watch(advisor, self.failures.of_watch)
        publish = Noticing(self.bus.publish, real.look)
        outside = Outside(
            publish, clock, real_network, advisor, plan.asks, real.wait_jump,
            self.failures.of_session,
        )  # fmt: skip
        self.monitor = Monitor(outside, plan.find_target)
        self.bus.subscribe("watch", self.watch.receive)
        self.bus.subscribe("guard", self._guard)
        self.bus.subscribe("recording", self._note_pause)
        if plan.remembers:
            memory = HostMemory(memory_path(), self.bus.publish, read_regular, self.narration.say)
            self.bus.subscribe("memory", memory.receive)
        make = plan.make_playing
        self.playing = make(self.watch) if make is not None else None
        scene = Scene(
            self.watch,
            clock,
            self.monitor,
            reader,
            self.stopping,
            self.narration,
            plan.title,
            plan.notice,
            "REC" if plan.kept else "NOT RECORDED",
            self._find_limits,
            self.playing,
            self.failures.of_screen,
        )
        self._group: asyncio.TaskGroup | None = None
        self.front: Front = front_for(plan.view, scene)
        self.watch.subscribe(self.monitor.receive, "the engine")
        self.settling = Settling(self.watch, clock)

    async def run(self) -> None:
        """From the first event to the last."""
        # What is loaded stays loaded: looking through it again would hold up keep-alives by 15 ms.
        gc.freeze()
        # The journal's thread shall not keep the loop waiting for long.
        sys.setswitchinterval(_SWITCH_SECONDS)
        self.bus.publish(WatchStarted(__version__, platform.python_version(), platform.platform()))
        undo_signals = on_signals(self.stopping)
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                monitor = group.create_task(self.monitor.run(self.plan.targets))
                helpers = [group.create_task(self._front())]
                helpers += [group.create_task(wait) for wait in self._other_ends()]
                helpers.append(group.create_task(self._look_after_recording()))
                helpers.append(group.create_task(self._warm_up()))
                await self.stopping.wait()
                if self.playing is not None:
                    self.playing.release()
                self.monitor.stop()
                await self._goodbyes(monitor)
                self.bus.flush()
                self.settling.end()
                self.monitor.conclude()
                self.bus.publish(WatchStopped(self.stopping.why))
                self.bus.flush()
                self.front.leave()
                await asyncio.wait(helpers[:1], timeout=_LEAVING_SECONDS)
                for helper in (*helpers, *self._runs):
                    helper.cancel()
        finally:
            undo_signals()
            self.writer.close(_LEAVING_SECONDS)

    async def _goodbyes(self, monitor: "asyncio.Task[None]") -> None:
        insisted = asyncio.ensure_future(self.stopping.wait_at_once())
        await asyncio.wait({monitor, insisted}, return_when=asyncio.FIRST_COMPLETED)
        insisted.cancel()
        self.monitor.drop_all()
        await asyncio.wait({monitor}, timeout=_INSISTED_SECONDS)
        monitor.cancel()

    @property
    def recordings(self) -> list[Path]:
        """The files that hold what was watched, where it was to be kept; those that are there."""
        return self.journal.parts_left if self.plan.kept else []

    def _recording_moved(self, path: Path, problem: str) -> None:
        self.bus.publish(RecordingMoved(str(path), problem))
        self._warn(f"ftpwatch: {problem}; recording goes on in {path}")

    def _recording_troubled(self, problem: str) -> None:
        self.bus.trouble(problem)

    def _note_pause(self, entry: Entry) -> None:
        match entry.event:
            case RecordingPaused(problem=problem):
                self._warn(f"ftpwatch: recording paused: {problem}")
            case RecordingResumed():
                self._warn("ftpwatch: recording again")
            case _:
                pass

    async def _warm_up(self) -> None:
        """The first 421 shall not hold up anybody's keep-alive."""
        for _ in self._advisor.warm_up():
            await asyncio.sleep(0)

    async def _look_after_recording(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self.bus.look()

    def _warn(self, words: str) -> None:
        self.front.warn(words)

    async def _front(self) -> None:
        try:
            await self.front.run()
        except ScreenBroke:
            self.narration.say(_SCREEN_BROKE)
        else:
            self.stopping.stop("the user left")

    def _other_ends(self) -> list[Coroutine[Any, Any, None]]:
        ends: list[Coroutine[Any, Any, None]] = []
        if self.plan.seconds is not None:
            ends.append(self._for(self.plan.seconds))
        if self.plan.story is not None:
            ends.append(self._tell_story(self.plan.story))
        elif not self.front.is_screen:
            ends.append(self._nothing_left())
        return ends

    async def _tell_story(self, story: Story) -> None:
        try:
            await story(self)
        except Exception as error:  # noqa: BLE001 a story that breaks leaves the sessions alone
            if not (isinstance(error, Refused) and self.stopping.wanted):
                self.failures.of_session("", None, error)

    async def _for(self, seconds: float) -> None:
        await self.clock.sleep_until(self.clock.elapsed() + seconds)
        self.stopping.stop("--for has elapsed")

    async def _nothing_left(self) -> None:
        await self.monitor.wait_nothing_left()
        self.stopping.stop("nothing is left to wait for")

    def _find_limits(self, session: str) -> LimitsRun:
        """Start a limits run beside `session`. Raises Refused."""
        if self._group is None or self.stopping.wanted:
            raise Refused("the watch is ending")
        finder = Finder(
            session, self.watch, self.monitor, self.clock, max_wait_seconds=_MOST_WAIT_SECONDS
        )
        self.watch.subscribe(finder.receive)
        run = self._group.create_task(self._measure(finder))
        run.add_done_callback(lambda _: self.watch.unsubscribe(finder.receive))
        self._runs.append(run)
        return finder

    async def _measure(self, finder: Finder) -> None:
        try:
            await finder.run()
        except Exception as error:  # noqa: BLE001 a run that breaks leaves the sessions alone
            finder.broke(error)
            self.failures.of_session(finder.of, None, error)

    def _guard(self, entry: Entry) -> None:
        """Without the Watch nothing would be shown any more: better to stop and say so."""
        match entry.event:
            case SubscriberDropped(name="watch", problem=problem):
                self.stopping.fail(problem)
            case _:
                pass


async def run_live(plan: Plan, clock: Clock, real: SystemClock) -> tuple[ExitCode, Live]:
    """Run `plan`; the exit code, and the rooms as they ended. Raises UnwritableRecording."""
    with recording(plan.record, kept=plan.kept) as journal:
        reader = Reader(journal.path, journal)
        try:
            live = Live(plan, clock, real, journal, reader)
            await live.run()
        finally:
            reader.close()
        if plan.kept and live.bus.unkept:
            live.narration.say(f"ftpwatch: {unkept_text(live.bus.unkept, journal.path)}")
    if live.stopping.interrupted:
        return ExitCode.INTERRUPTED, live
    if live.stopping.failure is not None or live.stopping.unwritable:
        return ExitCode.BADLY, live
    return exit_code(live.watch.state), live


def watch(plan: Plan) -> tuple[ExitCode, str | None]:
    """Run `plan` in real time; the exit code, and an error of our own where there was one."""

    async def run() -> tuple[ExitCode, Live]:
        clock = SystemClock()
        return await run_live(plan, clock, clock)

    code, live = asyncio.run(run())
    if live.stopping.failure is None:
        live.front.sum_up(live.recordings)
    return code, live.stopping.failure
