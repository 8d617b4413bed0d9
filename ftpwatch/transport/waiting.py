"""Waits that a Clock bounds, so that tests and demos need no real seconds."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from ftpwatch.core.clock import Clock

__all__ = ["Overdue", "unless", "within"]

T = TypeVar("T")
_NOW = 0.0  # a moment of the loop that is over


class Overdue(Exception):
    """A wait was longer than it may be."""


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


async def unless(stop: asyncio.Event, wait: Coroutine[Any, Any, T]) -> T | None:
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
