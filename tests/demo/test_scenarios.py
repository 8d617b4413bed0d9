"""Every scenario goes as it says, on a clock that moves when told: the same in every run."""

import asyncio

import pytest
from engine.memory import FakeClock, MemoryNetwork, settle
from watching import Watching

from ftpwatch.core.journal.events import ReconnectScheduled
from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.core.playback.playing import Playing
from ftpwatch.demo.audience import DemoAudience
from ftpwatch.demo.expectation import differences
from ftpwatch.demo.run import DemoRun
from ftpwatch.demo.scenario import TOUR, load, names


class Told:
    """A front that notes what it is told."""

    is_screen = False

    def __init__(self) -> None:
        self.lines: list[str] = []

    async def run(self) -> None: ...

    def tell(self, text: str) -> None:
        self.lines.append(text)

    def point_at(self, session: str) -> None: ...

    def begin_part(self) -> None: ...

    def leave(self) -> None: ...


async def played(name: str) -> tuple[Watching, Told, list[str]]:
    """The scenario to its end, and what went otherwise than it says."""
    clock, scenario, told = FakeClock(), load(name), Told()
    network = MemoryNetwork(clock)
    watch = Watching(clock, network)
    running = asyncio.create_task(watch.monitor.run([]))
    await settle()
    playing = Playing(PacedClock(clock), lambda: watch.watch.state)
    seats = DemoAudience(watch.monitor, watch.monitor.watch, told, playing)
    async with DemoRun(scenario, clock, network) as stage:
        playing_out = asyncio.create_task(stage.play(seats))
        await clock.run_until(playing_out.done)
        playing_out.result()
        otherwise = differences(scenario.expect, watch.watch)
    watch.monitor.stop()
    await clock.run_until(running.done)
    watch.bus.flush()
    return watch, told, otherwise


@pytest.mark.parametrize("name", names())
async def test_it_goes_as_it_says(name: str) -> None:
    _, told, otherwise = await played(name)
    assert otherwise == []
    assert told.lines == [step.look for step in load(name).step]


async def test_a_session_that_the_user_removed_is_passed_over() -> None:
    wishes = [(step.session, step.wish) for step in load("lockout").step if step.wish]
    assert wishes
    clock = FakeClock()
    watch = Watching(clock, MemoryNetwork(clock))
    running = asyncio.create_task(watch.monitor.run([]))
    await settle()
    told = Told()
    seats = DemoAudience(
        watch.monitor,
        watch.monitor.watch,
        told,
        Playing(PacedClock(clock), lambda: watch.watch.state),
    )
    for step in load("lockout").step:
        await seats.step(step)
    assert told.lines[-1] == load("lockout").step[-1].look
    watch.monitor.stop()
    await clock.run_until(running.done)


@pytest.mark.parametrize("name", names())
def test_it_guides_from_its_first_moment_and_is_short(name: str) -> None:
    scenario = load(name)
    assert scenario.step[0].at == 0
    assert all(len(step.look) <= 200 for step in scenario.step)
    assert scenario.seconds / scenario.speed <= 60
    players = {s.name for s in scenario.session}
    assert {want.session for want in scenario.expect} == players
    assert {step.shows for step in scenario.step} <= {*players, None}
    assert 0 < scenario.picture <= scenario.seconds


def test_a_scenario_that_does_not_go_as_it_says_is_noticed() -> None:
    async def run() -> None:
        watch, _, _ = await played("keep-alive")
        wrong = load("two-clocks").expect
        assert len(differences(wrong, watch.watch)) == 5

    asyncio.run(run())


def test_the_tour_leaves_time_for_a_coffee_and_no_more() -> None:
    assert sum(load(name).seconds / load(name).speed for name in TOUR) <= 300
    assert names()[: len(TOUR)] == TOUR


def test_no_two_parts_of_the_tour_share_a_session() -> None:
    players = [player.name for name in TOUR for player in load(name).session]
    assert len(players) == len(set(players))


async def test_the_third_waits_for_a_place_and_takes_it() -> None:
    watch, _, _ = await played("too-many")
    waits = [e for e in watch.entries if isinstance(e.event, ReconnectScheduled)]
    assert {entry.session for entry in waits} == {"third"}
