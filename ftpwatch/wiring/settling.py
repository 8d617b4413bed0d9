"""Lets the Watch settle in time what nothing else would make it settle."""

import asyncio
from typing import Final

from ftpwatch.core.clock import Clock
from ftpwatch.core.judgement.watch import Update, Watch

__all__ = ["Settling"]

# Entries on their way to the Watch are stamped already.
_ON_THEIR_WAY_SECONDS: Final = 0.1


class Settling:
    """Subscribes itself to `watch`; to be made inside a running loop. `end` it."""

    def __init__(self, watch: Watch, clock: Clock) -> None:
        self._watch, self._clock = watch, clock
        self._waiting: asyncio.Task[None] | None = None
        watch.subscribe(self._look, "settling")

    def end(self) -> None:
        """Nothing more comes: settle all there is."""
        if self._waiting is not None:
            self._waiting.cancel()
        self._watch.settle(float("inf"))

    def _look(self, _: Update) -> None:
        if self._waiting is None and self._watch.settles_at is not None:
            self._waiting = asyncio.ensure_future(self._settle())

    async def _settle(self) -> None:
        while (moment := self._watch.settles_at) is not None:
            await self._clock.sleep_until(moment + _ON_THEIR_WAY_SECONDS)
            self._watch.settle(self._clock.elapsed())
        self._waiting = None
