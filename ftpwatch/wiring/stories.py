"""What a replay can show: a recording, from its start or from any moment; one that is being written
by another watch; what others saw, at once or as it grows.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count, islice
from pathlib import Path
from typing import Final

import msgspec

from ftpwatch.core.counted import counted
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import SourceOpened, WatchStopped
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.core.playback.playing import Playing
from ftpwatch.core.playback.seeking import Seeking
from ftpwatch.record.files import is_abandoned
from ftpwatch.record.reader import Reader
from ftpwatch.record.restoring import Restoring
from ftpwatch.record.seekable import SeekableReplay, Theatre, set_clock
from ftpwatch.wiring.converted import Kept
from ftpwatch.wiring.following import Following
from ftpwatch.wiring.opening import Start, bring_to, start_of
from ftpwatch.wiring.version import judging_version

__all__ = ["Stage", "Story", "followed_recording", "followed_source", "recorded"]

_LOOK_SECONDS: Final = 0.2
_LOOKS_AT_WRITER: Final = 10
_OVER: Final = "The watch is over."
_KILLED: Final = "The watch ended without closing its recording."
_AT_ONCE: Final = 500


class Stage(Theatre, frozen=True):
    """What a publisher may use, and what its user steers."""

    playing: Playing


class Story(msgspec.Struct, frozen=True):
    """What is shown: from which journal, as what, by whom it is published; `begin` brings the Watch
    to where it starts, before anything is shown, and gives the last entry of before. Where it can
    be sought in, `publish` is called again once `wait_sought` returns.
    """

    name: str
    kind: str
    history: Reader
    publish: Callable[[Stage], Awaitable[str]]
    begin: Callable[[Watch, PacedClock], Entry | None] = lambda _, __: None
    timed: bool = True
    ends: Callable[[], datetime | None] = lambda: None
    unreadable: Callable[[], int] = lambda: 0
    seeking: Seeking | None = None
    wait_sought: Callable[[], Awaitable[None]] | None = None


@contextmanager
def recorded(path: Path, name: str, source: SourceOpened | None, start: Start) -> Iterator[Story]:
    """The recording at `path`; of `source`, where it was made of what others saw."""
    entries, history = Reader(path), Reader(path)
    timed = source is None or source.timed
    restoring = Restoring(entries, judging_version())
    replay = SeekableReplay(entries, restoring, timed)

    def begin(watch: Watch, clock: PacedClock) -> Entry | None:
        at = start_of(entries, start, timed=timed)
        last = bring_to(entries, watch, at.upto, restoring) if at is not None else None
        if last is not None:
            replay.begin_after(last)
            set_clock(clock, last)
            if at is not None and at.moment is not None:
                clock.skip_to(max(last.elapsed_seconds, clock_time(clock, at.moment)))
        restoring.checkpoints.of(watch)
        return last

    async def publish(stage: Stage) -> str:
        await replay.run(stage)
        return last_words(kind, replay.unreadable)

    kind = "recording" if source is None else str(source.kind)
    try:
        yield Story(
            name=name,
            kind=kind,
            history=history,
            publish=publish,
            begin=begin,
            timed=timed,
            ends=lambda: entries.last.at if entries.last is not None else None,
            unreadable=lambda: replay.unreadable,
            seeking=replay.seeking,
            wait_sought=replay.wait_asked,
        )
    finally:
        replay.close()
        entries.close()
        history.close()


@contextmanager
def followed_recording(path: Path, start: Start) -> Iterator[Story]:
    """The recording of a watch that goes on, from its present state on, or from `start`."""
    entries, history = Reader(path), Reader(path)
    begun, restoring = list[Entry](), Restoring(entries, judging_version())

    def begin(watch: Watch, clock: PacedClock) -> Entry | None:
        at = start_of(entries, start if start.wanted else Start(end=True), timed=True)
        last = bring_to(entries, watch, at.upto, restoring) if at is not None else None
        if last is not None:
            begun.append(last)
            set_clock(clock, last)
        return last

    async def publish(stage: Stage) -> str:
        after = begun[-1].seq if begun else 0
        if begun and isinstance(begun[-1].event, WatchStopped):
            return with_gaps(_OVER, restoring.unreadable)
        over = await _follow(stage, path, (entries, history), after, restoring)
        return with_gaps(over, restoring.unreadable)

    try:
        yield Story(
            name=path.name,
            kind="recording",
            history=history,
            publish=publish,
            begin=begin,
            unreadable=lambda: restoring.unreadable,
        )
    finally:
        entries.close()
        history.close()


async def _follow(
    stage: Stage, path: Path, readers: tuple[Reader, Reader], after: int, restoring: Restoring
) -> str:
    """Publish what comes after `after`, until the watch is over or known to have been killed."""
    looks = count()
    while True:
        killed = next(looks) % _LOOKS_AT_WRITER == 0 and is_abandoned(path)
        new = list(islice(readers[0].entries(after), _AT_ONCE))
        for entry in new:
            after = entry.seq
            restoring.look(entry)
            set_clock(stage.clock, entry)
            stage.bus.republish(entry)
            if isinstance(entry.event, WatchStopped):
                return _OVER
        if killed and not new:
            return _KILLED
        if len(new) < _AT_ONCE:
            await asyncio.sleep(_LOOK_SECONDS)
            for reader in readers:
                reader.look_for_parts()


@contextmanager
def followed_source(path: Path | None, zone: str | None, journal: Kept) -> Iterator[Story]:
    """A log or a capture that grows, kept in `journal` while it is looked at."""
    following = Following(path, zone, journal)
    history = Reader(journal.journal.path, live=journal.journal)

    async def publish(stage: Stage) -> str:
        await following.run(stage.clock, stage.bus.republish)
        return f"{following.name} is over."

    try:
        yield Story(name=following.name, kind="source", history=history, publish=publish)
    finally:
        following.stop()
        history.close()


def last_words(kind: str, unreadable: int) -> str:
    """That it is over, and how much of it could not be read."""
    return with_gaps(f"The {kind} is over.", unreadable)


def with_gaps(text: str, unreadable: int) -> str:
    """`text`, a sentence, with how much could not be read."""
    return f"{text[:-1]}, but {_gaps(unreadable)}." if unreadable else text


def gaps_so_far(unreadable: int) -> str:
    """What is shown lacks something: the first sentence of what goes on."""
    return f"{_gaps(unreadable)}: what is shown lacks them."


def _gaps(unreadable: int) -> str:
    return f"{counted(unreadable, 'entry is', 'entries are')} damaged and could not be read"


def clock_time(clock: PacedClock, moment: datetime) -> float:
    """`moment` in seconds of the watch."""
    return (moment - clock.origin).total_seconds()
