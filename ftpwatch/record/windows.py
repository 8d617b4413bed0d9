"""Windows by seq over one database that holds the table `entry`.

What an index knows is looked for there, and a window of a million entries costs what one of a
hundred does. Another filter is tried on one stretch after the other until the window is full, and
how far that has come is told; `pages` sees to it that it is done once.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, takewhile
from typing import Final

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.filter import Filter
from ftpwatch.record.conditions import Values, learn_words, where
from ftpwatch.record.decoding import COLUMNS, entry_or_why
from ftpwatch.record.schema import ROW, folds
from ftpwatch.record.streams import rarest
from ftpwatch.record.texts import STRETCH, bound
from ftpwatch.record.window_sql import (
    is_plain,
    listed,
    one_of,
    row_count,
    shown,
    unfolded,
    window,
)

__all__ = ["Windows"]

NEAR: Final = 2_000
_BATCH: Final = 100
# One bound on each side: of two SQLite may take the wider one, and look at all between.
_BETWEEN: Final = "seq >= :low and seq < :high and answers is null"


class _Search(msgspec.Struct, frozen=True):
    """Conditions on rows, and from which seq to before which they can be."""

    sql: str
    values: Values
    low: int
    high: int


class Windows:
    """What `database` has. Each question raises sqlite3.Error, or what decoding raises. `went`
    hears how many entries a question has looked through that has to look at all.
    """

    def __init__(
        self, database: sqlite3.Connection, went: Callable[[int], None] = lambda _: None
    ) -> None:
        self._database, self._went = database, went
        self._folds = folds(database)
        learn_words(database)

    @property
    def database(self) -> sqlite3.Connection:
        """What is asked."""
        return self._database

    @property
    def first(self) -> int:
        """The least seq."""
        return bound(self._database, "min")

    @property
    def last(self) -> int:
        """The greatest seq."""
        return bound(self._database, "max")

    def before(
        self, seq: int, count: int, upto: int, wanted: Filter, *, near: bool = True
    ) -> list[Entry]:
        """At most `count` entries before `seq`, oldest first. Where an index may be slower than
        that, those `near` are tried first.
        """
        wanted = self._own(wanted)
        if is_plain(wanted):
            sql, values = window(wanted, "< :seq", "desc")
            return self._entries(sql, values | {"upto": upto, "seq": seq, "count": count})[::-1]
        search = self._search(upto, wanted)
        stream, high = rarest(self._database, wanted), min(seq, search.high)
        rows: list[Entry] = []
        if stream is not None and stream.is_slow and near:
            rows, high = self._down(search, high, count, NEAR)
        if stream is None:
            while len(rows) < count and high > search.low:
                older, high = self._down(search, high, count - len(rows), STRETCH)
                rows = older + rows
        elif len(rows) < count:
            down = stream.down(self._database, high, upto, self._went)
            below = takewhile(search.low.__le__, down)
            rows = self._among_stream(below, count - len(rows), upto, wanted)[::-1] + rows
        return rows

    def after(
        self, seq: int, count: int, upto: int, wanted: Filter, *, near: bool = True
    ) -> list[Entry]:
        """At most `count` entries after `seq`, oldest first; `near` as in `before`."""
        wanted = self._own(wanted)
        if is_plain(wanted):
            sql, values = window(wanted, "> :seq", "asc")
            return self._entries(sql, values | {"upto": upto, "seq": seq, "count": count})
        search = self._search(upto, wanted)
        stream, low = rarest(self._database, wanted), max(seq + 1, search.low)
        rows: list[Entry] = []
        if stream is not None and stream.is_slow and near:
            rows, low = self._up(search, low, count, NEAR)
        if stream is None:
            while len(rows) < count and low < search.high:
                newer, low = self._up(search, low, count - len(rows), STRETCH)
                rows += newer
        elif len(rows) < count:
            up = stream.up(self._database, low - 1, upto, self._went)
            above = takewhile(search.high.__gt__, up)
            rows += self._among_stream(above, count - len(rows), upto, wanted)
        return rows

    def count(self, after: int, upto: int, wanted: Filter) -> int:
        """How many there are after `after` and up to `upto`."""
        wanted = self._own(wanted)
        if is_plain(wanted):
            sql, values = row_count(wanted)
            return self._number(sql, values | {"upto": upto, "after": after})
        search, stream = self._search(upto, wanted), rarest(self._database, wanted)
        low = max(after + 1, search.low)
        if stream is not None and stream.exact and len(wanted.terms) == 1:
            self._went(STRETCH)
            return stream.count(self._database, (low, search.high), upto)
        number = None
        if stream is not None:
            rows = stream.up(self._database, low - 1, upto, self._went)
            number = self._number_of(takewhile(search.high.__gt__, rows), search)
        return self._count_all(low, search) if number is None else number

    def changed(self, after: int, upto: int, most: int) -> list[int]:
        """At most `most` rows that entries after `after` and up to `upto` made or answered."""
        sql = f"select distinct {ROW} from entry where seq > ? and seq <= ? limit ?"
        return [seq for (seq,) in self._database.execute(sql, [after, upto, most])]

    def among(self, seqs: Sequence[int], upto: int, wanted: Filter) -> list[Entry]:
        """Those of the rows `seqs` that match, oldest first."""
        what = where(self._database, wanted)
        rows = [seq for seq in seqs if what.low <= seq < what.high]
        sql = (
            f"select {COLUMNS} from entry e where {shown(what.sql)} and {one_of(rows)} order by seq"
        )
        return self._entries(sql, what.values | {"upto": upto})

    def sharing(self, seqs: Sequence[int], upto: int) -> list[Entry]:
        """All entries that share one of the rows `seqs`."""
        sql = f"select {COLUMNS} from entry where answers in ({listed(seqs)}) and seq <= :upto"
        return self._entries(sql, {"upto": upto})

    def answers(self, seqs: list[int], upto: int, *, folded: bool) -> dict[int, tuple[Entry, int]]:
        """The newest entry that shares each of the rows `seqs`, and how many do; where nothing is
        filtered, `folded`, the other ends of an incident do too.
        """
        shares = ("answers", "together") if folded else ("answers",)
        answers: dict[int, tuple[Entry, int]] = {}
        for column in shares:
            which = f"{column} in ({listed(seqs)}) and seq <= ? order by seq"
            sql = f"select {column}, {COLUMNS} from entry where {which}"
            for row in self._database.execute(sql, [upto]):
                sharing = answers[row[0]][1] + 1 if row[0] in answers else 1
                answers[row[0]] = entry_or_why(row[1:]), sharing
        return answers

    def _own(self, wanted: Filter) -> Filter:
        return wanted if self._folds else unfolded(wanted)

    def _search(self, upto: int, wanted: Filter) -> "_Search":
        what = where(self._database, wanted)
        lowest, highest = bound(self._database, "min"), min(upto, bound(self._database, "max"))
        return _Search(
            sql=what.sql,
            values=what.values | {"upto": upto},
            low=max(what.low, lowest),
            high=min(what.high, highest + 1),
        )

    def _down(
        self, search: "_Search", high: int, count: int, stretch: int
    ) -> tuple[list[Entry], int]:
        """At most `count` rows of the stretch before `high`, oldest first, and where it begins."""
        low = max(search.low, high - stretch)
        rows = self._stretch(search, "desc", {"low": low, "high": high, "count": count})
        return rows[::-1], low

    def _up(self, search: "_Search", low: int, count: int, stretch: int) -> tuple[list[Entry], int]:
        """At most `count` rows of the stretch from `low` on, and where it ends."""
        high = min(search.high, low + stretch)
        return self._stretch(search, "asc", {"low": low, "high": high, "count": count}), high

    def _stretch(self, search: "_Search", order: str, bounds: Values) -> list[Entry]:
        sql = (
            f"select {COLUMNS} from entry e where {_BETWEEN}{search.sql} "
            f"order by seq {order} limit :count"
        )
        rows = self._entries(sql, search.values | bounds)
        self._went(STRETCH)
        return rows

    def _among_stream(
        self, rows: Iterator[int], count: int, upto: int, wanted: Filter
    ) -> list[Entry]:
        """The first `count` of `rows` that match, in their order."""
        found: list[Entry] = []
        while len(found) < count and (batch := list(islice(rows, _BATCH))):
            entries = self.among(batch, upto, wanted)
            found += entries if batch[0] <= batch[-1] else entries[::-1]
            self._went(0)
        return found[:count]

    def _number_of(self, rows: Iterator[int], search: "_Search") -> int | None:
        """How many of `rows` match; None of so many that all might as well be tried."""
        number = tried = 0
        while batch := list(islice(rows, _BATCH * 10)):
            tried += len(batch)
            if tried > STRETCH:
                return None
            sql = f"select count(*) from entry e where {shown(search.sql)} and {one_of(batch)}"
            number += self._number(sql, search.values)
            self._went(0)
        return number

    def _count_all(self, low: int, search: "_Search") -> int:
        """Every row is tried."""
        number = 0
        sql = f"select count(*) from entry e where {_BETWEEN}{search.sql}"
        while low < search.high:
            bounds = {"low": low, "high": min(low + STRETCH, search.high)}
            number += self._number(sql, search.values | bounds)
            low += STRETCH
            self._went(STRETCH)
        return number

    def _entries(self, sql: str, values: Values) -> list[Entry]:
        return [entry_or_why(row) for row in self._database.execute(sql, values)]

    def _number(self, sql: str, values: Values) -> int:
        (number,) = self._database.execute(sql, values).fetchone()
        return int(number)
