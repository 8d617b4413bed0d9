"""A recording that is played, and that can be gone to any place of: what is being published ends,
and begins anew from what was known there.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from math import inf

import msgspec

from ftpwatch.core.journal.bus import EventBus
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import EntriesUnreadable
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.core.playback.seeking import Place, Seeking, Span
from ftpwatch.record.reader import Reader
from ftpwatch.record.replay import Replay
from ftpwatch.record.restoring import Restoring

__all__ = ["SeekableReplay", "Theatre", "set_clock"]


class Theatre(msgspec.Struct, frozen=True):
    """Where it is played; `new_watch` makes another that knows nothing and shows nobody."""

    clock: PacedClock
    bus: EventBus
    watch: Watch
    new_watch: Callable[[], Watch]


class _Superseded(Exception):
    """Another place is wanted, or none any more."""


class SeekableReplay:
    """Plays what `reader` reads; nobody else uses that meanwhile. To be made inside a running
    loop; `close` it.
    """

    def __init__(self, reader: Reader, restoring: Restoring, timed: bool) -> None:
        self._reader, self._restoring = reader, restoring
        readable = (e for e in reader.entries() if not isinstance(e.event, EntriesUnreadable))
        first, last = next(readable, None), reader.last
        self.seeking = Seeking(_span(first, last, timed)) if first and last else None
        if self.seeking is not None:
            self.seeking.hear = self._hear
        self._asked, self._closed, self._after = asyncio.Event(), False, 0
        self._damaged: dict[int, int] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="seeking")

    @property
    def unreadable(self) -> int:
        """How many entries are damaged, of those that were played or folded on the way."""
        return sum((self._restoring.damaged | self._damaged).values())

    def close(self) -> None:
        """Nobody waits for a place any more."""
        self._closed = True
        self._thread.shutdown(wait=True, cancel_futures=True)

    def begin_after(self, entry: Entry) -> None:
        """All up to `entry` is known already."""
        self._after = entry.seq

    async def wait_asked(self) -> None:
        """Return once a place is wanted."""
        await self._asked.wait()

    async def run(self, theatre: Theatre) -> None:
        """Play to the end, from any place that is wanted meanwhile; called again, from the one
        that is wanted then.
        """
        while True:
            if self._asked.is_set():
                await self._go(theatre)
            entries = self._reader.entries(self._after)
            replay = Replay(entries, theatre.clock, lambda entry: self._publish(theatre, entry))
            playing = asyncio.ensure_future(replay.run(goes_on=self._after > 0))
            asked = asyncio.ensure_future(self._asked.wait())
            try:
                await asyncio.wait((playing, asked), return_when=asyncio.FIRST_COMPLETED)
            finally:
                asked.cancel()
                playing.cancel()
            if not self._asked.is_set():
                return await playing
            await asyncio.gather(playing, return_exceptions=True)

    def _publish(self, theatre: Theatre, entry: Entry) -> None:
        if isinstance(entry.event, EntriesUnreadable):
            self._damaged[entry.seq] = entry.event.last - entry.event.first + 1
        theatre.bus.republish(entry)

    # --- going somewhere -----------------------------------------------------------------------

    def _hear(self) -> None:
        self._asked.set()

    async def _go(self, theatre: Theatre) -> None:
        """To what is wanted: found in a thread, then shown at once."""
        seeking = self.seeking
        while seeking is not None and (place := seeking.wanted) is not None:
            self._asked.clear()
            found = theatre.new_watch()
            bring = asyncio.get_running_loop().run_in_executor
            try:
                last = await bring(self._thread, self._bring, seeking, place, found)
            except _Superseded:
                continue
            if seeking.wanted is not place:
                continue
            seeking.wanted = seeking.progress = None
            self._after = last.seq if last is not None else 0
            self._stand(theatre, seeking.span, place, last)
            theatre.bus.go_back(self._after)
            explained = found.explanation_at(last) if last is not None and place.is_step else None
            theatre.watch.become(found, explained)
        self._asked.clear()

    def _bring(self, seeking: Seeking, place: Place, watch: Watch) -> Entry | None:
        """In the thread: have `watch` know what was known at `place`."""

        def reach(share: float) -> None:
            seeking.progress = share
            if self._closed or seeking.wanted is not place:
                raise _Superseded

        last = self._restoring.bring(watch, self._upto(place), reach)
        if last is not None and not place.is_step:
            watch.settle(_elapsed(place, last))
        return last

    def _upto(self, place: Place) -> int:
        if place.upto is not None:
            return place.upto
        if place.moment is not None:
            after = self._reader.seq_at(place.moment)
            return after - 1 if after is not None else 0
        return self._reader.seq_after(place.elapsed or 0.0)

    def _stand(self, theatre: Theatre, span: Span, place: Place, last: Entry | None) -> None:
        theatre.clock.may_reach(inf)
        if last is None:
            theatre.clock.skip_to(span.starts)
            return
        set_clock(theatre.clock, last)
        theatre.clock.skip_to(min(span.ends, _elapsed(place, last)))


def set_clock(clock: PacedClock, entry: Entry) -> None:
    """Stand at the moment of `entry`."""
    clock.origin = entry.at - timedelta(seconds=entry.elapsed_seconds)
    clock.skip_to(entry.elapsed_seconds)


def _elapsed(place: Place, last: Entry) -> float:
    """The moment of `place` in seconds of the watch, where `last` is the last entry before it."""
    if place.moment is not None:
        return last.elapsed_seconds + max(0.0, (place.moment - last.at).total_seconds())
    return max(last.elapsed_seconds, place.elapsed or 0.0)


def _span(first: Entry, last: Entry, timed: bool) -> Span:
    return Span(first.elapsed_seconds, last.elapsed_seconds, first.at, last.at, timed)
