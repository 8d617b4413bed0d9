"""A demo: the stage's servers, a live watch on them, and whether it went as the scenario says."""

from pathlib import Path

import msgspec

from ftpwatch.config.options import TargetFinder
from ftpwatch.core.command import Secret
from ftpwatch.core.durations import interval
from ftpwatch.core.phases import Phase
from ftpwatch.core.target import Target
from ftpwatch.core.watch import Watch
from ftpwatch.demo.scenario import Expected, Player, Scenario
from ftpwatch.demo.stage import Stage
from ftpwatch.engine.system_clock import SystemClock
from ftpwatch.headless.exit_codes import ExitCode
from ftpwatch.wiring.live import Live, Plan, run_live
from ftpwatch.wiring.scene import View

__all__ = ["DemoPlan", "run_demo"]

_OUR_OWN_ENDS = ("local", "client_quit")


class DemoPlan(msgspec.Struct, frozen=True):
    """Which scenario, how fast, and how to show it."""

    scenario: Scenario
    view: View
    finder: TargetFinder
    speed: float = 1.0
    seconds: float | None = None
    record: Path | None = None


async def run_demo(plan: DemoPlan) -> ExitCode:
    """Play the scenario; 0 where it went as it says, or was left before its end."""
    scenario, clock = plan.scenario, SystemClock(plan.speed)
    outcome = [ExitCode.WELL]

    async with Stage(scenario, clock) as stage:

        async def story(live: Live) -> None:
            await stage.play(live.front.tell)
            if not went_as_expected(scenario.expect, live.watch):
                outcome[0] = ExitCode.BADLY
            if not live.front.is_screen:
                live.stopping.stop("the scenario is over")

        code, live = await run_live(
            Plan(
                view=plan.view,
                find_target=plan.finder.find_one,
                targets=[_target(player, stage) for player in scenario.session],
                seconds=plan.seconds,
                record=plan.record,
                kept=plan.record is not None,
                title=f"demo {scenario.name}",
                notice=scenario.title,
                story=story,
            ),
            clock,
        )
    ours = live.stopping
    return code if ours.interrupted or ours.failure is not None else outcome[0]


def went_as_expected(expected: tuple[Expected, ...], watch: Watch) -> bool:
    """Every session ended for the causes that the scenario tells, and lives where it says so."""
    for want in expected:
        causes = _causes(want.session, watch)
        if causes[: len(want.causes)] != want.causes or (causes and not want.causes):
            return False
        session = watch.state.sessions.get(want.session)
        if want.connected and (session is None or session.phase is not Phase.READY):
            return False
    return True


def _causes(session: str, watch: Watch) -> tuple[str, ...]:
    told = [e.explanation.cause for e in watch.explanations() if e.session == session]
    return tuple(cause for cause in told if cause is not None and cause not in _OUR_OWN_ENDS)


def _target(player: Player, stage: Stage) -> Target:
    return Target(
        name=player.name,
        host="127.0.0.1",
        port=stage.port_of(player.server),
        user=player.user,
        password=Secret("demo-password"),
        keep_alive_seconds=interval(player.keep_alive, f"keep_alive of {player.name}"),
    )
