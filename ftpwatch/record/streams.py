"""Rows that an index knows of, one after the other, for the term of a filter that fewest match.

A stream gives the seqs of rows, each once, downwards from a bound or upwards, and reads no further
than it is asked.
"""

import heapq
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from ftpwatch.core.journal.filter import Filter, Term
from ftpwatch.record.conditions import begins
from ftpwatch.record.keys import (
    COUNTED,
    Key,
    caused_rows,
    key_down,
    key_up,
    keys_of,
    kinds,
    purposes,
    size_of,
)
from ftpwatch.record.kinds import DENSE_KINDS, KEEP_ALIVE
from ftpwatch.record.schema import ROW
from ftpwatch.record.texts import WORD, Texts, Went, indexed_question, rows_down, rows_up
from ftpwatch.record.writing import SESSION_MARK

__all__ = ["Stream", "is_streamed", "rarest"]

_FEW_KEYS: Final = 8
_MOST_KEYS: Final = 5_000
MOST_SESSIONS: Final = 200
_TEXTS: Final = ("word", "inside", "session", "host")


class Stream(msgspec.Struct, frozen=True):
    """Where the rows of a filter are found: under the `keys` of an index, in `rows` that are known,
    or by the entries of `texts`. `size` is how many entries there are, COUNTED at most for each
    key; without `exact` not all that is found matches.
    """

    keys: tuple[Key, ...] = ()
    rows: tuple[int, ...] | None = None
    texts: Texts | None = None
    size: int = COUNTED
    exact: bool = True

    @property
    def is_rare(self) -> bool:
        """All of it is soon read."""
        return self.size < COUNTED

    @property
    def is_slow(self) -> bool:
        """A page of it may cost more than trying some entries does."""
        return self.texts is not None or len(self.keys) > _FEW_KEYS

    def count(self, database: sqlite3.Connection, rows: tuple[int, int], upto: int) -> int:
        """How many rows there are, from the first of `rows` to before the second."""
        if self.texts is not None:
            return self.texts.count(database, rows, upto)
        if self.rows is not None:
            return sum(rows[0] <= row < rows[1] for row in self.rows)
        condition = " or ".join(f"({sql})" for sql, _ in self.keys) or "0"
        sql = (
            f"select count(distinct {ROW}) from entry where ({condition}) and seq <= ? "
            f"and {ROW} >= ? and {ROW} < ?"
        )
        values = [value for _, value in self.keys]
        (number,) = database.execute(sql, [*values, upto, *rows]).fetchone()
        return int(number)

    def down(
        self, database: sqlite3.Connection, below: int, upto: int, went: Went
    ) -> Iterator[int]:
        """Rows before `below`, the newest first."""
        if self.texts is not None:
            return rows_down(database, self.texts, below, upto, went)
        if self.rows is not None:
            return (row for row in reversed(self.rows) if row < below)
        streams = [key_down(database, key, below, upto) for key in self.keys]
        return _once(heapq.merge(*streams, reverse=True))

    def up(self, database: sqlite3.Connection, above: int, upto: int, went: Went) -> Iterator[int]:
        """Rows after `above`, the oldest first."""
        if self.texts is not None:
            return rows_up(database, self.texts, above, upto, went)
        if self.rows is not None:
            return (row for row in self.rows if row > above)
        streams = [key_up(database, key, above, upto) for key in self.keys]
        return _once(heapq.merge(*streams))


def is_streamed(term: Term) -> bool:
    """An index knows its rows."""
    if term.inverted:
        return False
    match term.field:
        case "word":
            return indexed_question(term.value) is not None
        case "event":
            return not set(kinds(term)) & set(DENSE_KINDS)
        case "purpose":
            return KEEP_ALIVE not in purposes(term)
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
    return _by_text(database, wanted) or best


def _by_text(database: sqlite3.Connection, wanted: Filter) -> Stream | None:
    """All words and sessions that the index of words knows, or else the first text that it does
    not.
    """
    terms = [term for term in wanted.terms if not term.inverted]
    questions: list[str] = []
    sought, values = "1", list[str]()
    for term in terms:
        if (question := _question(database, term)) is not None:
            questions.append(question)
            condition, more = _sought(term)
            sought, values = f"{sought} and ({condition})", [*values, *more]
    if questions:
        exact = len(terms) == 1 and (terms[0].field != "word" or _is_word(terms[0].value))
        texts = Texts(" AND ".join(questions), f"({sought})", tuple(values))
        return Stream(texts=texts, exact=exact)
    for term in terms:
        if term.field in _TEXTS:
            condition, more = _sought(term)
            return Stream(texts=Texts(None, f"({condition})", tuple(more)))
    return None


def _is_word(text: str) -> bool:
    return WORD.fullmatch(text) is not None


def _question(database: sqlite3.Connection, term: Term) -> str | None:
    """`term` as FTS5 is asked; None where it would know nothing, or not in one breath."""
    if term.field == "word":
        return indexed_question(term.value)
    if term.field not in ("session", "host"):
        return None
    names = _sessions(database, term.field, term)
    if len(names) <= MOST_SESSIONS:
        marked = [f'"{SESSION_MARK}{name.encode().hex()}"' for name in names]
        return f"({' OR '.join(marked)})" if marked else f'"{SESSION_MARK}none"'
    whole, star, rest = term.value.partition("*")
    if term.field == "session" and star and not rest and not {"?", ","} & set(whole) and whole:
        return f'"{SESSION_MARK}{whole.encode().hex()}"*'
    return None


def _sought(term: Term) -> tuple[str, list[str]]:
    """The same where every entry is looked at, with its values."""
    match term.field:
        case "word":
            return begins("words", "?"), [term.value, term.value]
        case "inside":
            return "instr(words, ?) > 0", [term.value]
        case field:
            like = " or ".join(f"{field} glob ?" for _ in term.patterns)
            return f"session in (select session from host where {like})", [*term.patterns]


def _stream(database: sqlite3.Connection, term: Term) -> Stream | None:
    if term.field == "cause":
        rows = caused_rows(database, term)
        return Stream(rows=rows, size=len(rows))
    keys = keys_of(database, term)
    if keys is None or len(keys) > _MOST_KEYS:
        return None
    return Stream(tuple(keys), size=sum(size_of(database, key) for key in keys))


def _sessions(database: sqlite3.Connection, column: str, term: Term) -> list[str]:
    like = " or ".join(f"{column} glob ?" for _ in term.patterns)
    sql = f"select distinct session from host where {like} limit {_MOST_KEYS + 1}"
    return [name for (name,) in database.execute(sql, term.patterns)]


def _once(rows: Iterable[int]) -> Iterator[int]:
    """Without those that come again."""
    last: int | None = None
    for row in rows:
        if row != last:
            yield row
        last = row
