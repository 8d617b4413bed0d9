"""Rows into a database: themselves, and what finds them."""

import sqlite3
from collections.abc import Sequence, Set
from typing import Final

import msgspec

from ftpwatch.record.rows import Values
from ftpwatch.record.schema import insert

__all__ = ["Piece", "write"]

AT_ONCE: Final = 64


class Piece(msgspec.Struct, frozen=True):
    """What is committed at once: rows, rows that share another from now on, what hosts sessions are
    known by, and how far a row is from what shares it.
    """

    rows: Sequence[Values]
    joins: Sequence[tuple[int, int]] = ()
    hosts: Set[tuple[str, str]] = frozenset()
    reach: int = 0


def write(database: sqlite3.Connection, piece: Piece, indexed_upto: int = 0) -> None:
    """Insert `piece`. Words of entries up to `indexed_upto` are indexed: an entry may be offered
    twice, and that index takes none back.
    """
    rows = piece.rows
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        database.execute(insert(len(some)), [v for row in some for v in row])
    words = [(row[0], row[-2]) for row in rows if row[0] > indexed_upto]
    for start in range(0, len(words), AT_ONCE):
        some_words = words[start : start + AT_ONCE]
        marks = ", ".join("(?, ?)" for _ in some_words)
        sql = f"insert into word (rowid, words) values {marks}"
        database.execute(sql, [value for pair in some_words for value in pair])
    if piece.joins:
        database.executemany("update entry set answers = ? where seq = ?", piece.joins)
    if piece.hosts:
        database.executemany("insert or ignore into host values (?, ?)", sorted(piece.hosts))
    if piece.reach:
        sql = "update reach set furthest = ? where furthest < ?"
        database.execute(sql, [piece.reach, piece.reach])
