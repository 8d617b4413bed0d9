"""Pause, pace, the next step and a look back; on a clock that moves when told."""

import asyncio

from engine.memory import FakeClock

from ftpwatch.core.pace import PacedClock
from ftpwatch.core.playing import Playing
from ftpwatch.core.state import WatchState


def story(speed: float = 2.0) -> tuple[FakeClock, PacedClock, Playing, list[WatchState]]:
    real = FakeClock()
    clock = PacedClock(real, speed)
    states = [WatchState()]
    return real, clock, Playing(clock, lambda: states[-1], speed=speed), states


async def test_paused_time_stands_still_and_goes_on() -> None:
    real, clock, playing, _ = story()
    await real.advance(5)
    playing.toggle()
    await real.advance(100)
    assert clock.elapsed() == 10
    assert playing.words == "PAUSED"
    playing.toggle()
    await real.advance(1)
    assert clock.elapsed() == 12


async def test_who_sleeps_while_it_is_paused_wakes_at_the_right_time() -> None:
    real, clock, playing, _ = story()
    sleeping = asyncio.create_task(clock.sleep_until(10))
    await real.advance(1)
    playing.toggle()
    await real.advance(60)
    assert not sleeping.done()
    playing.toggle()
    await real.advance(4.1)
    assert sleeping.done()


async def test_forward_hurries_to_the_next_step_and_pauses_there_again() -> None:
    real, clock, playing, _ = story()
    playing.toggle()
    assert playing.forward() is None
    await real.advance(1)
    assert clock.elapsed() == 8
    assert playing.words == "TO THE NEXT STEP"
    playing.reached("a step")
    await real.advance(1)
    assert clock.elapsed() == 8
    assert playing.words == "PAUSED"


async def test_back_is_a_look_and_forward_comes_home() -> None:
    _, _, playing, states = story()
    for number in range(3):
        states.append(WatchState(seq=number))
        playing.reached(f"step {number}")
    first = playing.back()
    assert first is not None
    assert (first.state.seq, first.words) == (1, "step 1")
    second = playing.back()
    assert second is not None
    assert second.state.seq == 0
    assert playing.back() == second
    assert playing.words == "LOOKING BACK at step 1 of 3"
    assert playing.forward() == first
    assert playing.forward() is None
    assert playing.words == "×2"


async def test_pace_has_bounds() -> None:
    _, clock, playing, _ = story(1.0)
    for _ in range(10):
        playing.change_pace(1)
    assert clock.speed == 8
    for _ in range(20):
        playing.change_pace(-1)
    assert clock.speed == 0.25


async def test_a_watch_that_ends_plays_on_so_that_its_goodbyes_pass() -> None:
    real, clock, playing, _ = story()
    playing.toggle()
    playing.release()
    await real.advance(1)
    assert clock.elapsed() == 2
