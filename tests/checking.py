"""Checks in the test's own process: scripted servers on a fake clock, or real ones."""

import asyncio
from collections.abc import Sequence

from engine.memory import FakeClock, MemoryNetwork
from watching import target

from ftpwatch.core.ftp.target import Target
from ftpwatch.core.journal.bus import EventBus
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import CommandSent
from ftpwatch.core.state.checked import Checked, Thresholds
from ftpwatch.core.state.probed import Questions
from ftpwatch.demo.script import ServerScript
from ftpwatch.engine.probe import ProbeEnvironment
from ftpwatch.engine.probes import probe_all
from ftpwatch.headless.check import checks_text
from ftpwatch.probing.judge import Judge
from ftpwatch.transport.waiting import Signal
from ftpwatch.wiring.check import judged


class Checking:
    """What came of it: the judgements, the line, what was sent, and how long it took."""

    def __init__(self, checks: list[Checked], entries: list[Entry], seconds: float) -> None:
        self.checks, self.entries, self.seconds = checks, entries, seconds

    @property
    def status(self) -> str:
        return self.checks[0].status.name

    @property
    def line(self) -> str:
        return checks_text(self.checks).partition("\n")[0]

    @property
    def text(self) -> str:
        return self.checks[0].text

    @property
    def sent(self) -> list[str]:
        """Commands, with what may be shown of their arguments."""
        commands = [e.event for e in self.entries if isinstance(e.event, CommandSent)]
        return [" ".join(filter(None, (sent.verb, sent.argument))) for sent in commands]

    def metric(self, label: str) -> float:
        return next(m.value for m in self.checks[0].metrics if m.label == label)


async def check(
    *scripts: ServerScript,
    targets: Sequence[Target] = (),
    asked: Questions = Questions(),  # noqa: B008 frozen
    thresholds: Thresholds = Thresholds(),  # noqa: B008 frozen
    stop_at: float | None = None,
    **settings: object,
) -> Checking:
    """One target of the first script's server, or `targets`; cut short at `stop_at` seconds."""
    clock, entries, stop = FakeClock(), list[Entry](), Signal()
    network = MemoryNetwork(clock, *scripts)
    bus = EventBus(clock, asyncio.get_running_loop().call_soon)
    bus.subscribe("test", entries.append)
    if stop_at is not None:
        clock.call_at(stop_at, stop.set)
    environment = ProbeEnvironment(bus.publish, clock, network)
    wanted = targets or [target(2100, **settings)]
    task = asyncio.ensure_future(probe_all(wanted, asked, environment, stop))
    await clock.run_until(task.done)
    bus.flush()
    judge = Judge(asked, thresholds, "the 50s of --for were over")
    return Checking(judged(judge, task.result(), entries), entries, clock.elapsed())
