"""A watch in the test's own process: engine, Watch and Advisor, no journal, no front end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

from ftpwatch.core.clock import Clock
from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.ftp.target import Reconnect, Target
from ftpwatch.core.journal.bus import EventBus
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    AnyEvent,
    ClockJumped,
    ConnectionClosed,
    LimitKnown,
    ReplyReceived,
)
from ftpwatch.core.judgement.watch import Update, Watch
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.folded_ahead import FoldedAhead
from ftpwatch.core.state.limits import Found
from ftpwatch.core.state.phases import Phase
from ftpwatch.engine.jumps_first import JumpsFirst
from ftpwatch.engine.monitor import Monitor
from ftpwatch.engine.session_environment import SessionEnvironment
from ftpwatch.finder.run import MOST_TWINS, Finder
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.transport.dialing import Connect, real_network
from ftpwatch.transport.system_clock import SystemClock
from ftpwatch.wiring.failures import Failures
from ftpwatch.wiring.settling import Settling

E = TypeVar("E", bound=AnyEvent)


class Watching:
    """What the watch saw so far."""

    def __init__(
        self,
        clock: Clock,
        connect: Connect = real_network,
        spare: Target | None = None,
        *,
        fenced: bool = False,
        look: Callable[[], ClockJumped | None] = lambda: None,
        wait_jump: Callable[[], Awaitable[ClockJumped]] | None = None,
    ) -> None:
        """`fenced`: errors of ours cost what they strike, and are `told`; else they are raised.
        `look` gives a gap in time since it looked last, `wait_jump` the next one.
        """
        advisor = KnowledgeAdvisor()
        self.told: list[str] = []
        self.clock = clock
        self.entries: list[Entry] = []
        self.explained: list[Explained] = []
        self.bus = EventBus(clock, asyncio.get_running_loop().call_soon)
        failures = Failures(self.bus.publish, self.told.append) if fenced else None
        ahead = self.ahead = FoldedAhead()
        self.watch = Watch(advisor, failures.of_watch if failures is not None else None, ahead)
        self.bus.subscribe("watch", self.watch.receive)
        self.monitor = Monitor(
            SessionEnvironment(
                JumpsFirst(self.bus.publish, look), clock, connect, advisor, wait_jump=wait_jump,
                failed=failures.of_session if failures is not None else None, ahead=ahead,
            ),
            partial(find_targets, spare),
        )  # fmt: skip
        self.watch.subscribe(self.monitor.receive)
        self.watch.subscribe(self.note)
        self.settling = Settling(self.watch, clock)
        self._news = asyncio.Event()

    def note(self, update: Update) -> None:
        """Keep what `update` tells; unsubscribe it where nobody will ask."""
        if update.entry is not None:
            self.entries.append(update.entry)
        self.explained += update.explained
        self._news.set()

    def events(self, kind: type[E], session: str | None = None) -> list[E]:
        """All events of a kind, in order."""
        return [
            entry.event
            for entry in self.entries
            if isinstance(entry.event, kind) and session in (None, entry.session)
        ]

    def codes(self, session: str | None = None) -> list[int]:
        return [reply.code for reply in self.events(ReplyReceived, session)]

    def reply(self, code: int) -> Entry:
        return next(
            e for e in self.entries if isinstance(e.event, ReplyReceived) and e.event.code == code
        )

    def phase(self, session: str) -> Phase:
        known = self.watch.state.sessions.get(session)
        return Phase.CLOSED if known is None else known.phase

    def last(self, session: str | None = None) -> Explained:
        """The newest explanation."""
        return [e for e in self.explained if session in (None, e.session)][-1]

    async def until(self, condition: Callable[[], object], seconds: float = 10) -> None:
        """Return once `condition` holds; fail after `seconds`, saying what was seen."""

        async def wait() -> None:
            while not condition():
                self._news.clear()
                await self._news.wait()

        try:
            await asyncio.wait_for(wait(), seconds)
        except TimeoutError:
            seen = "\n".join(str(entry.event) for entry in self.entries[-30:])
            raise AssertionError(f"not within {seconds} s; seen:\n{seen}") from None

    async def until_closed(self, sessions: int = 1, seconds: float = 10) -> None:
        await self.until(lambda: len(self.events(ConnectionClosed)) >= sessions, seconds)


def find_targets(spare: Target | None, text: str, password: Secret | None) -> tuple[Target, ...]:
    if spare is None:
        raise ValueError(f"nothing is added in this test: {text}")
    return (spare,)


async def measure(
    wanted: Target,
    *,
    max_wait: float,
    twins: int = MOST_TWINS,
    remembered: Sequence[LimitKnown] = (),
) -> tuple[Found, Watching]:
    """A limits run in real time, and the watch that it was."""
    watch = Watching(SystemClock(), spare=wanted)
    task = asyncio.create_task(watch.monitor.run([]))
    await asyncio.sleep(0)
    finder = Finder(
        wanted.name, watch.watch, watch.monitor, watch.clock,
        max_wait_seconds=max_wait, twins=twins,
    )  # fmt: skip
    watch.watch.subscribe(finder.receive)
    for known in remembered:
        watch.bus.publish(known)
    try:
        return await finder.run(), watch
    finally:
        watch.monitor.stop()
        await asyncio.wait_for(task, 10)
        watch.bus.flush()
        watch.settling.end()


@asynccontextmanager
async def watching(
    targets: Sequence[Target], *, clock: Clock | None = None, connect: Connect = real_network
) -> AsyncIterator[Watching]:
    """Watch `targets` inside the block; QUIT to all at its end."""
    watch = Watching(clock or SystemClock(), connect)
    task = asyncio.create_task(watch.monitor.run(targets))
    await asyncio.sleep(0)
    try:
        yield watch
    finally:
        watch.monitor.stop()
        await asyncio.wait_for(task, 10)
        watch.bus.flush()
        watch.settling.end()


def target(port: int, name: str = "one", **settings: object) -> Target:
    """A target on loopback that does not reconnect unless told to."""
    fields = {"keep_alive_seconds": None, "reconnect": Reconnect.NEVER, **settings}
    return Target(name=name, host="127.0.0.1", port=port, **fields)  # type: ignore[arg-type]
