"""Entries by their words, and the rows that show them.

The index of words knows entries and not rows: `reach`, which the recording keeps, says how far an
entry can be from the row that it shares, and so when a row can be given in its order.
"""

import heapq
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

from ftpwatch.record.schema import ROW

__all__ = ["STRETCH", "WORD", "Texts", "Went", "bound", "indexed_question", "rows_down", "rows_up"]

STRETCH: Final = 20_000
WORD: Final = re.compile(r"[^\W_]+")
_FOLLOWED: Final = re.compile(r"[^\W_]\Z")
Went = Callable[[int], None]


class Texts(msgspec.Struct, frozen=True):
    """Entries by what stands in them: `indexed` is asked of the index of words; entries that it
    does not know yet, or all where there is no such question, are looked at for `sought`.
    """

    indexed: str | None = None
    sought: str = "0"
    values: tuple[str, ...] = ()

    def count(self, database: sqlite3.Connection, rows: tuple[int, int], upto: int) -> int:
        """How many rows there are, from the first of `rows` to before the second."""
        known = _words_upto(database) if self.indexed is not None else -1
        sql = (
            f"select count(distinct {ROW}) from entry where ((seq <= ? and seq in (select rowid "
            f"from word where word match ?)) or (seq > ? and {self.sought})) and seq <= ? "
            f"and {ROW} >= ? and {ROW} < ?"
        )
        asked = self.indexed or '""'
        values = [known, asked, known, *self.values, upto, *rows]
        (number,) = database.execute(sql, values).fetchone()
        return int(number)

    def down(self, database: sqlite3.Connection, start: int, went: Went) -> Iterator[int]:
        """Entries from `start` on downwards."""
        known = _words_upto(database) if self.indexed is not None else -1
        lowest, high = bound(database, "min"), min(start, bound(database, "max")) + 1
        while high > max(lowest, known + 1):
            low = max(high - STRETCH, known + 1)
            yield from self._stretch(database, low, high, "desc")
            high = low
            went(STRETCH)
        if self.indexed is not None:
            sql = "select rowid from word where word match ? and rowid <= ? order by rowid desc"
            asked = [self.indexed, min(start, known)]
            yield from (seq for (seq,) in database.execute(sql, asked))

    def up(self, database: sqlite3.Connection, above: int, upto: int, went: Went) -> Iterator[int]:
        """Entries after `above` and up to `upto`."""
        known = -1
        if self.indexed is not None:
            known = _words_upto(database)
            sql = "select rowid from word where word match ? and rowid > ? and rowid <= ? "
            asked = [self.indexed, above, min(upto, known)]
            yield from (seq for (seq,) in database.execute(f"{sql} order by rowid", asked))
        last = min(upto, bound(database, "max"))
        low = max(above + 1, bound(database, "min"), known + 1)
        while low <= last:
            yield from self._stretch(database, low, min(low + STRETCH, last + 1), "asc")
            low += STRETCH
            went(STRETCH)

    def _stretch(self, database: sqlite3.Connection, low: int, high: int, order: str) -> list[int]:
        sql = (
            f"select seq from entry where seq >= ? and seq < ? and {self.sought} "
            f"order by seq {order}"
        )
        return [seq for (seq,) in database.execute(sql, [low, high, *self.values])]


def indexed_question(text: str) -> str | None:
    """`text` as FTS5 asks for it: all its words, the last perhaps only begun."""
    words = WORD.findall(text)
    if not words or not text.isascii():
        return None
    begun = "*" if _FOLLOWED.search(text) else ""
    return " AND ".join(f'"{word}"' for word in words) + begun


def rows_down(
    database: sqlite3.Connection, texts: Texts, below: int, upto: int, went: Went
) -> Iterator[int]:
    """An entry's row is never after it: what is as new as the next entry can be given."""
    entries = texts.down(database, min(upto, below - 1 + _reach(database)), went)
    waiting: list[int] = []
    for entry, row in _with_rows(database, entries):
        while waiting and -waiting[0] >= entry:
            yield -heapq.heappop(waiting)
        if row < below and -row not in waiting:
            heapq.heappush(waiting, -row)
    yield from (-row for row in sorted(waiting))


def rows_up(
    database: sqlite3.Connection, texts: Texts, above: int, upto: int, went: Went
) -> Iterator[int]:
    """What is older than any entry that comes can share is given."""
    reach, waiting = _reach(database), list[int]()
    for entry, row in _with_rows(database, texts.up(database, above, upto, went)):
        while waiting and waiting[0] < entry - reach:
            yield heapq.heappop(waiting)
        if row > above and row not in waiting:
            heapq.heappush(waiting, row)
    yield from sorted(waiting)


def _with_rows(database: sqlite3.Connection, entries: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Each entry with its row."""
    cursor, row = database.cursor(), f"select {ROW} from entry where seq = ?"
    for entry in entries:
        shown = cursor.execute(row, [entry]).fetchone()
        if shown is not None:
            yield entry, shown[0]


def bound(database: sqlite3.Connection, which: str) -> int:
    """The least or greatest seq, `min` or `max`; 0 where there is none."""
    (seq,) = database.execute(f"select {which}(seq) from entry").fetchone()
    return int(seq or 0)


def _words_upto(database: sqlite3.Connection) -> int:
    (upto,) = database.execute("select max(words_upto) from reach").fetchone()
    return int(upto or 0)


def _reach(database: sqlite3.Connection) -> int:
    (furthest,) = database.execute("select max(furthest) from reach").fetchone()
    return int(furthest or 0)
