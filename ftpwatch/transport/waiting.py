"""Waits that a Clock bounds, so that tests and demos need no real seconds."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from ftpwatch.core.clock import Clock

__all__ = ["Overdue", "Signal", "unless", "within"]

T = TypeVar("T")
_NOW = 0.0  # a moment of the loop that is over


class Overdue(Exception):
    """A wait was longer than it may be."""


class Signal:
    """An `asyncio.Event` without its queue, which takes 760 bytes though nobody waits: a session
    has three. Besides who waits, it calls.
    """

    __slots__ = ("_calls", "_is_set")

    def __init__(self) -> None:
        self._is_set = False
        self._calls: tuple[Callable[[], None], ...] = ()

    def is_set(self) -> bool:
        """Whether a wait would return at once."""
        return self._is_set

    def set(self) -> None:
        """Have all waits return, and those to come."""
        self._is_set = True
        calls, self._calls = self._calls, ()
        for call in calls:
            call()

    def clear(self) -> None:
        """Waits to come wait again."""
        self._is_set = False

    async def wait(self) -> None:
        """Return once it is set, also where it is cleared before the waiter runs."""
        if self._is_set:
            return
        waiting = asyncio.get_running_loop().create_future()
        call = partial(_end, waiting)
        self._calls = (*self._calls, call)
        try:
            await waiting
        finally:
            self.discard(call)

    def add(self, call: Callable[[], None]) -> None:
        """Do `call` once it is set, at once where it is."""
        if self._is_set:
            call()
        else:
            self._calls = (*self._calls, call)

    def discard(self, call: Callable[[], None]) -> None:
        """Do not, where it has not been done."""
        if self._calls:
            self._calls = tuple(other for other in self._calls if other is not call)


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


async def unless(stop: Signal, wait: Coroutine[Any, Any, T]) -> T | None:
    """Result of `wait`, or None where `stop` is set first; `wait` is cancelled then. No task of its
    own, of which a thousand sessions that open would have two thousand.
    """
    bound = asyncio.timeout(None)
    cut = partial(bound.reschedule, _NOW)
    try:
        async with bound:
            stop.add(cut)
            try:
                return await wait
            finally:
                stop.discard(cut)
    except TimeoutError:
        if bound.expired():
            return None
        raise


def _end(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)
