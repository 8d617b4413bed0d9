"""Limits runs against scripted servers, on a clock that moves when told."""

import asyncio

from engine.memory import FakeClock, MemoryNetwork, settle
from watching import Watching, target

from ftpwatch.core.state.limits import ClockFound, Found
from ftpwatch.demo.script import ServerScript
from ftpwatch.finder.run import MOST_TWINS, Finder

__all__ = ["by_name", "run_on"]


async def run_on(
    server: ServerScript, *, max_wait: float = 1200.0, twins: int = MOST_TWINS
) -> tuple[Found, Watching]:
    """Measure `server`, scripted, and end the watch."""
    clock = FakeClock()
    watch = Watching(clock, MemoryNetwork(clock, server), spare=target(2100, "host"))
    running = asyncio.create_task(watch.monitor.run([]))
    await settle()
    finder = Finder(
        "host", watch.watch, watch.monitor, clock, max_wait_seconds=max_wait, twins=twins
    )
    watch.watch.subscribe(finder.receive)
    measuring = asyncio.create_task(finder.run())
    await clock.run_until(measuring.done)
    found = measuring.result()
    watch.monitor.stop()
    await clock.run_until(running.done)
    watch.bus.flush()
    return found, watch


def by_name(found: Found) -> dict[str, ClockFound]:
    return {clock.clock: clock for clock in found.clocks}
