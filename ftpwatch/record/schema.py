"""The tables of a recording, and what makes a file one."""

import sqlite3
from pathlib import Path
from typing import Final

from ftpwatch.core.foreseen import Foreseen

__all__ = ["INSERT", "SCHEMA_VERSION", "NotARecording", "check", "create"]

SCHEMA_VERSION: Final = 1
INSERT: Final = "insert or ignore into entry values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_APPLICATION_ID: Final = 0x46545057  # "FTPW"
_ID_AT, _HEADER_BYTES = 68, 72  # SQLite file format, §1.3

_TABLES: Final = """
create table entry (
    seq integer primary key,
    at text not null,
    elapsed_seconds real not null,
    session text,
    connection integer,
    kind text not null,
    code integer,
    problem integer not null,
    answers integer,
    words text not null,
    event blob not null
) strict;
create index entry_problem on entry (coalesce(answers, seq), seq) where problem = 1;
create index entry_mark on entry (coalesce(answers, seq), seq) where kind = 'mark_set';
create index entry_answers on entry (answers) where answers is not null;
"""


class NotARecording(Foreseen):
    """A file that cannot be read as a recording, with the reason."""


def create(connection: sqlite3.Connection) -> None:
    """Make an empty database a recording."""
    connection.executescript(_TABLES)
    connection.execute(f"pragma application_id = {_APPLICATION_ID}")
    connection.execute(f"pragma user_version = {SCHEMA_VERSION}")


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raise NotARecording unless this is a recording that this version can read."""
    try:
        (application,) = connection.execute("pragma application_id").fetchone()
        (version,) = connection.execute("pragma user_version").fetchone()
    except sqlite3.DatabaseError as error:
        what = "is damaged and cannot be read" if _is_cut(path) else "is not a recording"
        raise NotARecording(f"{path} {what}: {error}") from error
    if application != _APPLICATION_ID:
        raise NotARecording(f"{path} is not a recording of ftpwatch")
    if version > SCHEMA_VERSION:
        raise NotARecording(
            f"{path} was written by a newer ftpwatch (format {version}); this one reads formats "
            f"up to {SCHEMA_VERSION}"
        )


def _is_cut(path: Path) -> bool:
    """It begins as a recording does."""
    with path.open("rb") as file:
        return file.read(_HEADER_BYTES)[_ID_AT:_HEADER_BYTES] == _APPLICATION_ID.to_bytes(4, "big")
