"""`ftpwatch limits`: a watch without sessions of its own, whose story is a limits run."""

import asyncio
import sys
from collections.abc import Coroutine

import msgspec

from ftpwatch.core.limits import Found
from ftpwatch.core.target import Target
from ftpwatch.engine.system_clock import SystemClock
from ftpwatch.finder.run import Finder
from ftpwatch.headless.exit_codes import ExitCode
from ftpwatch.headless.limits import Progress
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
        await _showing(finder, clock, finder.run())
        live.stopping.stop("measured")

    code, _ = await run_live(
        Plan(
            view=View("silent"),
            find_target=lambda _text, _password: plan.target,
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
        early = Found(target.host, target.port, None, (), None, 0, problem="interrupted at once")
        return code, early
    found = finders[0].conclusion()
    if code is ExitCode.INTERRUPTED and sys.stderr.isatty():
        print(file=sys.stderr)  # after the ^C
    if code in (ExitCode.INTERRUPTED, ExitCode.BADLY):
        return code, found
    if found.clocks:
        return ExitCode.WELL, found
    opened = any(twin.ready_at is not None for twin in finders[0].twins) or found.logins
    return (ExitCode.BADLY if opened else ExitCode.UNREACHED), found


async def _showing(finder: Finder, clock: SystemClock, run: Coroutine[None, None, Found]) -> None:
    progress = Progress(finder)
    task = asyncio.ensure_future(run)
    try:
        while not task.done():
            progress.show(clock.elapsed())
            await asyncio.wait({task}, timeout=_DRAW_SECONDS)
        task.result()
        progress.show(clock.elapsed())
    finally:
        task.cancel()
