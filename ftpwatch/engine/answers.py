"""Replies on their way to who waits for them."""

import asyncio

from ftpwatch.core.clock import Clock
from ftpwatch.core.ftp.reply import Reply
from ftpwatch.transport.waiting import Overdue

__all__ = ["Answers"]


class Answers:
    """In their order, for one who waits; None is the end. A tenth of what asyncio's Queue takes,
    of which every session would have one.
    """

    __slots__ = ("_replies", "_waiter")

    def __init__(self) -> None:
        self._replies: list[Reply | None] = []
        self._waiter: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._replies)

    def put(self, reply: Reply | None) -> None:
        """`reply` has come."""
        self._replies.append(reply)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def get(self, clock: Clock, seconds: float) -> Reply | None:
        """The next one, once it has come. Raises Overdue after `seconds`."""
        if not self._replies:
            waiter = self._waiter = asyncio.get_running_loop().create_future()
            alarm = clock.call_at(clock.elapsed() + seconds, lambda: _give_up(waiter))
            try:
                await waiter
            finally:
                alarm.cancel()
                self._waiter = None
        return self._replies.pop(0)


def _give_up(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_exception(Overdue())
