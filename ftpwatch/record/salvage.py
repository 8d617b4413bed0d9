"""What a recording still has: every entry that can be read, in order, and between them, as entries
of their own, what cannot.

A bit that has flipped may break an entry, the page it is on, or only its numbers. So each row is
held against its neighbours: seq, elapsed and wall time never go back, and a row that breaks that
with both of them is the damaged one.
"""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec
from msgspec.structs import replace

from ftpwatch.core.journal.entry import Entry, UnreadableEvent
from ftpwatch.core.journal.events import EntriesUnreadable
from ftpwatch.record.decoding import COLUMNS, entry_of
from ftpwatch.record.schema import READ_ERRORS

__all__ = ["salvaged"]

_PAGE: Final = 500
_FURTHEST: Final = 2**40
_LAST_GAP_SECONDS: Final = 3_600.0
_NO_PLACE: Final = "its place in time is not between those of its neighbours"


class _Lost(msgspec.Struct, frozen=True):
    """Entries that cannot be read."""

    first: int
    last: int
    problem: str
    before: Entry | None = None


def salvaged(database: sqlite3.Connection, after: int = 0) -> Iterator[Entry]:
    """Entries after the seq `after`, oldest first; for those that cannot be read an
    EntriesUnreadable in their place.
    """
    last_seq = after
    for item in _placed(database, after):
        entry = item if isinstance(item, Entry) else _gap_entry(item, last_seq)
        if entry.seq > last_seq:
            last_seq = entry.seq
            yield entry


def _placed(database: sqlite3.Connection, after: int) -> Iterator["Entry | _Lost"]:
    """What `_read` gives, less what is not in its place among its neighbours."""
    last: Entry | None = None
    held: Entry | None = None
    for item in _read(database, after):
        if isinstance(item, _Lost):
            if held is not None:
                yield held
                last, held = held, None
            yield replace(item, before=last)
        elif _fits(held or last, item):
            if held is not None:
                yield held
                last = held
            held = item
        elif held is not None and _fits(last, item):
            yield _misplaced(last)
            held = item
        else:
            yield _misplaced(held or last)
    if held is not None:
        is_alone = last is not None and _is_far(last, held)
        yield _misplaced(last) if is_alone else held


def _misplaced(before: Entry | None) -> _Lost:
    seq = before.seq + 1 if before is not None else 1
    return _Lost(seq, seq, _NO_PLACE, before)


def _gap_entry(lost: _Lost, last_seq: int) -> Entry:
    first = max(lost.first, last_seq + 1)
    event = EntriesUnreadable(first, max(first, lost.last), lost.problem)
    before = lost.before
    at = before.at if before is not None else datetime.fromtimestamp(0, UTC)
    elapsed = before.elapsed_seconds if before is not None else 0.0
    return Entry(
        seq=first, at=at, elapsed_seconds=elapsed, session=None, connection=None, event=event
    )


def _fits(before: Entry | None, after: Entry) -> bool:
    """Nothing goes back from one to the other."""
    if before is None:
        return True
    return (
        before.seq < after.seq
        and before.elapsed_seconds <= after.elapsed_seconds
        and before.at <= after.at
    )


def _is_far(before: Entry, after: Entry) -> bool:
    """The last one, which has no neighbour after it, is later than the wall says."""
    passed = (after.at - before.at).total_seconds()
    return after.elapsed_seconds - before.elapsed_seconds > passed + _LAST_GAP_SECONDS


def _read(database: sqlite3.Connection, after: int) -> Iterator[Entry | _Lost]:
    """Rows in order of seq; where the database itself cannot be read, what lies behind that."""
    top = _highest(database)
    while True:
        rows, problem = _page(database, after)
        for row in rows:
            seq = row[0]
            try:
                yield entry_of(row)
            except (UnreadableEvent, ValueError, TypeError, OverflowError) as error:
                yield _Lost(seq, seq, str(error))
            after = max(after, seq)
        if problem is not None:
            behind = _readable_after(database, after, top)
            if behind is None:
                yield _Lost(after + 1, max(after + 1, top), str(problem))
                return
            yield _Lost(after + 1, behind - 1, str(problem))
            after = behind - 1
        elif len(rows) < _PAGE:
            return


def _page(
    database: sqlite3.Connection, after: int
) -> tuple[list[tuple[int, str, float, str | None, int | None, bytes]], Exception | None]:
    """The next rows, as far as they can be read."""
    rows = []
    try:
        sql = f"select {COLUMNS} from entry where seq > ? order by seq limit ?"
        for row in database.execute(sql, [after, _PAGE]):
            rows.append(row)
    except READ_ERRORS as error:
        return rows, error
    return rows, None


def _readable_after(database: sqlite3.Connection, after: int, top: int) -> int | None:
    """The first seq behind `after` from which on can be read again, found by ever larger steps
    and then by halving; None where there is none.
    """
    step, low = 1, after + 1
    high = None
    while low + step <= top:
        if (seq := _first(database, low + step)) is not None:
            high = low + step
            readable = seq
            break
        step *= 2
    if high is None:
        return top if top > after + 1 and _first(database, top) is not None else None
    low += step // 2
    while high - low > 1:
        middle = (low + high) // 2
        seq = _first(database, middle)
        if seq is None:
            low = middle
        else:
            high, readable = middle, seq
    return readable


def _first(database: sqlite3.Connection, seq: int) -> int | None:
    """The seq of the first row from `seq` on; None where it cannot be read."""
    try:
        sql = f"select {COLUMNS} from entry where seq >= ? order by seq limit 1"
        row = database.execute(sql, [seq]).fetchone()
    except READ_ERRORS:
        return None
    return None if row is None else int(row[0])


def _highest(database: sqlite3.Connection) -> int:
    """The seq of the last row; from an index where the table does not say it."""
    for sql in (
        "select max(seq) from entry",
        "select max(coalesce(answers, together, seq)) from entry where problem = 1",
        "select max(coalesce(answers, seq)) from entry where problem = 1",
    ):
        try:
            (seq,) = database.execute(sql).fetchone()
        except READ_ERRORS:
            continue
        if isinstance(seq, int) and 0 < seq < _FURTHEST:
            return seq
    return 0
