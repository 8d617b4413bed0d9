"""A replay: the recording is republished to the same Watch and the same front ends."""

import asyncio
from functools import partial
from pathlib import Path

from ftpwatch.core.journal.bus import EventBus
from ftpwatch.core.journal.events import ConnectionClosed, MarkSet
from ftpwatch.core.judgement.watch import Update, Watch
from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.core.playback.playing import Playing
from ftpwatch.core.text.headline import Headline, Keeping
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import phrase
from ftpwatch.headless.exit_codes import ExitCode, exit_code
from ftpwatch.headless.narration import Narration
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.record.reader import Reader
from ftpwatch.record.replay import Replay
from ftpwatch.transport.system_clock import SystemClock
from ftpwatch.wiring.failures import Failures
from ftpwatch.wiring.fronts import Front, front_for
from ftpwatch.wiring.scene import Scene, ScreenBroke, View
from ftpwatch.wiring.settling import Settling
from ftpwatch.wiring.stopping import Stopping, on_signals

__all__ = ["run_replay"]

_HURRY = 500.0
_LAST_WORDS = "The recording is over."


async def run_replay(path: Path, view: View, speed: float) -> ExitCode:
    """Replay the recording at `path`. Raises NotARecording."""
    entries, history = Reader(path), Reader(path)
    try:
        return await _replay(entries, history, path, view, speed)
    finally:
        entries.close()
        history.close()


async def _replay(
    entries: Reader, history: Reader, path: Path, view: View, speed: float
) -> ExitCode:
    clock = PacedClock(SystemClock(), speed)
    bus = EventBus(clock, asyncio.get_running_loop().call_soon)
    narration, fronts = Narration(), list[Front]()
    failures = Failures(None, lambda text: fronts[0].warn(text))
    asyncio.get_running_loop().set_exception_handler(failures.of_loop)
    watch, stopping = Watch(KnowledgeAdvisor(), failures.of_watch), Stopping()
    playing = Playing(clock, lambda: watch.state, speed=speed, hurry=_HURRY)
    replay = Replay(entries.entries(), clock, bus.republish)
    watch.subscribe(partial(_note_step, playing))
    bus.subscribe("watch", watch.receive)
    settling = Settling(watch, clock)
    how = f", {speed:g} times as fast as it was" if speed != 1 else ""
    scene = Scene(
        watch=watch,
        clock=clock,
        controls=replay,
        history=history,
        stopping=stopping,
        narration=narration,
        headline=Headline(
            title=visible(f"replay {path.name}"),
            notice=f"a recording{how}",
            keeping=Keeping.REPLAYED,
        ),
        playing=playing,
        failed=failures.of_screen,
    )
    front = front_for(view, scene)
    fronts.append(front)
    undo_signals = on_signals(stopping)
    try:
        async with asyncio.TaskGroup() as group:
            telling = group.create_task(_play(replay, playing, front, stopping))
            showing = group.create_task(_show(front, stopping))
            await stopping.wait()
            bus.flush()
            settling.end()
            front.leave()
            await asyncio.wait([showing], timeout=2)
            telling.cancel()
            showing.cancel()
    finally:
        undo_signals()
    if stopping.failure is not None:
        narration.say(f"ftpwatch: {stopping.failure}")
        return ExitCode.USAGE
    if stopping.interrupted:
        return ExitCode.INTERRUPTED
    if replay.unreadable or stopping.unwritable:
        if not front.is_screen:
            narration.say(f"ftpwatch: {_last_words(replay.unreadable)}")
        return ExitCode.BADLY
    return exit_code(watch.state)


def _note_step(playing: Playing, update: Update) -> None:
    """A close and a mark are the steps of a recording."""
    entry = update.entry
    if entry is not None and isinstance(entry.event, ConnectionClosed | MarkSet):
        playing.reached(f"{visible(entry.session or 'mark')}: {phrase(entry).words}")


async def _play(replay: Replay, playing: Playing, front: Front, stopping: Stopping) -> None:
    await replay.run()
    text = _last_words(replay.unreadable)
    front.tell(text)
    playing.end(text, stands=True)
    if not front.is_screen:
        stopping.stop("the recording is over")


def _last_words(unreadable: int) -> str:
    if not unreadable:
        return _LAST_WORDS
    entries = "1 entry is" if unreadable == 1 else f"{unreadable} entries are"
    return f"{_LAST_WORDS[:-1]}, but {entries} damaged and could not be read."


async def _show(front: Front, stopping: Stopping) -> None:
    try:
        await front.run()
    except ScreenBroke:
        stopping.fail("the screen cannot be shown")
    else:
        stopping.stop("the user left")
