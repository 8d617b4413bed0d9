"""Replies on their way to who waits for them."""

import asyncio

from ftpwatch.core.clock import Alarm, Clock
from ftpwatch.core.ftp.reply import Reply
from ftpwatch.transport.waiting import Overdue

__all__ = ["Answers"]


class Answers:
    """In their order, for one who waits; None is the end. A tenth of what asyncio's Queue takes,
    of which every session would have one.
    """

    __slots__ = ("_alarm", "_clock", "_given_up_at", "_replies", "_waiter")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._replies: list[Reply | None] = []
        self._waiter: asyncio.Future[None] | None = None
        self._given_up_at = 0.0
        self._alarm: Alarm | None = None

    def __len__(self) -> int:
        return len(self._replies)

    def put(self, reply: Reply | None) -> None:
        """`reply` has come."""
        self._replies.append(reply)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def get(self, seconds: float) -> Reply | None:
        """The next one, once it has come. Raises Overdue after `seconds`, as many each time."""
        if not self._replies:
            self._waiter = asyncio.get_running_loop().create_future()
            self._given_up_at = self._clock.elapsed() + seconds
            if self._alarm is None:
                self._alarm = self._clock.call_at(self._given_up_at, self._look)
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._replies.pop(0)

    def _look(self) -> None:
        """One alarm serves many waits, nearly all of which are short."""
        self._alarm = None
        if self._waiter is None or self._waiter.done():
            return
        if self._clock.elapsed() >= self._given_up_at:
            self._waiter.set_exception(Overdue())
        else:
            self._alarm = self._clock.call_at(self._given_up_at, self._look)
