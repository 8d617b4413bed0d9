"""Rows under the keys of an index: a reply code, a kind of event, a purpose, a cause."""

import sqlite3
from collections.abc import Iterator
from typing import Final

from ftpwatch.core.journal.filter import Term, code_ranges
from ftpwatch.record.conditions import RARE, caused, numbers_of
from ftpwatch.record.kinds import DENSE_KINDS, KEEP_ALIVE, KINDS, PURPOSES
from ftpwatch.record.schema import ROW

__all__ = [
    "COUNTED",
    "Key",
    "caused_rows",
    "key_down",
    "key_up",
    "keys_of",
    "kinds",
    "purposes",
    "size_of",
]

CHUNK: Final = 64
COUNTED: Final = 2_000
Key = tuple[str, object]


def keys_of(database: sqlite3.Connection, term: Term) -> list[Key] | None:
    match term.field:
        case "code":
            return [("code = ?", code) for code in _codes(database, code_ranges(term.value))]
        case "problem" | "mark":
            return [(f"{RARE[term.field]} and ? is null", None)]
        case "event":
            return [_fixed("kind", kind, f"not in {DENSE_KINDS}") for kind in kinds(term)]
        case "purpose":
            return [_fixed("purpose", number, f"<> {KEEP_ALIVE}") for number in purposes(term)]
        case _:
            return None


def _fixed(column: str, number: int, index: str) -> Key:
    """With the condition of the partial index, by which SQLite sees that it may be used."""
    return f"{column} = {number} and {column} {index} and ? is null", None


def kinds(term: Term) -> list[int]:
    return numbers_of(term, KINDS)


def purposes(term: Term) -> list[int]:
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


def caused_rows(database: sqlite3.Connection, term: Term) -> tuple[int, ...]:
    """The rows that are explained so, or that end what is."""
    holds = " or ".join("cause glob ?" for _ in term.patterns)
    sql = f"select distinct {ROW} from entry where seq in ({caused(holds)}) order by 1"
    return tuple(row for (row,) in database.execute(sql, [*term.patterns, *term.patterns]))


def size_of(database: sqlite3.Connection, key: Key) -> int:
    sql = f"select count(*) from (select 1 from entry where {key[0]} limit {COUNTED})"
    (size,) = database.execute(sql, [key[1]]).fetchone()
    return int(size)


def key_down(database: sqlite3.Connection, key: Key, below: int, upto: int) -> Iterator[int]:
    sql = (
        f"select {ROW} from entry where {key[0]} and {ROW} < ? and seq <= ? "
        f"order by {ROW} desc limit {CHUNK}"
    )
    while rows := database.execute(sql, [key[1], below, upto]).fetchall():
        yield from (row for (row,) in rows)
        below = rows[-1][0]


def key_up(database: sqlite3.Connection, key: Key, above: int, upto: int) -> Iterator[int]:
    sql = (
        f"select {ROW} from entry where {key[0]} and {ROW} > ? and seq <= ? "
        f"order by {ROW} limit {CHUNK}"
    )
    while rows := database.execute(sql, [key[1], above, upto]).fetchall():
        yield from (row for (row,) in rows)
        above = rows[-1][0]
