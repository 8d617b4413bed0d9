"""Rows that an index knows of, one after the other, for the term of a filter that fewest match.

A stream gives the seqs of rows, each once, downwards from a bound or upwards, and reads no further
than it is asked.
"""

import heapq
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from ftpwatch.core.journal.filter import Filter, Term, code_ranges
from ftpwatch.record.conditions import RARE, begins, caused, numbers_of
from ftpwatch.record.kinds import DENSE_KINDS, KEEP_ALIVE, KINDS, PURPOSES
from ftpwatch.record.schema import ROW
from ftpwatch.record.texts import WORD, Texts, Went, indexed_question, rows_down, rows_up

__all__ = ["Stream", "is_streamed", "rarest"]

CHUNK: Final = 64
_COUNTED: Final = 2_000
_FEW_KEYS: Final = 8
_MOST_KEYS: Final = 5_000
Key = tuple[str, object]


class Stream(msgspec.Struct, frozen=True):
    """Where the rows of a filter are found: under the `keys` of an index, in `rows` that are known,
    or by the entries of `texts`. `size` is how many entries there are, _COUNTED at most for each
    key; without `exact` not all that is found matches.
    """

    keys: tuple[Key, ...] = ()
    rows: tuple[int, ...] | None = None
    texts: Texts | None = None
    size: int = _COUNTED
    exact: bool = True

    @property
    def is_rare(self) -> bool:
        """All of it is soon read."""
        return self.size < _COUNTED

    @property
    def is_slow(self) -> bool:
        """A page of it may cost more than trying some entries does."""
        return self.texts is not None or len(self.keys) > _FEW_KEYS

    @property
    def condition(self) -> tuple[str, list[object]]:
        """What the entries fulfil, with its values."""
        if self.texts is not None:
            return self.texts.condition
        if self.rows is not None:
            return f"seq in ({','.join(map(str, self.rows))})", []
        return " or ".join(f"({sql})" for sql, _ in self.keys) or "0", [v for _, v in self.keys]

    def down(
        self, database: sqlite3.Connection, below: int, upto: int, went: Went
    ) -> Iterator[int]:
        """Rows before `below`, the newest first."""
        if self.texts is not None:
            return rows_down(database, self.texts, below, upto, went)
        if self.rows is not None:
            return (row for row in reversed(self.rows) if row < below)
        streams = [_key_down(database, key, below, upto) for key in self.keys]
        return _once(heapq.merge(*streams, reverse=True))

    def up(self, database: sqlite3.Connection, above: int, upto: int, went: Went) -> Iterator[int]:
        """Rows after `above`, the oldest first."""
        if self.texts is not None:
            return rows_up(database, self.texts, above, upto, went)
        if self.rows is not None:
            return (row for row in self.rows if row > above)
        streams = [_key_up(database, key, above, upto) for key in self.keys]
        return _once(heapq.merge(*streams))


def is_streamed(term: Term) -> bool:
    """An index knows its rows."""
    if term.inverted:
        return False
    match term.field:
        case "word":
            return indexed_question(term.value) is not None
        case "event":
            return not set(_kinds(term)) & set(DENSE_KINDS)
        case "purpose":
            return KEEP_ALIVE not in _purposes(term)
        case field:
            return field != "inside"


def rarest(database: sqlite3.Connection, wanted: Filter) -> Stream | None:
    """Where fewest entries are to be looked at, as far as an index tells; then what stands in their
    words. None where nothing but what must not be is known.
    """
    streams = [_stream(database, term) for term in wanted.terms if is_streamed(term)]
    known = [stream for stream in streams if stream is not None]
    best = min(known, key=lambda stream: stream.size, default=None)
    if best is not None and best.is_rare:
        return best
    return _by_text(wanted) or best


def _by_text(wanted: Filter) -> Stream | None:
    """All words that the index of words knows, or else the first text that it does not."""
    words = [t for t in wanted.terms if t.field == "word" and is_streamed(t)]
    if words:
        question = " AND ".join(indexed_question(term.value) or "" for term in words)
        exact = all(WORD.fullmatch(term.value) for term in words) and len(words) == 1
        return Stream(texts=Texts(indexed=question), exact=exact)
    for term in wanted.terms:
        if not term.inverted and term.field in ("word", "inside"):
            inside = "instr(words, :text) > 0"
            sought = inside if term.field == "inside" else begins("words", ":text")
            return Stream(texts=Texts(sought=sought, text=term.value))
    return None


def _stream(database: sqlite3.Connection, term: Term) -> Stream | None:
    if term.field == "cause":
        rows = _caused(database, term)
        return Stream(rows=rows, size=len(rows))
    keys = _keys(database, term)
    if keys is None or len(keys) > _MOST_KEYS:
        return None
    return Stream(tuple(keys), size=sum(_size(database, key) for key in keys))


def _keys(database: sqlite3.Connection, term: Term) -> list[Key] | None:
    match term.field:
        case "code":
            return [("code = ?", code) for code in _codes(database, code_ranges(term.value))]
        case "session":
            return [("session = ?", name) for name in _sessions(database, "session", term)]
        case "host":
            return [("session = ?", name) for name in _sessions(database, "host", term)]
        case "problem" | "mark":
            return [(f"{RARE[term.field]} and ? is null", None)]
        case "event":
            return [_fixed("kind", kind, f"not in {DENSE_KINDS}") for kind in _kinds(term)]
        case "purpose":
            return [_fixed("purpose", number, f"<> {KEEP_ALIVE}") for number in _purposes(term)]
        case _:
            return None


def _fixed(column: str, number: int, index: str) -> Key:
    """With the condition of the partial index, by which SQLite sees that it may be used."""
    return f"{column} = {number} and {column} {index} and ? is null", None


def _kinds(term: Term) -> list[int]:
    return numbers_of(term, KINDS)


def _purposes(term: Term) -> list[int]:
    return numbers_of(term, PURPOSES)


def _codes(database: sqlite3.Connection, runs: list[tuple[int, int]]) -> list[int]:
    """The codes in `runs` that there are."""
    codes: list[int] = []
    for low, high in runs:
        while low <= high:
            sql = "select min(code) from entry where code >= ? and code is not null"
            (code,) = database.execute(sql, [low]).fetchone()
            if code is None or code > high:
                break
            codes.append(code)
            low = code + 1
    return codes


def _sessions(database: sqlite3.Connection, column: str, term: Term) -> list[str]:
    like = " or ".join(f"{column} glob ?" for _ in term.patterns)
    sql = f"select distinct session from host where {like} limit {_MOST_KEYS + 1}"
    return [name for (name,) in database.execute(sql, term.patterns)]


def _caused(database: sqlite3.Connection, term: Term) -> tuple[int, ...]:
    """The rows that are explained so, or that end what is."""
    holds = " or ".join("cause glob ?" for _ in term.patterns)
    sql = f"select distinct {ROW} from entry where seq in ({caused(holds)}) order by 1"
    return tuple(row for (row,) in database.execute(sql, [*term.patterns, *term.patterns]))


def _size(database: sqlite3.Connection, key: Key) -> int:
    sql = f"select count(*) from (select 1 from entry where {key[0]} limit {_COUNTED})"
    (size,) = database.execute(sql, [key[1]]).fetchone()
    return int(size)


def _key_down(database: sqlite3.Connection, key: Key, below: int, upto: int) -> Iterator[int]:
    sql = (
        f"select {ROW} from entry where {key[0]} and {ROW} < ? and seq <= ? "
        f"order by {ROW} desc limit {CHUNK}"
    )
    while rows := database.execute(sql, [key[1], below, upto]).fetchall():
        yield from (row for (row,) in rows)
        below = rows[-1][0]


def _key_up(database: sqlite3.Connection, key: Key, above: int, upto: int) -> Iterator[int]:
    sql = (
        f"select {ROW} from entry where {key[0]} and {ROW} > ? and seq <= ? "
        f"order by {ROW} limit {CHUNK}"
    )
    while rows := database.execute(sql, [key[1], above, upto]).fetchall():
        yield from (row for (row,) in rows)
        above = rows[-1][0]


def _once(rows: Iterable[int]) -> Iterator[int]:
    """Without those that come again."""
    last: int | None = None
    for row in rows:
        if row != last:
            yield row
        last = row
