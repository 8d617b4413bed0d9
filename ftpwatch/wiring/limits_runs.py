"""Limits runs beside a live watch: one that breaks leaves the sessions alone."""

import asyncio
from typing import Final

from ftpwatch.core.clock import Clock
from ftpwatch.core.controls import Refused
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.state.limits import LimitsRun
from ftpwatch.engine.monitor import Monitor
from ftpwatch.finder.run import Finder
from ftpwatch.wiring.failures import Failures

__all__ = ["LimitsRuns"]

_MOST_WAIT_SECONDS: Final = 1200.0


class LimitsRuns:
    """`open` them, then `start` one at a time or several; `shut` takes no more, `end` stops all."""

    def __init__(self, watch: Watch, monitor: Monitor, clock: Clock, failures: Failures) -> None:
        self._watch, self._monitor, self._clock = watch, monitor, clock
        self._failures = failures
        self._group: asyncio.TaskGroup | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self, group: asyncio.TaskGroup) -> None:
        """Runs are tasks of `group`."""
        self._group = group

    def shut(self) -> None:
        """The watch is ending."""
        self._group = None

    def end(self) -> None:
        """Cancel those that go on."""
        for task in self._tasks:
            task.cancel()

    def start(self, session: str) -> LimitsRun:
        """Start a limits run beside `session`. Raises Refused."""
        if self._group is None:
            raise Refused("the watch is ending")
        finder = Finder(
            session, self._watch, self._monitor, self._clock, max_wait_seconds=_MOST_WAIT_SECONDS
        )
        self._watch.subscribe(finder.receive)
        run = self._group.create_task(self._measure(finder))
        self._tasks.add(run)
        run.add_done_callback(lambda _: self._watch.unsubscribe(finder.receive))
        run.add_done_callback(self._tasks.discard)
        return finder

    async def _measure(self, finder: Finder) -> None:
        try:
            await finder.run()
        except Exception as error:  # noqa: BLE001 a run that breaks leaves the sessions alone
            finder.broke(error)
            self._failures.of_session(finder.of, None, error)
