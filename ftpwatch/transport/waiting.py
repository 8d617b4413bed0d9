"""Waits that a Clock bounds, so that tests and demos need no real seconds."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from ftpwatch.core.clock import Clock

__all__ = ["Overdue", "unless", "within"]

T = TypeVar("T")


class Overdue(Exception):
    """A wait was longer than it may be."""


async def within(clock: Clock, seconds: float, wait: Coroutine[Any, Any, T]) -> T:
    """Result of `wait`, or Overdue after `seconds`; `wait` is cancelled then."""
    task = asyncio.ensure_future(wait)
    timer = asyncio.ensure_future(clock.sleep_until(clock.elapsed() + seconds))
    try:
        await asyncio.wait({task, timer}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise Overdue
    finally:
        for future in (task, timer):
            future.cancel()
        await asyncio.gather(task, timer, return_exceptions=True)


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
