"""Sleep, steps and stalls: told apart, published, and never blamed on a server."""

import asyncio

import pytest

from engine.conversation import conversation, script
from ftpwatch.core.journal.entry import kind_of
from ftpwatch.core.journal.events import ClockJumped, LimitKnown
from ftpwatch.core.journal.vocabulary import Jump
from ftpwatch.demo.script import ScriptedClock
from ftpwatch.transport.system_clock import Readings, SystemClock, jump_between


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (Readings(101.0, 51.0, 1001.0), None),
        (Readings(102.2, 52.2, 1002.2), None),
        (Readings(3701.0, 51.0, 4601.0), ClockJumped(3600.0, Jump.SLEEP)),
        (Readings(101.0, 51.0, 4601.0), ClockJumped(3600.0, Jump.STEP)),
        (Readings(101.0, 51.0, 941.0), ClockJumped(-60.0, Jump.STEP)),
        (Readings(111.0, 61.0, 1011.0), ClockJumped(10.0, Jump.STALL)),
    ],
)
def test_sleep_step_and_stall_are_told_apart(after: Readings, expected: ClockJumped | None) -> None:
    assert jump_between(Readings(100.0, 50.0, 1000.0), after, 1.0) == expected


@pytest.mark.long
async def test_a_loop_that_stood_still_is_noticed() -> None:
    import time

    clock = SystemClock()
    waiting = asyncio.create_task(clock.wait_jump())
    await asyncio.sleep(0)
    time.sleep(3)
    jump = await asyncio.wait_for(waiting, 5)
    assert jump.kind is Jump.STALL
    assert jump.gap_seconds == pytest.approx(2, abs=0.9)


async def test_a_close_found_at_waking_is_not_blamed_on_the_server() -> None:
    idle = script(clocks=(ScriptedClock(60, ("@fin",)),))
    async with conversation(idle, sessions=3, keep_alive_seconds=20.0) as talk:
        await talk.clock.advance(10)
        talk.clock.sleep(3600)
        await talk.clock.advance(0.1)
        talk.watch.bus.publish(ClockJumped(3600.0, Jump.SLEEP))
        await talk.clock.advance(3)
        told = talk.watch.last("one").explanation
        assert told.cause == "connection_lost"
        assert "away for 1h" in told.evidence[0]
        assert any("keep it awake" in step for step in told.advice.client)
        assert all(explained.incident is None for explained in talk.watch.explained[-3:])


async def test_a_421_found_at_waking_says_that_we_were_away_and_measures_nothing() -> None:
    idle = script(clocks=(ScriptedClock(60, ("421 Timeout.", "@fin")),))
    async with conversation(idle, keep_alive_seconds=20.0) as talk:
        await talk.clock.advance(10)
        talk.clock.sleep(3600)
        await talk.clock.advance(0.1)
        talk.watch.bus.publish(ClockJumped(3600.0, Jump.SLEEP))
        await talk.clock.advance(3)
        told = talk.watch.last("one").explanation
        assert told.cause == "idle_timeout"
        assert told.observed_seconds is None
        assert any("away for 1h" in words for words in told.evidence)


async def test_jumps_become_entries() -> None:
    jumps: asyncio.Queue[ClockJumped] = asyncio.Queue()
    async with conversation(wait_jump=jumps.get) as talk:
        for gap in (7.0, 3.0):
            jumps.put_nowait(ClockJumped(gap, Jump.SLEEP))
            await talk.clock.advance(1)
            assert talk.watch.events(ClockJumped)[-1] == ClockJumped(gap, Jump.SLEEP)
    assert len(talk.watch.events(ClockJumped)) == 2


async def test_what_waited_during_sleep_is_read_after_the_gap_is_told() -> None:
    idle = script(clocks=(ScriptedClock(60, ("421 Timeout.", "@fin")),))
    gaps: list[ClockJumped] = []
    async with conversation(
        idle,
        look=lambda: gaps.pop() if gaps else None,
        keep_alive_seconds=20.0,
        keep_alive_command="auto",
    ) as talk:
        await talk.clock.advance(10)
        gaps.append(ClockJumped(3600.0, Jump.SLEEP))
        talk.clock.sleep(3600)
        await talk.clock.advance(3)
        kinds = [kind_of(entry.event) for entry in talk.watch.entries]
        assert kinds.index("clock_jumped") < kinds.index("connection_closed")
        assert talk.watch.events(LimitKnown) == []
        assert talk.watch.last("one").explanation.cause == "idle_timeout"


class Times:
    """The system's clocks, as `time` gives them, at the moment `now`."""

    def __init__(self, now: Readings) -> None:
        self.now = now

    def clock_gettime(self, clock: int) -> float:
        return self.now.boot

    def monotonic(self) -> float:
        return self.now.awake

    def time(self) -> float:
        return self.now.wall


def test_a_look_tells_a_gap_once(monkeypatch: pytest.MonkeyPatch) -> None:
    times, told = Times(Readings(0, 0, 0)), list[ClockJumped | None]()
    monkeypatch.setattr("ftpwatch.transport.system_clock.time", times)
    clock = SystemClock()
    for times.now in (Readings(1, 1, 1), Readings(100, 2, 100), Readings(101, 3, 101)):
        told.append(clock.look())
    assert told == [None, ClockJumped(98.0, Jump.SLEEP), None]
