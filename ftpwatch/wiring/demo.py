"""A demo: the stage's servers, a live watch on them, and whether it went as the scenario says."""

from contextlib import suppress
from pathlib import Path

import msgspec

from ftpwatch.config.options import TargetFinder
from ftpwatch.core.controls import Refused
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.core.playback.playing import Playing
from ftpwatch.core.text.headline import Headline, Keeping
from ftpwatch.demo.audience import DemoAudience
from ftpwatch.demo.expectation import differences
from ftpwatch.demo.run import DemoRun
from ftpwatch.demo.scenario import Scenario
from ftpwatch.demo.venue import Loopback
from ftpwatch.headless.exit_codes import ExitCode
from ftpwatch.transport.system_clock import SystemClock
from ftpwatch.wiring.live import Live, Plan, run_live
from ftpwatch.wiring.outward import OutwardPlan
from ftpwatch.wiring.scene import View

__all__ = ["DemoPlan", "run_demo"]

_LAST_WORDS = "End of the tour. q quits."
_CURTAIN_SECONDS = 2.0


class DemoPlan(msgspec.Struct, frozen=True):
    """Which scenarios in turn, how fast, and how to show it."""

    scenarios: tuple[Scenario, ...]
    view: View
    finder: TargetFinder
    speed: float = 1.0
    seconds: float | None = None
    record: Path | None = None
    outward: OutwardPlan = OutwardPlan()


async def run_demo(plan: DemoPlan) -> ExitCode:
    """Play the scenarios; 0 where they went as they say, or were left before their end."""
    real = SystemClock()
    clock = PacedClock(real, plan.scenarios[0].speed * plan.speed)
    clock.origin = real.now()
    outcome = [ExitCode.WELL]
    playing: list[Playing] = []

    async def story(live: Live) -> None:
        for number, scenario in enumerate(plan.scenarios, 1):
            playing[0].speed = scenario.speed * plan.speed
            part = f"{number}/{len(plan.scenarios)} {scenario.name}: "
            audience = DemoAudience(
                live.monitor,
                live.monitor.watch,
                live.front,
                playing[0],
                reader=real if live.front.is_screen else None,
                part=part if len(plan.scenarios) > 1 else "",
            )
            async with DemoRun(scenario, clock, Loopback()) as stage:
                await stage.play(audience)
                await audience.read()
                for difference in differences(scenario.expect, live.watch):
                    outcome[0] = ExitCode.BADLY
                    live.front.tell(f"not as {scenario.name} says: {difference}")
                if number < len(plan.scenarios):
                    await _curtain(live, clock)
        live.front.tell(_LAST_WORDS)
        playing[0].end(_LAST_WORDS)
        if not live.front.is_screen:
            live.stopping.stop("the scenario is over")

    def make_playing(watch: Watch) -> Playing:
        playing.append(Playing(clock, lambda: watch.state, speed=clock.speed))
        return playing[0]

    first, several = plan.scenarios[0], len(plan.scenarios) > 1
    code, live = await run_live(
        Plan(
            view=plan.view,
            find_targets=plan.finder.find_more,
            seconds=plan.seconds,
            record=plan.record,
            kept=plan.record is not None,
            headline=Headline(
                title="demo, a tour" if several else f"demo {first.name}",
                notice=first.title,
                keeping=Keeping.NOT_RECORDED if plan.record is None else Keeping.RECORDED,
            ),
            story=story,
            make_playing=make_playing,
            outward=plan.outward,
        ),
        clock,
        real,
    )
    ours = live.stopping
    own_fault = ours.failure is not None or ours.unwritable
    return code if ours.interrupted or own_fault else outcome[0]


async def _curtain(live: Live, clock: PacedClock) -> None:
    """The sessions of one scenario leave before the next begins, what explained them first."""
    live.front.begin_part()
    for name in [session.name for session in live.watch.state.in_order()]:
        with suppress(Refused):  # it is leaving already
            live.monitor.remove(name)
    while live.watch.state.sessions:
        await clock.sleep_until(clock.elapsed() + _CURTAIN_SECONDS)
