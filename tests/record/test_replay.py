"""Replay publishes a recording again, in its own time; wishes are refused."""

import asyncio

import pytest
from engine.memory import FakeClock

from ftpwatch.core.events import MarkSet
from ftpwatch.core.pace import PacedClock
from ftpwatch.core.protocols import Refused
from ftpwatch.record.replay import Replay
from record.test_record import entry


async def test_entries_come_in_their_time_and_at_the_speed_asked_for() -> None:
    real = FakeClock()
    clock = PacedClock(real, speed=10)
    seen: list[tuple[float, int]] = []
    entries = [entry(seq, MarkSet("")) for seq in (1, 3, 11)]
    replay = Replay(entries, clock, lambda e: seen.append((round(real.elapsed(), 1), e.seq)))
    task = asyncio.create_task(replay.run())
    await real.run_until(replay.finished.is_set)
    await task
    assert seen == [(0.0, 1), (0.2, 3), (1.0, 11)]
    assert abs((clock.now() - entries[-1].at).total_seconds()) < 1


async def test_what_happened_cannot_be_steered() -> None:
    replay = Replay([], PacedClock(FakeClock(), 1), lambda _: None)
    for wish in (replay.reconnect, replay.quit, replay.drop, replay.remove, replay.add):
        with pytest.raises(Refused, match="recording"):
            wish("eu-1")
