"""A demo: the stage's servers, a live watch on them, and whether it went as the scenario says."""

from contextlib import suppress
from pathlib import Path

import msgspec

from ftpwatch.config.options import TargetFinder
from ftpwatch.core.clock import Clock
from ftpwatch.core.controls import Controls, Refused
from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.ftp.keep_alive_policy import policy_of
from ftpwatch.core.ftp.target import Target
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.core.playback.playing import Playing
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.text.durations import interval
from ftpwatch.demo.scenario import Expected, Player, Scenario, Step
from ftpwatch.demo.stage import Stage
from ftpwatch.demo.venue import Loopback
from ftpwatch.engine.monitor import Monitor
from ftpwatch.headless.exit_codes import ExitCode
from ftpwatch.transport.system_clock import SystemClock
from ftpwatch.wiring.fronts import Front
from ftpwatch.wiring.live import Live, Plan, run_live
from ftpwatch.wiring.scene import View

__all__ = ["DemoPlan", "Seats", "differences", "run_demo"]

_LAST_WORDS = "That was all. Look around as long as you like; q leaves."
_OUR_OWN_ENDS = (Cause.LOCAL, Cause.CLIENT_QUIT)
_CONNECTED = (Phase.READY, Phase.TRANSFER)
_CURTAIN_SECONDS = 2.0
_SHORTEST_LOOK, _LONGEST_LOOK, _READ_A_SECOND = 2.5, 6.0, 20
_LOOK_SECONDS = 0.1


class DemoPlan(msgspec.Struct, frozen=True):
    """Which scenarios in turn, how fast, and how to show it."""

    scenarios: tuple[Scenario, ...]
    view: View
    finder: TargetFinder
    speed: float = 1.0
    seconds: float | None = None
    record: Path | None = None


class Seats:
    """The Audience: sessions join the monitor, a step is told and may carry a wish. For a `reader`,
    whose clock it is, the story stands still until what was told before can have been read.
    """

    def __init__(
        self,
        monitor: Monitor,
        front: Front,
        playing: Playing,
        reader: Clock | None = None,
        part: str = "",
    ) -> None:
        self._monitor, self._controls = monitor, monitor
        self._front, self._playing, self._part = front, playing, part
        self._reader, self._read_at = reader, 0.0

    async def step(self, step: Step) -> None:
        await self.read()
        text = f"{self._part}{step.look}"
        self._front.tell(text)
        self._playing.reached(text)
        if step.shows is not None:
            self._front.point_at(step.shows)
        if step.session is not None and step.wish is not None:
            _wish(self._controls, step.session, step.wish)
        if self._reader is not None:
            self._read_at = self._reader.elapsed() + _reading_seconds(text)

    async def read(self) -> None:
        """Return when what was told last can have been read."""
        if self._reader is None:
            return
        self._playing.hold(True)
        while self._playing.is_paused or self._reader.elapsed() < self._read_at:
            if self._playing.is_hurrying:
                break
            await self._reader.sleep_until(self._reader.elapsed() + _LOOK_SECONDS)
        self._playing.hold(False)

    def join(self, player: Player, port: int) -> None:
        self._monitor.watch(target_of(player, port))


def _reading_seconds(text: str) -> float:
    return min(_LONGEST_LOOK, max(_SHORTEST_LOOK, len(text) / _READ_A_SECOND))


def _wish(controls: Controls, session: str, wish: str) -> None:
    with suppress(Refused):  # the user has removed it
        match wish:
            case "quit":
                controls.quit(session)
            case "reconnect":
                controls.reconnect(session)
            case _:
                controls.keep_alive_now(session)


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
            seats = Seats(
                live.monitor,
                live.front,
                playing[0],
                real if live.front.is_screen else None,
                part if len(plan.scenarios) > 1 else "",
            )
            async with Stage(scenario, clock, Loopback()) as stage:
                await stage.play(seats)
                await seats.read()
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
            find_target=plan.finder.find_one,
            seconds=plan.seconds,
            record=plan.record,
            kept=plan.record is not None,
            title="demo, a tour" if several else f"demo {first.name}",
            notice=first.title,
            story=story,
            make_playing=make_playing,
        ),
        clock,
        real,
    )
    ours = live.stopping
    own_fault = ours.failure is not None or ours.unwritable
    return code if ours.interrupted or own_fault else outcome[0]


async def _curtain(live: Live, clock: PacedClock) -> None:
    """The sessions of one scenario leave before the next begins."""
    for name in [session.name for session in live.watch.state.in_order()]:
        with suppress(Refused):  # it is leaving already
            live.monitor.remove(name)
    while live.watch.state.sessions:
        await clock.sleep_until(clock.elapsed() + _CURTAIN_SECONDS)
    live.front.begin_part()


def differences(expected: tuple[Expected, ...], watch: Watch) -> list[str]:
    """What went otherwise than the scenario says, a sentence each: the causes for which a session
    ended, whether it is connected, the verdict on its keep-alive.
    """
    otherwise: list[str] = []
    for want in expected:
        causes = _causes(want.session, watch)
        if causes[: len(want.causes)] != want.causes or (causes and not want.causes):
            ended, expect = (", ".join(c) or "nothing" for c in (causes, want.causes))
            otherwise.append(f"{want.session} was to end by {expect}, and ended by {ended}")
        session = watch.state.sessions.get(want.session)
        if want.connected and (session is None or session.phase not in _CONNECTED):
            otherwise.append(f"{want.session} was to be connected, and is not")
        judged = watch.state.verdicts.get(want.session)
        verdict = judged.verdict if judged is not None else None
        if want.verdict is not None and verdict != want.verdict:
            otherwise.append(f"{want.session} was to be judged {want.verdict}, and is {verdict}")
    return otherwise


def _causes(session: str, watch: Watch) -> tuple[str, ...]:
    causes = [e.explanation.cause for e in watch.explanations() if e.session == session]
    return tuple(cause for cause in causes if cause is not None and cause not in _OUR_OWN_ENDS)


def target_of(player: Player, port: int) -> Target:
    """The target of a session of the scenario."""
    policy = policy_of(player.like or player.keep_alive_command)
    every = interval(player.keep_alive, f"keep_alive of {player.name}")
    return Target(
        name=player.name,
        host="127.0.0.1",
        port=port,
        user=player.user,
        password=Secret("demo-password"),
        keep_alive_seconds=policy.interval_seconds if player.like else every,
        keep_alive_command=policy.name,
    )
