"""Pause, pace, the next step and a look back; on a clock that moves when told."""

import asyncio

from engine.memory import FakeClock

from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.core.playback.playing import Playing
from ftpwatch.core.state.state import WatchState


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
    assert playing.words == "×2 paused"
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
    assert playing.words == "to the next step"
    playing.reached("a step")
    await real.advance(1)
    assert clock.elapsed() == 8
    assert playing.words == "×2 paused"


async def test_every_press_is_a_step_further() -> None:
    _, _, playing, _ = story()
    for _ in range(3):
        playing.forward()
    assert playing.words == "3 steps on"
    playing.reached("one")
    playing.reached("two")
    assert playing.is_hurrying
    playing.reached("three")
    assert not playing.is_hurrying and playing.words == "×2"


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
    assert playing.words == "step 1 of 3 (past)"
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


async def test_after_the_last_step_there_is_nothing_to_hurry_to() -> None:
    real, clock, playing, _ = story()
    playing.reached("one")
    playing.end("over")
    assert playing.forward() is None
    await real.advance(1)
    assert clock.elapsed() == 2
    assert (playing.words, playing.said) == ("×2", "over")


async def test_a_recording_that_is_over_stands_still() -> None:
    real, clock, playing, _ = story()
    playing.end("over", stands=True)
    await real.advance(60)
    assert clock.elapsed() == 0


async def test_what_is_told_can_be_read_before_the_story_goes_on() -> None:
    from ftpwatch.demo.audience import DemoAudience
    from ftpwatch.demo.scenario import Step

    class Front:
        lines: list[str] = []  # noqa: RUF012

        def tell(self, text: str) -> None:
            self.lines.append(text)

    real, clock, playing, _ = story(speed=100)
    seats = DemoAudience(None, None, Front(), playing, reader=real)  # type: ignore[arg-type]
    await seats.step(Step(0, "Sixty characters of text, which take three seconds to read.."))
    await clock_at(real, clock, 50)
    second = asyncio.create_task(seats.step(Step(50, "second")))
    await real.advance(2.3)
    assert len(Front.lines) == 1
    assert clock.elapsed() < 60
    await real.advance(0.5)
    assert len(Front.lines) == 2
    playing.toggle()
    paused = asyncio.create_task(seats.step(Step(55, "not while it is paused")))
    await real.advance(60)
    assert len(Front.lines) == 2
    playing.toggle()
    await real.advance(0.2)
    assert len(Front.lines) == 3
    third = asyncio.create_task(seats.step(Step(60, "third")))
    await real.advance(0.2)
    playing.forward()
    await real.advance(0.2)
    assert len(Front.lines) == 4
    await asyncio.gather(second, paused, third)


async def clock_at(real: FakeClock, clock: PacedClock, elapsed: float) -> None:
    sleeping = asyncio.create_task(clock.sleep_until(elapsed))
    await real.run_until(sleeping.done)
