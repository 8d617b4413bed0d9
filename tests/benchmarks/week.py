"""A watch of a week, generated at speed: sessions that keep themselves alive, are closed for idling
now and then, and come back.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.ftp.target import TargetFacts
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    AnyEvent,
    CommandSent,
    ConnectionClosed,
    ConnectionOpened,
    ConnectionOpening,
    InReplyTo,
    ReconnectScheduled,
    ReplyReceived,
    SessionAdded,
    WatchStarted,
)
from ftpwatch.core.journal.vocabulary import Cause, ClosedBy, Manner, Role
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import WatchState
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.record.journal import Bounds, Journal
from ftpwatch.record.judged import judged_row, snapshot_of
from ftpwatch.record.judging import KeepsJudgements
from ftpwatch.wiring.version import judging_version

__all__ = ["entries", "judged", "recorded"]

BEGAN: Final = datetime(2026, 11, 1, tzinfo=UTC)
SESSIONS: Final = 50
INTERVAL: Final = 30.0
CUT_EVERY: Final = 5_003  # keep-alives of all sessions between two closes
_AT_ONCE: Final = 500


class _Generator:
    def __init__(self, sessions: int) -> None:
        self.names = [f"eu-{number}" for number in range(sessions)]
        self.number = dict.fromkeys(self.names, 0)
        self.connection = dict.fromkeys(self.names, 0)
        self._seq = 0

    def entry(self, elapsed: float, session: str | None, event: AnyEvent) -> Entry:
        self._seq += 1
        at, connection = BEGAN + timedelta(seconds=elapsed), self.connection.get(session or "")
        return Entry(self._seq, at, elapsed, session, connection or None, event)

    def opened(self, elapsed: float, name: str) -> Iterator[Entry]:
        self.connection[name] += 1
        self.number[name] = 0
        host = f"ftp{int(name[3:]) % 7}.example.com"
        yield self.entry(elapsed, name, ConnectionOpening(host, 21, self.connection[name]))
        peer = f"192.0.2.{1 + int(name[3:]) % 7}:21"
        yield self.entry(elapsed, name, ConnectionOpened("198.51.100.2:40000", peer))
        greeting = ReplyReceived(
            220, ("(vsFTPd 3.0.5)",), "utf-8", None, 0, Role.GREETING, None, 0.01
        )
        yield self.entry(elapsed, name, greeting)
        for verb, code, text in (
            ("USER", 331, "Please specify the password."), ("PASS", 230, "Login successful."),
        ):  # fmt: skip
            yield from self.asked(elapsed, name, verb, Purpose.LOGIN, (code, text))

    def asked(
        self, elapsed: float, name: str, verb: str, purpose: Purpose, answer: tuple[int, str]
    ) -> Iterator[Entry]:
        self.number[name] += 1
        number = self.number[name]
        yield self.entry(elapsed, name, CommandSent(number, verb, None, purpose))
        replied = ReplyReceived(
            answer[0], (answer[1],), "utf-8", None, 0, Role.FINAL,
            InReplyTo(number, verb, purpose), 0.01 + number % 97 / 10_000,
        )  # fmt: skip
        yield self.entry(elapsed + 0.02, name, replied)

    def cut(self, elapsed: float, name: str) -> Iterator[Entry]:
        timeout = ReplyReceived(421, ("Timeout.",), "utf-8", None, 0, Role.SPONTANEOUS, None, None)
        yield self.entry(elapsed, name, timeout)
        closed = ConnectionClosed(
            by=ClosedBy.SERVER_PI, manner=Manner.FIN, solicited=False, announced_by=421,
            idle_seconds=INTERVAL, open_seconds=600.0,
        )  # fmt: skip
        yield self.entry(elapsed + 0.01, name, closed)
        yield self.entry(elapsed + 0.02, name, ReconnectScheduled(3.0, 1, Cause.IDLE_TIMEOUT))


def entries(count: int, sessions: int = SESSIONS) -> Iterator[Entry]:
    """At least `count` of them, up to the end of a round."""
    them, sent = _Generator(sessions), 0
    yield them.entry(0.0, None, WatchStarted("0", "3", "here"))
    last = 1
    for name in them.names:
        facts = TargetFacts(
            name, f"ftp{int(name[3:]) % 7}.example.com", 21, "ops", "off", 30.0, "NOOP"
        )
        yield them.entry(0.0, name, SessionAdded(facts))
        yield from them.opened(0.0, name)
    elapsed = 1.0
    while last < count:
        for place, name in enumerate(them.names):
            now = elapsed + place * INTERVAL / sessions
            sent += 1
            made = (
                them.cut(now, name) if sent % CUT_EVERY == 0
                else them.asked(now, name, "NOOP", Purpose.KEEP_ALIVE, (200, "NOOP ok."))
            )  # fmt: skip
            for one in made:
                last = one.seq
                yield one
            if sent % CUT_EVERY == 0:
                yield from them.opened(now + 0.03, name)
        elapsed += INTERVAL


def recorded(path: Path, count: int, bounds: Bounds = Bounds()) -> int:  # noqa: B008
    """Entries at `path`, not judged; the last seq."""
    last = 0
    with Journal(path, bounds=bounds) as journal:
        for some in _portions(entries(count)):
            journal.keep(some)
            last = some[-1].seq
    return last


def judged(path: Path, count: int, done: Callable[[int], object] = lambda _: None) -> WatchState:
    """The same with what a watch judges of it; the state at its end."""
    version = judging_version()
    with Journal(path, judged_by=version) as journal:
        watch = Watch(KnowledgeAdvisor())

        def judge(explained: Sequence[Explained], state: WatchState | None) -> None:
            rows = [judged_row(one, version) for one in explained]
            journal.judge(rows, [snapshot_of(state, version)] if state is not None else [])

        watch.subscribe(KeepsJudgements(judge, lambda: watch.settles_at).receive)
        for some in _portions(entries(count)):
            journal.keep(some)
            for one in some:
                watch.receive(one)
            done(some[-1].seq)
        return watch.state


def _portions(them: Iterator[Entry]) -> Iterator[list[Entry]]:
    some: list[Entry] = []
    for one in them:
        some.append(one)
        if len(some) == _AT_ONCE:
            yield some
            some = []
    if some:
        yield some
