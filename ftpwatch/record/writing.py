"""Rows into a database: themselves, and what finds them."""

import sqlite3
from collections.abc import Sequence, Set
from typing import Final, TypeVar

import msgspec

from ftpwatch.record.rows import Values
from ftpwatch.record.schema import insert

__all__ = ["SESSION_MARK", "Piece", "index_words", "write"]

T = TypeVar("T")
AT_ONCE: Final = 64
# Before the name of a session, which is one word of the index: nobody types it, and it is a letter
# to SQLite (of private use, "Co").
SESSION_MARK: Final = "\ue000"


def _as_it_is(value: T) -> T:
    return value


# sqlite3 looks in several places for what adapts them, at three times the cost of binding them.
for _plain in (type(None), bool, bytes):
    sqlite3.register_adapter(_plain, _as_it_is)


class Piece(msgspec.Struct, frozen=True):
    """What is committed at once: rows, rows that share another from now on, what hosts sessions are
    known by, how far a row is from what shares it, and rows that are folded no longer.
    """

    rows: Sequence[Values]
    joins: Sequence[tuple[int, int]] = ()
    hosts: Set[tuple[str, str]] = frozenset()
    reach: int = 0
    released: Sequence[int] = ()


def write(database: sqlite3.Connection, piece: Piece) -> None:
    """Insert `piece`; an entry that is there already stays."""
    rows = piece.rows
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        database.execute(insert(len(some)), [v for row in some for v in row])
    if piece.joins:
        database.executemany("update entry set together = ? where seq = ?", piece.joins)
    if piece.released:
        database.executemany(
            "update entry set fold = null where seq = ?", [(seq,) for seq in piece.released]
        )
    hosts = sorted(piece.hosts)
    for start in range(0, len(hosts), AT_ONCE):
        pairs = hosts[start : start + AT_ONCE]
        sql = f"insert or ignore into host values {', '.join(['(?, ?)'] * len(pairs))}"
        database.execute(sql, [v for pair in pairs for v in pair])
    if piece.reach:
        sql = "update reach set furthest = ? where furthest < ?"
        database.execute(sql, [piece.reach, piece.reach])


def index_words(database: sqlite3.Connection) -> None:
    """Put what was written since the last time into the index of words; many entries at once cost
    it a fraction of what one after the other do.
    """
    database.execute(
        f"insert into word (rowid, words) select seq, words || coalesce(' {SESSION_MARK}' || "
        "hex(session), '') from entry where seq > (select words_upto from reach) order by seq"
    )
    database.execute(
        "update reach set words_upto = coalesce((select max(seq) from entry), words_upto)"
    )
