"""A live watch, of real servers or of the demo's: journal, Watch, Monitor and a front end. Long, as
its rooms are put together and taken apart in one order.
"""

import asyncio
import contextlib
import platform
import sys
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from ftpwatch import __version__
from ftpwatch.config.files import read_regular
from ftpwatch.core.clock import Clock
from ftpwatch.core.controls import Refused
from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.ftp.target import Target
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import SubscriberDropped, WatchStarted, WatchStopped
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.playback.playing import Playing
from ftpwatch.core.state.folded_ahead import FoldedAhead
from ftpwatch.core.text.headline import Headline
from ftpwatch.engine.jumps_first import JumpsFirst
from ftpwatch.engine.monitor import Monitor
from ftpwatch.engine.session_environment import SessionEnvironment
from ftpwatch.headless.exit_codes import ExitCode, exit_code
from ftpwatch.headless.narration import Narration
from ftpwatch.headless.summary import unkept_text
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.record.journal import Bounds, Journal
from ftpwatch.record.judging import KeepsJudgements
from ftpwatch.record.reader import Reader
from ftpwatch.record.remembered import HostMemory
from ftpwatch.record.retention import Keep
from ftpwatch.transport.dialing import real_network
from ftpwatch.transport.open_files import make_room
from ftpwatch.transport.system_clock import SystemClock
from ftpwatch.wiring.collecting import collect_when_quiet
from ftpwatch.wiring.failures import Failures
from ftpwatch.wiring.fronts import Front, front_for
from ftpwatch.wiring.limits_runs import LimitsRuns
from ftpwatch.wiring.outward import Around, Outward, OutwardPlan, outward
from ftpwatch.wiring.pruning import Pruning
from ftpwatch.wiring.recorded import Recorded
from ftpwatch.wiring.recording import memory_path, recording
from ftpwatch.wiring.scene import Scene, ScreenBroke, View
from ftpwatch.wiring.settling import Settling
from ftpwatch.wiring.stopping import Stopping, on_signals
from ftpwatch.wiring.version import judging_version

__all__ = ["Live", "Plan", "run_live", "watch"]

_INSISTED_SECONDS = 0.5
_LEAVING_SECONDS = 1.0
_SCREEN_SECONDS = 2.0
_SWITCH_SECONDS = 0.0005
_SCREEN_BROKE = (
    "ftpwatch: the screen cannot be shown any more; the watch and its recording go on. Ctrl-C or "
    "SIGTERM ends it, saying QUIT to all"
)
Story = Callable[["Live"], Coroutine[Any, Any, None]]


class Plan(msgspec.Struct, frozen=True):
    """What to run and how to show it. `seconds` is `--for`; `story` steers a
    demo, which `make_playing` lets its user pause and step; `remembers` lets limits of hosts be
    kept across watches; `outward` is what else is told of it, and to whom.
    """

    view: View
    find_targets: Callable[[str, Secret | None], Sequence[Target]]
    targets: Sequence[Target] = ()
    seconds: float | None = None
    record: Path | None = None
    kept: bool = True
    bounds: Bounds = Bounds()
    keep: Keep | None = None
    asks: bool = True
    remembers: bool = False
    headline: Headline = Headline()
    story: Story | None = None
    make_playing: Callable[[Watch], Playing] | None = None
    outward: OutwardPlan = OutwardPlan()


class Opened(msgspec.Struct, frozen=True):
    """What is opened before a watch begins, and closed after it."""

    journal: Journal
    reader: Reader
    out: Outward


class Live:
    """The rooms of one live watch, put together."""

    def __init__(self, plan: Plan, clock: Clock, real: SystemClock, opened: Opened) -> None:
        self.plan, self.clock, self.reader = plan, clock, opened.reader
        self.journal, self._out = opened.journal, opened.out
        self.stopping, self.narration = Stopping(), Narration()
        self._front_is_there = True
        advisor = self._advisor = KnowledgeAdvisor()
        loop = asyncio.get_running_loop()
        own = (plan.record.name, self.journal.watch) if plan.record is not None else None
        self._pruning = Pruning(self.journal.path.parent, own, self._warn)
        self._recorded = Recorded(self.journal, clock, self._warn, self._pruning.part_begins)
        self.bus = self._recorded.bus
        self.failures = Failures(self.bus.publish, self._warn)
        loop.set_exception_handler(self.failures.of_loop)
        ahead = FoldedAhead()
        self.watch = Watch(advisor, self.failures.of_watch, ahead)
        publish = JumpsFirst(self.bus.publish, real.look)
        environment = SessionEnvironment(
            publish=publish,
            clock=clock,
            connect=real_network,
            advisor=advisor,
            asks=plan.asks,
            wait_jump=real.wait_jump,
            failed=self.failures.of_session,
            ahead=ahead,
        )
        self.monitor = Monitor(environment, plan.find_targets)
        self.bus.subscribe("watch", self.watch.receive)
        self.bus.subscribe("guard", self._guard)
        if plan.remembers:
            memory = HostMemory(memory_path(), self.bus.publish, read_regular, self.narration.say)
            self.bus.subscribe("memory", memory.receive)
        make = plan.make_playing
        self.playing = make(self.watch) if make is not None else None
        self._runs = LimitsRuns(self.watch, self.monitor, clock, self.failures)
        scene = self._scene = Scene(
            watch=self.watch,
            clock=clock,
            controls=self.monitor,
            history=self.reader,
            stopping=self.stopping,
            narration=self.narration,
            headline=plan.headline,
            find_limits=self._runs.start,
            playing=self.playing,
            failed=self.failures.of_screen,
            state_after=partial(self.reader.state_after, version=judging_version()),
        )
        self.front: Front = front_for(plan.view, scene)
        self.watch.subscribe(self.monitor.receive, "the engine")
        judging = KeepsJudgements(self._recorded.judge, lambda: self.watch.settles_at)
        self.watch.subscribe(judging.receive, "the recording")
        self.settling = Settling(self.watch, clock, come_until=lambda: self.bus.come_until)
        around = Around(self._warn, self.failures.of_outward, self.front.signal, self.bus, real)
        self._out.attach(scene, around)

    async def run(self) -> None:
        """From the first event to the last."""
        # The journal's thread shall not keep the loop waiting for long.
        sys.setswitchinterval(_SWITCH_SECONDS)
        self.bus.publish(WatchStarted(__version__, platform.python_version(), platform.platform()))
        undo_signals = on_signals(self.stopping)
        try:
            async with asyncio.TaskGroup() as group:
                self._runs.open(group)
                monitor = group.create_task(self._watch_targets())
                helpers = [group.create_task(self._front())]
                helpers += [group.create_task(wait) for wait in self._other_ends()]
                helpers.append(group.create_task(self._recorded.look()))
                if self.plan.kept and self.plan.keep is not None:
                    helpers.append(group.create_task(self._pruning.run(self.plan.keep)))
                helpers.append(group.create_task(self._warm_up()))
                helpers.append(group.create_task(collect_when_quiet(lambda: self.watch.state.seq)))
                await self.stopping.wait()
                self._runs.shut()
                if self.playing is not None:
                    self.playing.release()
                self.monitor.stop()
                await self._goodbyes(monitor)
                self.bus.flush()
                self.settling.end()
                self.monitor.conclude()
                self.bus.publish(WatchStopped(self.stopping.why))
                self.bus.flush()
                self._out.settle()
                self._front_is_there = False
                self.front.leave()
                await asyncio.wait(helpers[:1], timeout=_LEAVING_SECONDS)
                self._runs.end()
                for helper in helpers:
                    helper.cancel()
                await self._out.leave(self._scene)
        finally:
            undo_signals()
            self._recorded.close(_LEAVING_SECONDS)

    async def _watch_targets(self) -> None:
        """Putting up the screen takes longer than an answer of a server nearby: that time is not to
        count as the server's.
        """
        if self.front.is_screen and self.plan.story is None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.front.is_up(), _SCREEN_SECONDS)
        if not self.stopping.wanted:
            await self.monitor.run(self.plan.targets)

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

    async def _warm_up(self) -> None:
        """The first 421 shall not hold up anybody's keep-alive."""
        for _ in self._advisor.warm_up():
            await asyncio.sleep(0)

    def _warn(self, text: str) -> None:
        warn = self.front.warn if self._front_is_there else self.narration.say
        warn(text)

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

    def _guard(self, entry: Entry) -> None:
        """Without the Watch nothing would be shown any more: better to stop and say so."""
        match entry.event:
            case SubscriberDropped(name="watch", problem=problem):
                self.stopping.fail(problem)
            case _:
                pass


async def run_live(plan: Plan, clock: Clock, real: SystemClock) -> tuple[ExitCode, Live]:
    """Run `plan`; the exit code, and the rooms as they ended. Raises UserError where there can be
    no recording, or not what is wanted beside it.
    """
    with (
        outward(plan.outward) as out,
        recording(plan.record, kept=plan.kept, bounds=plan.bounds) as journal,
    ):
        reader = Reader(journal.path, journal)
        try:
            live = Live(plan, clock, real, Opened(journal, reader, out))
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
    """Run `plan` in real time; the exit code, and an error of our own where there was one. Raises
    UserError before anything is connected where the system does not allow so many sessions.
    """
    make_room(len(plan.targets))

    async def run() -> tuple[ExitCode, Live]:
        clock = SystemClock()
        return await run_live(plan, clock, clock)

    code, live = asyncio.run(run())
    if live.stopping.failure is None:
        live.front.sum_up(live.recordings)
    return code, live.stopping.failure
