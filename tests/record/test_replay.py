"""Replay publishes a recording again, in its own time; wishes are refused."""

import asyncio

import pytest
from engine.memory import FakeClock

from ftpwatch.core.controls import Refused
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import MarkSet
from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.core.playback.read_only import ReadOnly
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
    controls = ReadOnly("a recording is read-only")
    for wish in (controls.reconnect, controls.quit, controls.drop, controls.remove, controls.add):
        with pytest.raises(Refused, match="recording"):
            wish("eu-1")


async def test_what_cannot_be_shown_so_fast_is_shown_slower_in_its_own_time() -> None:
    real = FakeClock()
    clock = PacedClock(real, speed=1_000)
    ahead: list[float] = []

    def slowly(shown: Entry) -> None:
        ahead.append(clock.elapsed() - shown.elapsed_seconds)
        real.sleep(1)

    replay = Replay([entry(seq, MarkSet("")) for seq in range(1, 200)], clock, slowly)
    task = asyncio.create_task(replay.run())
    await real.run_until(replay.finished.is_set)
    await task
    assert max(ahead) <= 2
    assert clock.elapsed() == pytest.approx(199, abs=0.01)


async def test_a_pause_holds_also_what_is_late() -> None:
    real = FakeClock()
    clock = PacedClock(real)
    seen: list[int] = []

    def late(shown: Entry) -> None:
        seen.append(shown.seq)
        if shown.seq == 20:
            clock.skip_to(30.0)
            clock.speed = 0

    replay = Replay([entry(seq, MarkSet("")) for seq in range(1, 30)], clock, late)
    task = asyncio.create_task(replay.run())
    await real.advance(60)
    assert seen[-1] == 20
    clock.speed = 1
    await real.run_until(replay.finished.is_set)
    await task
    assert seen[-1] == 29
