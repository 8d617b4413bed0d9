"""Contexts for explain, told in a few words: entries are folded, nothing is made up of state."""

from datetime import UTC, datetime, timedelta

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.ftp.target import TargetFacts
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    AnyEvent,
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    InReplyTo,
    ReplyReceived,
    SessionAdded,
)
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner, Role, Stage
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.state.explanation import Explanation
from ftpwatch.knowledge.advisor import KnowledgeAdvisor

ADVISOR = KnowledgeAdvisor()


class Tale:
    """Publishes events at moments; `told` is the newest explanation of a session."""

    def __init__(self) -> None:
        self.watch, self.peer = Watch(ADVISOR), "192.0.2.1:21"
        self._seq = 0
        self._sent: dict[str, int] = {}
        self._owed: dict[str, InReplyTo] = {}
        self._asked_at: dict[str, float] = {}
        self._opened_at: dict[str, float] = {}

    def happens(self, at: float, event: AnyEvent, session: str = "s") -> None:
        self._seq += 1
        when = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=at)
        self.watch.receive(Entry(self._seq, when, at, session, 1, event))

    def opening(self, at: float, session: str = "s") -> "Tale":
        facts = TargetFacts(session, "ftp.example.com", 21, "bob", "off", None, "NOOP")
        self.happens(at, SessionAdded(facts), session)
        self.happens(at, ConnectionOpening("ftp.example.com", 21, 1), session)
        return self

    def opened(
        self, at: float = 0, session: str = "s", keep_alive: float | None = None, tls: str = "off"
    ) -> "Tale":
        facts = TargetFacts(session, "ftp.example.com", 21, "bob", tls, keep_alive, "NOOP")
        self.happens(at, SessionAdded(facts), session)
        self.happens(at, ConnectionOpening("ftp.example.com", 21, 1), session)
        self._opened_at[session] = at
        self.happens(at, ConnectionOpened("10.0.0.1:4", self.peer), session)
        return self

    def greets(
        self, text: str = "Welcome to this server", at: float = 0, session: str = "s"
    ) -> "Tale":
        self.says(at, 220, text, Role.GREETING, session)
        return self

    def ready(
        self, at: float = 0, session: str = "s", greeting: str = "Welcome to this server",
        keep_alive: float | None = None,
    ) -> "Tale":  # fmt: skip
        self.opened(at, session, keep_alive).greets(greeting, at, session)
        self.asks(at, "USER", Purpose.LOGIN, session)
        self.says(at, 331, "password?", Role.FINAL, session)
        self.asks(at, "PASS", Purpose.LOGIN, session)
        self.says(at, 230, "in", Role.FINAL, session)
        return self

    def asks(
        self, at: float, verb: str, purpose: Purpose = Purpose.KEEP_ALIVE, session: str = "s"
    ) -> "Tale":
        self._asked_at[session] = at
        number = self._sent[session] = self._sent.get(session, 0) + 1
        self._owed[session] = InReplyTo(number, verb, purpose)
        self.happens(at, CommandSent(number, verb, None, purpose), session)
        return self

    def says(
        self, at: float, code: int, text: str, role: Role = Role.SPONTANEOUS, session: str = "s"
    ) -> "Tale":
        answered = self._owed.get(session) if role in (Role.FINAL, Role.PRELIMINARY) else None
        latency = 0.01 if answered else None
        lines = tuple(text.split("\n"))
        self.happens(
            at, ReplyReceived(code, lines, "utf-8", None, 0, role, answered, latency), session
        )
        return self

    def keeps_alive(self, every: float, until: float, session: str = "s") -> "Tale":
        at = every
        while at <= until:
            self.asks(at, "NOOP", session=session)
            self.says(at + 0.01, 200, "ok", Role.FINAL, session)
            at += every
        return self

    def closes(
        self, at: float, announced: int | None = None, by: ClosedBy = ClosedBy.SERVER_PI,
        manner: Manner = Manner.FIN, session: str = "s", solicited: bool = False,
    ) -> "Tale":  # fmt: skip
        idle = at - self._asked_at.get(session, at)
        lived = at - self._opened_at.get(session, 0)
        self.happens(at, ConnectionClosed(by, manner, solicited, announced, idle, lived), session)
        return self

    def fails(self, at: float, stage: Stage, problem: str = "", session: str = "s") -> "Tale":
        self.happens(at, ConnectionFailed(stage, problem), session)
        return self

    def told(self, session: str = "s") -> Explanation:
        """The newest explanation of `session`, once it is known who ended with it."""
        self.watch.settle(float("inf"))
        return [e for e in self.watch.explanations() if e.session == session][-1].explanation
