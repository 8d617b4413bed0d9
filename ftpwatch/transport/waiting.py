"""Waits that a Clock bounds, so that tests and demos need no real seconds."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from ftpwatch.core.clock import Clock

__all__ = ["Overdue", "Signal", "unless", "within"]

T = TypeVar("T")
_NOW = 0.0  # a moment of the loop that is over


class Overdue(Exception):
    """A wait was longer than it may be."""


class Signal:
    """An `asyncio.Event` without its queue, which takes 760 bytes though nobody waits: a session
    has three.
    """

    __slots__ = ("_is_set", "_waiting")

    def __init__(self) -> None:
        self._is_set = False
        self._waiting: tuple[asyncio.Future[None], ...] = ()

    def is_set(self) -> bool:
        """Whether a wait would return at once."""
        return self._is_set

    def set(self) -> None:
        """Have all waits return, and those to come."""
        self._is_set = True
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    def clear(self) -> None:
        """Waits to come wait again."""
        self._is_set = False

    async def wait(self) -> None:
        """Return once it is set, also where it is cleared before the waiter runs."""
        if self._is_set:
            return
        waiting = asyncio.get_running_loop().create_future()
        self._waiting = (*self._waiting, waiting)
        try:
            await waiting
        finally:
            self._waiting = tuple(other for other in self._waiting if other is not waiting)


async def within(clock: Clock, seconds: float, wait: Coroutine[Any, Any, T]) -> T:
    """Result of `wait`, or Overdue after `seconds`; `wait` is cancelled then."""
    bound = asyncio.timeout(None)
    alarm = clock.call_at(clock.elapsed() + seconds, lambda: bound.reschedule(_NOW))
    try:
        async with bound:
            return await wait
    except TimeoutError:
        if bound.expired():
            raise Overdue from None
        raise
    finally:
        alarm.cancel()


async def unless(stop: asyncio.Event | Signal, wait: Coroutine[Any, Any, T]) -> T | None:
    """Result of `wait`, or None where `stop` is set first; `wait` is cancelled then."""
    task = asyncio.ensure_future(wait)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for future in (task, stopped):
            future.cancel()
        await asyncio.gather(task, stopped, return_exceptions=True)
