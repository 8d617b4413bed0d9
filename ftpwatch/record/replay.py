"""Replay: a recording published again in its own time, or faster. Never opens a socket."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import EntriesUnreadable
from ftpwatch.core.playback.pace import PacedClock

__all__ = ["Replay"]

_ENTRIES_PER_TURN: Final = 50
_AHEAD_SECONDS: Final = 0.5
_LATE_SECONDS: Final = 0.002  # of real time: how late a turn of the loop may be


class Replay:
    """Publishes the entries of a recording; `unreadable` counts those that are damaged."""

    def __init__(
        self,
        entries: Iterable[Entry],
        clock: PacedClock,
        republish: Callable[[Entry], object],
    ) -> None:
        self._entries = entries
        self._clock = clock
        self._republish = republish
        self.finished = asyncio.Event()
        self.unreadable = 0

    async def run(self, *, goes_on: bool = False) -> None:
        """Publish every entry when its time has come; the clock is set to the first of them, unless
        it `goes_on` from an earlier one.
        """
        first, last = not goes_on, self._clock.elapsed()
        for number, entry in enumerate(self._entries):
            if number % _ENTRIES_PER_TURN == 0:
                await asyncio.sleep(0)
            if isinstance(entry.event, EntriesUnreadable):
                self.unreadable += entry.event.last - entry.event.first + 1
                if first:  # it has no time of its own
                    self._republish(entry)
                    continue
            if first:
                self._clock.origin = entry.at - timedelta(seconds=entry.elapsed_seconds)
                self._clock.skip_to(entry.elapsed_seconds)
                first = False
            await self._wait_for(entry.elapsed_seconds)
            self._republish(entry)
            last = entry.elapsed_seconds
        if not first:
            self._clock.skip_to(min(last, self._clock.elapsed()))
        self.finished.set()

    async def _wait_for(self, elapsed: float) -> None:
        """Until it is time, and while it is paused. The clock waits for the entries too: what
        cannot be shown as fast as is wished is shown slower, and not out of its time.
        """
        self._clock.may_reach(elapsed + max(_AHEAD_SECONDS, _LATE_SECONDS * self._clock.speed))
        await self._clock.sleep_until(elapsed)
        await self._clock.wait_moving()
