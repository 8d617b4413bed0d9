"""What one entry costs with few sessions and with many:
`python tests/benchmarks/entry_cost.py [FEW] [MANY]`.

The whole engine with its Watch, a line writer and whoever waits for the end, over servers in memory
and a clock that moves when told. All sessions keep themselves alive; both sizes take turns, so that
a busy machine strikes both.
"""

import asyncio
import gc
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from engine.memory import FakeClock, MemoryNetwork, settle
from watching import Watching, target

from ftpwatch.core.state.phases import Phase
from ftpwatch.demo.script import ServerScript
from ftpwatch.headless.lines import Json

INTERVAL = 60.0
ENTRIES = 4_000
ROUNDS = 5


class Crowd:
    """`count` sessions that stand; `written` counts what was printed."""

    def __init__(self, count: int) -> None:
        self.count, self.written = count, 0
        self.clock = FakeClock()
        self.watch = Watching(self.clock, MemoryNetwork(self.clock, ServerScript("bench")))
        self.watch.watch.unsubscribe(self.watch.note)  # it keeps all entries
        self.watch.watch.subscribe(Json(self._write).show)

    def _write(self, line: str) -> None:
        self.written += 1

    async def entry_seconds(self) -> float:
        """Seconds that an entry takes, over some thousand of them."""
        before, began = self.written, time.perf_counter()
        while self.written < before + ENTRIES:
            await self.clock.advance(INTERVAL / 10)
        return (time.perf_counter() - began) / (self.written - before)


@asynccontextmanager
async def crowd(count: int) -> AsyncIterator[Crowd]:
    them = Crowd(count)
    targets = [
        target(2100, f"s{number:04d}", keep_alive_seconds=INTERVAL, keep_alive_jitter=0.5)
        for number in range(count)
    ]
    running = asyncio.create_task(them.watch.monitor.run(targets))
    await settle()
    ending = asyncio.create_task(them.watch.monitor.wait_nothing_left())
    await them.clock.run_until(lambda: them.watch.watch.state.count(Phase.READY) == count)
    yield them
    ending.cancel()
    them.watch.monitor.drop_all()
    them.watch.monitor.stop()
    await them.clock.run_until(running.done)


async def measure(few: int, many: int, rounds: int = ROUNDS) -> tuple[float, float]:
    """Seconds of an entry with `few` and with `many` sessions, the median of several rounds."""
    times: dict[int, list[float]] = {few: [], many: []}
    async with crowd(few) as small, crowd(many) as large:
        gc.collect()
        gc.freeze()
        for _ in range(rounds):
            for them in (small, large):
                times[them.count].append(await them.entry_seconds())
    gc.unfreeze()
    return statistics.median(times[few]), statistics.median(times[many])


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:3]] or [100, 4_000]
    small, large = asyncio.run(measure(*sizes))
    print(f"{sizes[0]} sessions: {small * 1e6:.0f} µs an entry")
    print(f"{sizes[1]} sessions: {large * 1e6:.0f} µs an entry, {large / small:.2f} times as much")
