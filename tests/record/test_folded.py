"""What is normal, folded in a recording: the same rows from whatever side they are asked for."""

import asyncio
import random
import sqlite3
from contextlib import closing
from pathlib import Path

from core.test_folding import STEPS, Told, tell
from hypothesis import given, settings
from hypothesis import strategies as st

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.filter import EVERYTHING, Filter, Term, folded, parse_filter
from ftpwatch.record.journal import Journal
from ftpwatch.record.reader import Reader
from ftpwatch.record.schema import SHOWN

FOLDED = folded(EVERYTHING)
_KEEPS = (Purpose.KEEP_ALIVE, 200)


def kept(path: Path, entries: list[Entry], at_once: int = 5) -> Path:
    with Journal(path) as journal:
        for first in range(0, len(entries), at_once):
            journal.keep(entries[first : first + at_once])
    return path


def expected(told: Told) -> list[int]:
    """Answers to keep-alives share their row; nothing else does here."""
    answers = {seq for seq, entry in enumerate(told.entries, 1) if _answers(entry)}
    return [seq for seq in told.shown if seq not in answers]


def _answers(entry: Entry) -> bool:
    asked = getattr(entry.event, "in_reply_to", None)
    return asked is not None and asked.is_keep_alive


@settings(max_examples=25)
@given(
    st.lists(st.tuples(STEPS, st.just("a")), min_size=1, max_size=40),
    st.integers(1, 12),
    st.integers(1, 5),
)
def test_rows_are_those_of_the_folding(
    tmp_path_factory: object, steps: list[tuple[str, str]], at_once: int, page: int
) -> None:
    folder: Path = tmp_path_factory.mktemp("folded")  # type: ignore[attr-defined]
    told = tell(steps)
    upto = len(told.entries)
    path = kept(folder / "a.ftpwatch", told.entries, at_once)

    async def pages() -> tuple[list[int], list[int], int | None]:
        down, up = list[int](), list[int]()
        while rows := await reader.after(down[-1] if down else 0, page, upto, FOLDED):
            down += [row.seq for row in rows]
        while rows := await reader.before(up[0] if up else upto + 1, page, upto, FOLDED):
            up = [row.seq for row in rows] + up
        return down, up, await reader.count(0, upto, FOLDED)

    with closing(Reader(path)) as reader:
        down, up, count = asyncio.run(pages())
    assert down == up == expected(told)
    assert count == len(down)


async def test_an_unfolded_row_gives_back_what_it_stands_for(tmp_path: Path) -> None:
    told = Told().logs_in("a").logs_in("b")
    for _ in range(9):
        told.asks("NOOP", *_KEEPS, "a").asks("NOOP", *_KEEPS, "b")
    path, upto = kept(tmp_path / "a", told.entries), len(told.entries)
    with closing(Reader(path)) as reader:
        shut = await reader.after(0, 99, upto, FOLDED)
        assert [row.seq for row in shut] == [1, 10, 19, 21]
        rows = [row.folded.rows for row in shut if row.folded is not None]
        assert rows == [9, 9, 9, 9]
        open_ = await reader.after(0, 99, upto, folded(EVERYTHING, [10, 19]))
        mine = [row.seq for row in open_ if 10 in (row.seq, row.head)]
        assert mine == list(range(10, 19))
        assert sum(19 in (row.seq, row.head) for row in open_) == 9
        assert all(row.answer is not None for row in open_ if row.head == 19)
        only = Filter((Term("session", "b"),))
        assert [row.seq for row in await reader.before(99, 9, upto, folded(only))] == [10, 21]
        found = await reader.after(0, 99, upto, folded(parse_filter("331")))
        assert [row.head for row in found] == [1, 10], "a search shows what it finds"


async def test_what_is_counted_grows_and_goes_back_with_what_may_be_seen(tmp_path: Path) -> None:
    told = Told()
    for _ in range(5):
        told.asks("NOOP", *_KEEPS, "a")
    path = kept(tmp_path / "a", told.entries)
    with closing(Reader(path)) as reader:
        for upto, rows in ((2, None), (4, 2), (10, 5), (7, 3), (10, 5)):
            (row,) = await reader.after(0, 9, upto, FOLDED)
            assert (row.folded and row.folded.rows) == rows


async def test_a_recording_of_the_format_before_is_read_unfolded(tmp_path: Path) -> None:
    told = Told().logs_in("a")
    path = kept(tmp_path / "a", told.entries)
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "drop index entry_fold; drop index entry_shown; alter table entry drop column fold; "
            "pragma user_version = 3"
        )
    with closing(Reader(path)) as reader:
        rows = await reader.after(0, 99, 9, FOLDED)
        assert [row.seq for row in rows] == list(range(1, 10))
        assert await reader.count(0, 9, FOLDED) == 9


async def test_problems_and_marks_are_found_in_steps(tmp_path: Path) -> None:
    chance = random.Random(3)
    steps = [(chance.choice(["noop", "421", "mark", "bad noop"]), "a") for _ in range(60)]
    told = tell(steps)
    path, upto = kept(tmp_path / "a", told.entries), len(told.entries)
    with closing(Reader(path)) as reader:
        everything = await reader.troubles(0, upto, 1_000)
        found, after = list[tuple[int, bool]](), 0
        while page := await reader.troubles(after, upto, 7):
            found, after = found + page, page[-1][0]
        assert found == everything
        assert sum(mark for _, mark in found) == sum(step == "mark" for step, _ in steps)


def test_a_page_of_what_is_folded_asks_an_index(tmp_path: Path) -> None:
    path = kept(tmp_path / "a", Told().logs_in("a").entries)
    with closing(sqlite3.connect(path)) as database:
        plan = database.execute(
            f"explain query plan select seq from entry indexed by entry_shown where {SHOWN} "
            "and together is null and seq < 9 order by seq desc limit 3"
        ).fetchall()
    assert len(plan) == 1
    assert "INDEX entry_shown (seq<?)" in plan[0][3]
