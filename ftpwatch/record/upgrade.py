"""Recordings of older formats: their entries, which have not changed, are put into a database of
this one, which lasts as long as it is open; the file stays as it is.
"""

import sqlite3
from itertools import islice
from typing import Final

from ftpwatch.record.rows import Rows
from ftpwatch.record.salvage import salvaged
from ftpwatch.record.schema import Part, create
from ftpwatch.record.writing import Piece, index_words, write

__all__ = ["upgraded"]

_AT_ONCE: Final = 500


def upgraded(old: sqlite3.Connection, part: Part | None) -> sqlite3.Connection:
    """What `old` holds, damage marked where it is. Raises sqlite3.Error where there is no room."""
    database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    create(database, part or Part("", 1))
    rows, entries = Rows(), salvaged(old)
    database.execute("begin")
    while some := list(islice(entries, _AT_ONCE)):
        batch = rows.of(some)
        write(database, Piece(batch.rows, batch.joins, batch.hosts, batch.reach, batch.released))
        rows.joined(batch)
    index_words(database)
    database.execute("commit")
    old.close()
    return database
