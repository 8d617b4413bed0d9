"""Lets happen in time what no entry makes happen: what ended together is judged, what is settled
is told.
"""

import asyncio
from collections.abc import Callable
from math import inf
from typing import Final, Protocol

from ftpwatch.core.clock import Clock
from ftpwatch.core.judgement.watch import Update, Watch

__all__ = ["Settles", "Settling"]

# Entries on their way to the Watch are stamped already.
_ON_THEIR_WAY_SECONDS: Final = 0.1


class Settles(Protocol):
    """What has something to do at a moment; while one is waited for none comes before it."""

    @property
    def settles_at(self) -> float | None: ...

    def settle(self, now: float) -> None: ...


class Settling:
    """Settles the Watch, or `what` where that is something else, which may have to after every
    update of it; to be made inside a running loop. `end` it. Entries from before `come_until` have
    come: nothing is settled for a later moment, however fast the clock goes.
    """

    def __init__(
        self,
        watch: Watch,
        clock: Clock,
        what: Settles | None = None,
        come_until: Callable[[], float] = lambda: inf,
    ) -> None:
        self._what: Settles = watch if what is None else what
        self._come_until = come_until
        self._clock = clock
        self._waiting: asyncio.Task[None] | None = None
        watch.subscribe(self.look, "settling")

    def end(self) -> None:
        """Nothing more comes: settle all there is."""
        if self._waiting is not None:
            self._waiting.cancel()
        self._what.settle(inf)

    def look(self, update: Update | None = None) -> None:
        """There may be something to settle."""
        if update is not None and update.jumped and self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        if self._waiting is None and self._what.settles_at is not None:
            self._waiting = asyncio.ensure_future(self._settle())

    async def _settle(self) -> None:
        try:
            while (moment := self._what.settles_at) is not None:
                await self._clock.sleep_until(moment + _ON_THEIR_WAY_SECONDS)
                while (until := min(self._clock.elapsed(), self._come_until())) < moment:
                    await self._clock.sleep_until(self._clock.elapsed() + _ON_THEIR_WAY_SECONDS)
                self._what.settle(until)
        finally:
            if self._waiting is asyncio.current_task():
                self._waiting = None
