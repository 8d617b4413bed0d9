"""The ends in a recording, each by itself."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import ConnectionClosed, ConnectionFailed, ConnectionOpened
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner, Stage
from ftpwatch.record.ended import newest_ends
from ftpwatch.record.journal import Journal

CLOSED = ConnectionClosed(ClosedBy.SERVER_PI, Manner.FIN, False, None, 1.0, 2.0)


def part(path: Path, first: int) -> sqlite3.Connection:
    """Five sessions that end at once, and an attempt that fails."""
    journal = Journal(path)
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=first)
    opened = ConnectionOpened("10.0.0.1:4", "192.0.2.1:21")
    told = [(f"s{n}", opened) for n in range(5)] + [(f"s{n}", CLOSED) for n in range(5)]
    events = [*told, ("f", ConnectionFailed(Stage.CONNECT, "refused"))]
    for n, (session, event) in enumerate(events):
        journal.keep([Entry(first + n, at, float(first), session, 1, event)])
    journal.close()
    return sqlite3.connect(path)


def test_the_newest_are_found_over_all_parts_also_those_that_share_a_row(tmp_path: Path) -> None:
    parts = [part(tmp_path / "b", 101), part(tmp_path / "a", 1)]
    names = [(e.seq, e.session) for e in newest_ends(parts, 8, 10_000)]
    assert names == [
        (10, "s4"), (11, "f"), (106, "s0"), (107, "s1"), (108, "s2"), (109, "s3"), (110, "s4"),
        (111, "f"),
    ]  # fmt: skip
    assert [e.seq for e in newest_ends(parts, 8, 107)] == [6, 7, 8, 9, 10, 11, 106, 107]


def test_what_is_damaged_costs_itself(tmp_path: Path) -> None:
    first = part(tmp_path / "a", 1)
    first.execute("update entry set event = x'00' where seq = 8")
    broken = part(tmp_path / "b", 101)
    broken.execute("drop table entry")
    assert [e.seq for e in newest_ends([broken, first], 8, 10_000)] == [6, 7, 9, 10, 11]
