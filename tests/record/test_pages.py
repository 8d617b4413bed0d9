"""A page that grows with its recording is what a look at the whole recording gives."""

import sqlite3
import tempfile
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import AnyEvent, CommandSent, InReplyTo, MarkSet
from ftpwatch.core.journal.filter import EVERYTHING, MARKS, PROBLEMS, Filter, parse_filter
from ftpwatch.record.journal import Journal
from ftpwatch.record.pages import Pages
from ftpwatch.record.windows import Windows
from record.test_record import entry, reply

WANTED = [
    EVERYTHING, PROBLEMS, MARKS, parse_filter("code:200"), parse_filter("!code:200"),
    parse_filter("code:4xx"), parse_filter("noop"), parse_filter("!noop code:421"),
    parse_filter("session:a"), parse_filter("!mark !code:4xx"),
]  # fmt: skip


def told(what: list[int]) -> list[Entry]:
    """A recording of marks, announcements, keep-alives, and their answers some entries later."""
    entries: list[Entry] = []
    asked: list[InReplyTo] = []
    for seq, kind in enumerate(what, 1):
        event: AnyEvent
        if kind < 2:
            event = MarkSet("here")
        elif kind < 4 or (kind >= 12 and not asked):
            event = reply(421, "Timeout.")
        elif kind < 12:
            asked.append(InReplyTo(seq, "NOOP", Purpose.KEEP_ALIVE))
            event = CommandSent(seq, "NOOP", None, Purpose.KEEP_ALIVE)
        else:
            code = (200, 200, 421, 500)[kind % 4]
            event = reply(code, "So.", asked.pop(kind % len(asked)))
        entries.append(entry(seq, event, None if kind < 2 else "a"))
    return entries


@patch.multiple("ftpwatch.record.pages", SPARE=2, MOST_CHANGED=12)
@settings(deadline=None)
@given(
    what=st.lists(st.integers(0, 19), min_size=1, max_size=80),
    steps=st.lists(st.integers(1, 80), min_size=1, max_size=6),
    wanted=st.sampled_from(WANTED),
    after=st.integers(0, 40),
    count=st.integers(1, 6),
)
@example([4] * 12 + [12] * 3, [12, 15], parse_filter("!code:200"), 0, 3)
def test_what_has_grown_is_what_is_there(
    what: list[int], steps: list[int], wanted: Filter, after: int, count: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "growing"
        with Journal(path) as journal:
            journal.keep(told(what))
        database = sqlite3.connect(path)
        whole = Windows(database)
        growing = Pages(whole)
        for step in (*sorted(steps), steps[0], 100):
            upto = min(step, len(what))
            assert growing.newest(count, upto, wanted) == whole.before(
                upto + 1, count, upto, wanted
            )
            assert growing.after(after, count, upto, wanted) == whole.after(
                after, count, upto, wanted
            )
            assert growing.count(after, upto, wanted) == whole.count(after, upto, wanted)
        database.close()


@pytest.mark.parametrize("text", ["code:421", "!noop", "session:gone"])
def test_a_rare_filter_is_tried_on_the_whole_once(tmp_path: Path, text: str) -> None:
    looked = 0

    class Counting(Windows):
        def before(self, *question: object) -> list[Entry]:
            nonlocal looked
            looked += 1
            return super().before(*question)  # type: ignore[arg-type]

    path = tmp_path / "long"
    noop = CommandSent(1, "NOOP", None, Purpose.KEEP_ALIVE)
    with Journal(path) as journal:
        journal.keep([entry(seq, noop) for seq in range(1, 3_000)])
        journal.keep([entry(3_000, reply(421, "Timeout."), "x")])
    database = sqlite3.connect(path)
    pages = Pages(Counting(database))
    for upto in range(1_000, 3_001, 100):
        found = [row.seq for row in pages.newest(20, upto, parse_filter(text))]
        there = upto == 3_000 and text != "session:gone"
        assert found == ([3_000] if there else [])
    assert looked == 1
    database.close()


def test_only_the_pages_asked_for_last_are_remembered(tmp_path: Path) -> None:
    looked: list[int] = []

    class Noting(Windows):
        def after(self, seq: int, *question: object) -> list[Entry]:
            looked.append(seq)
            return super().after(seq, *question)  # type: ignore[arg-type]

    with Journal(tmp_path / "a") as journal:
        journal.keep([entry(seq, reply(200, "ok")) for seq in range(1, 21)])
    database = sqlite3.connect(tmp_path / "a")
    pages = Pages(Noting(database))
    for seq in (*range(10), 9, 8, 0):
        rows = pages.after(seq, 3, 20, parse_filter("code:200"))
        assert [row.seq for row in rows] == [seq + 1, seq + 2, seq + 3]
    assert looked == [*range(10), 0]
    database.close()
