"""Publishes what nobody waits for, as long as that is no flood; of a flood, how much it is."""

import asyncio
from collections.abc import Callable

from ftpwatch.core.clock import Clock
from ftpwatch.core.journal.events import AnyEvent
from ftpwatch.engine.flood import Flood, Item

__all__ = ["FloodSampling"]


class FloodSampling:
    """Of one connection, until its `end`. `guard` runs what must not raise."""

    def __init__(
        self,
        publish: Callable[[AnyEvent], object],
        clock: Clock,
        guard: Callable[[Callable[[], None]], None],
    ) -> None:
        self._publish, self._clock, self._guard = publish, clock, guard
        self._flood = Flood()
        self._telling: asyncio.Task[None] | None = None

    def take(self, item: Item, size: int) -> None:
        """Publish `item` of `size` bytes, or count it and say so within a second."""
        if self._flood.keeps(item, size, self._clock.elapsed()):
            self._publish(item)
        elif self._telling is None:
            self._telling = asyncio.ensure_future(self._publish_in_time())

    def end(self) -> None:
        """Publish what was counted and not told: the connection ends."""
        self._publish_skipped(over=True)
        self.drop()

    def drop(self) -> None:
        """Publish nothing more."""
        if self._telling is not None:
            self._telling.cancel()

    async def _publish_in_time(self) -> None:
        while (moment := self._flood.tells_at) is not None:
            await self._clock.sleep_until(moment)
            self._guard(lambda: self._publish_skipped(over=False))
        self._telling = None

    def _publish_skipped(self, *, over: bool) -> None:
        for event in self._flood.tell(self._clock.elapsed(), over=over):
            self._publish(event)
