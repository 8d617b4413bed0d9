"""`ftpwatch limits`: a watch without sessions of its own, whose story is a limits run."""

import asyncio
import sys

import msgspec

from ftpwatch.core.ftp.target import Target
from ftpwatch.core.state.limits import Found
from ftpwatch.finder.run import Finder
from ftpwatch.headless.exit_codes import ExitCode
from ftpwatch.headless.limits import Progress
from ftpwatch.transport.system_clock import SystemClock
from ftpwatch.wiring.live import Live, Plan, run_live
from ftpwatch.wiring.scene import View

__all__ = ["LimitsPlan", "run_limits"]

_DRAW_SECONDS = 0.5


class LimitsPlan(msgspec.Struct, frozen=True):
    """What to measure: at most `twins` logins, each watched for `max_wait_seconds` at most."""

    target: Target
    max_wait_seconds: float
    twins: int
    asks: bool = True


async def run_limits(plan: LimitsPlan) -> tuple[ExitCode, Found]:
    """Measure; what was found, also where it was interrupted."""
    clock = SystemClock()
    finders: list[Finder] = []

    async def story(live: Live) -> None:
        finder = Finder(
            plan.target.name, live.watch, live.monitor, clock,
            max_wait_seconds=plan.max_wait_seconds, twins=plan.twins,
        )  # fmt: skip
        finders.append(finder)
        live.watch.subscribe(finder.receive)
        try:
            await _showing(live, finder, clock)
        except Exception as error:  # noqa: BLE001 what was measured by then is still told
            finder.broke(error)
            live.failures.of_session(plan.target.name, None, error)
        live.stopping.stop("measured")

    code, live = await run_live(
        Plan(
            view=View("silent"),
            find_targets=lambda _text, _password: (plan.target,),
            kept=False,
            asks=plan.asks,
            remembers=True,
            story=story,
        ),
        clock,
        clock,
    )
    if not finders:
        target = plan.target
        early = Found(
            host=target.host,
            port=target.port,
            server=None,
            clocks=(),
            recommended=None,
            logins=0,
            problem="interrupted at once",
        )
        return code, early
    conclusion = finders[0].conclusion()
    if code is ExitCode.INTERRUPTED and sys.stderr is not None and sys.stderr.isatty():
        live.narration.say("")  # after the ^C
    if code in (ExitCode.INTERRUPTED, ExitCode.BADLY):
        return code, conclusion
    if conclusion.clocks:
        return ExitCode.WELL, conclusion
    opened = any(twin.ready_at is not None for twin in finders[0].twins) or conclusion.logins
    return (ExitCode.BADLY if opened else ExitCode.UNREACHED), conclusion


async def _showing(live: Live, finder: Finder, clock: SystemClock) -> None:
    progress = Progress(finder, live.narration)
    task = asyncio.ensure_future(finder.run())
    try:
        while not task.done():
            progress.show(clock.elapsed())
            await asyncio.wait({task}, timeout=_DRAW_SECONDS)
        task.result()
        progress.show(clock.elapsed())
    finally:
        task.cancel()
