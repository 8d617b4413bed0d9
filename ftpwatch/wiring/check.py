"""`ftpwatch check`: probes beside one another, judged once all are done, so that judging delays
none of them.
"""

import asyncio
from collections.abc import Sequence
from datetime import tzinfo

import msgspec

from ftpwatch.core.ftp.target import Target
from ftpwatch.core.journal.bus import EventBus
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.judgement.watch import Failed, Watch
from ftpwatch.core.state.checked import Checked, Thresholds
from ftpwatch.core.state.probed import Probed, Questions
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.engine.probe import ProbeEnvironment
from ftpwatch.engine.probes import probe_all
from ftpwatch.headless.narration import Narration
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.probing.judge import Judge
from ftpwatch.probing.reasons import Reasons
from ftpwatch.transport.dialing import real_network
from ftpwatch.transport.system_clock import SystemClock
from ftpwatch.wiring.stopping import Stopping, on_signals

__all__ = ["CheckPlan", "judged", "run_checks"]


class CheckPlan(msgspec.Struct, frozen=True):
    """What to check, for `seconds` at most; `zone` is that of listings."""

    targets: Sequence[Target]
    asked: Questions
    thresholds: Thresholds
    seconds: float
    zone: tzinfo


async def run_checks(plan: CheckPlan) -> tuple[list[Checked], bool]:
    """How each target is judged, and whether somebody interrupted it."""
    clock, stopping, entries = SystemClock(), Stopping(), list[Entry]()
    bus = EventBus(clock, asyncio.get_running_loop().call_soon)
    bus.subscribe("check", entries.append)
    undo_signals = on_signals(stopping)
    over = f"the {format_duration(plan.seconds)} of --for were over"
    alarm = clock.call_at(clock.elapsed() + plan.seconds, lambda: stopping.stop(over))
    try:
        environment = ProbeEnvironment(bus.publish, clock, real_network, plan.zone)
        probed = await probe_all(plan.targets, plan.asked, environment, stopping.event)
    finally:
        alarm.cancel()
        undo_signals()
    bus.flush()
    too_slow = stopping.why == over
    cut = stopping.why if too_slow else f"{stopping.why} came"
    judge = Judge(plan.asked, plan.thresholds, cut, too_slow)
    return judged(judge, probed, entries), stopping.interrupted


def judged(judge: Judge, probed: Sequence[Probed], entries: Sequence[Entry]) -> list[Checked]:
    """What `judge` makes of probes, by what the Watch makes of their `entries`."""
    advisor = KnowledgeAdvisor()
    watch, reasons = Watch(advisor, _tell), Reasons(advisor)
    watch.subscribe(reasons.receive, "the reasons")
    for entry in entries:
        watch.receive(entry)
    watch.settle(float("inf"))
    return [judge.check(one, reasons.of(one.name)) for one in probed]


def _tell(failed: Failed) -> None:
    Narration().say(f"ftpwatch: an error of its own, all else goes on: {failed.words}")
