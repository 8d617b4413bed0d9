"""A tale that is collected, and the report of it."""

import json
from datetime import UTC, datetime, timedelta

from knowledge.contexts import ADVISOR, Tale

from ftpwatch.core.ftp.target import TargetFacts
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    AnyEvent,
    ConnectionOpened,
    ConnectionOpening,
    SessionAdded,
)
from ftpwatch.core.journal.filter import EVERYTHING, parse_filter
from ftpwatch.report.building import Asked, build
from ftpwatch.report.collector import Collector
from ftpwatch.report.contents import contents
from ftpwatch.report.markdown import as_markdown
from ftpwatch.report.model import Report, Versions
from ftpwatch.report.moments import Moments
from ftpwatch.report.names import Names, What
from ftpwatch.report.objects import as_object
from ftpwatch.report.page import as_page

ALL = frozenset(What)
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
VERSIONS = Versions("1.2.3", "knowledge of a test", "1.2.2", "3.12.0", "Linux")
MOMENTS = Moments(UTC)


class Told(Tale):
    """What happens is collected. `host` and `user` are those of all sessions."""

    def __init__(
        self,
        filtered: str = "",
        left_out: frozenset[What] = frozenset(),
        host: str = "ftp.example.com",
        user: str = "bob",
        timed: bool = True,
    ) -> None:
        super().__init__()
        self.host, self.user, self.timed = host, user, timed
        self.names = Names(left_out)
        end = BEGAN + timedelta(hours=1)
        wanted = parse_filter(filtered, end) if filtered else EVERYTHING
        self.collector = Collector(wanted, self.names)
        self.watch.subscribe(self.collector.receive)

    def happens(self, at: float, event: AnyEvent, session: str | None = "s") -> None:
        self._seq += 1
        when = BEGAN + timedelta(seconds=at)
        entry = Entry(self._seq, when, at, session, 1, event, self.timed)
        self.collector.take(entry)
        self.watch.receive(entry)

    def opened(
        self, at: float = 0, session: str = "s", keep_alive: float | None = None, tls: str = "off"
    ) -> "Told":
        facts = TargetFacts(session, self.host, 21, self.user, tls, keep_alive, "NOOP")
        self.happens(at, SessionAdded(facts), session)
        self.happens(at, ConnectionOpening(self.host, 21, 1), session)
        self.happens(at, ConnectionOpened("10.0.0.1:4", "192.0.2.1:21"), session)
        return self

    def report(self, name: str = "night.ftpwatch") -> Report:
        self.watch.settle(float("inf"))
        self.collector.finish()
        left_out = tuple(sorted(self.names.left_out))
        asked = Asked(name, left_out=left_out)
        return build(self.collector, asked, self.names, VERSIONS, ADVISOR.clocks)


def forms(report: Report) -> dict[str, str]:
    """The report in every format."""
    document = contents(report, MOMENTS)
    return {
        "md": as_markdown(document),
        "html": as_page(document),
        "json": as_object(report, MOMENTS),
    }


def answer(report: Report) -> dict[str, str]:
    """The five lines of it."""
    lines: dict[str, str] = json.loads(as_object(report, MOMENTS))["answer"]
    return lines
