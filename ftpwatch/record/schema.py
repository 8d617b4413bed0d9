"""The tables of a recording, and what makes a file one. What is opened is checked before any of it
is believed: a database can hold views that never end. One file, as the tables of each format stand
side by side.
"""

import sqlite3
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from ftpwatch.core.errors import UserError
from ftpwatch.record.kinds import DENSE_KINDS, KEEP_ALIVE

__all__ = [
    "FOLDED_ROW",
    "INSERT",
    "READ_AS_THEY_ARE",
    "ROW",
    "SCHEMA_VERSION",
    "SHOWN",
    "NotARecording",
    "Part",
    "check",
    "create",
    "folds",
    "insert",
    "is_judged",
    "judge_here",
    "part_of",
]

SCHEMA_VERSION: Final = 4
# Of which rows are read as they are; what is folded is not known of the older one.
READ_AS_THEY_ARE: Final = (3, 4)
_VALUES: Final = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
INSERT: Final = f"insert or ignore into entry values {_VALUES}"
_APPLICATION_ID: Final = 0x46545057  # "FTPW"
# What reading a damaged database may raise: its own messages may be damaged too.
READ_ERRORS: Final = (sqlite3.Error, UnicodeError)
_ID_AT, _HEADER_BYTES = 68, 72  # SQLite file format, §1.3
_LONGEST_VALUE: Final = 4 * 1024 * 1024

# The seq of the row that an entry is shown in: an answer with what it answers; where nothing is
# filtered, the ends of an incident with the first of them too.
ROW: Final = "coalesce(answers, seq)"
FOLDED_ROW: Final = "coalesce(answers, together, seq)"
_OLD_ENTRIES: Final = """
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
_PART: Final = """
create table part (
    watch text not null,
    number integer not null
) strict;
"""
SHOWN: Final = "answers is null and fold is null"


def _entries(fold: str, indexes: str = "") -> str:
    return f"""
create table entry (
    seq integer primary key,
    at text not null,
    elapsed_seconds real not null,
    session text,
    connection integer,
    kind integer not null,
    code integer,
    purpose integer,
    problem integer not null,
    answers integer,
    together integer,{fold}
    words text not null,
    event blob not null
) strict;
create index entry_problem on entry ({FOLDED_ROW}, seq) where problem = 1;
create index entry_together on entry (together) where together is not null;
create index entry_answers on entry (answers) where answers is not null;
create index entry_code on entry (code, {ROW}) where code is not null;
create index entry_kind on entry (kind, {ROW}) where kind not in {DENSE_KINDS};
create index entry_purpose on entry (purpose, {ROW}) where purpose <> {KEEP_ALIVE};
create virtual table word using fts5(
    words, content='', columnsize=0, detail=none, tokenize="unicode61 remove_diacritics 0"
);
create table host (session text, host text, primary key (session, host)) strict, without rowid;
create table reach (
    part integer primary key,
    furthest integer not null,
    words_upto integer not null
) strict;
{indexes}"""


_FOLDS: Final = f"""
create index entry_fold on entry (fold) where fold is not null;
create index entry_shown on entry (seq, session, together) where {SHOWN};
"""
# Derived, and believed only where `by` is the version of fold and knowledge that reads them.
_EXPLAINED_VALUES: Final = "(?, ?, ?, ?, ?, ?, ?, ?, ?)"
EXPLAINED: Final = """
create table explained (
    of integer primary key,
    seq integer not null,
    cause text,
    confidence text not null,
    session text not null,
    connection integer not null,
    incident integer,
    body blob not null,
    by text not null
) strict;
"""
_JUDGED: Final = f"""
{EXPLAINED}
create index explained_cause on explained (cause, of);
create table snapshot (seq integer primary key, body blob not null, by text not null) strict;
"""
_JUDGED_BY: Final = "create table judged (by text not null) strict;"
_TABLES: Final = {
    1: _OLD_ENTRIES,
    2: _OLD_ENTRIES + _PART,
    3: _entries("") + _PART + _JUDGED + _JUDGED_BY,
    4: _entries("\n    fold integer,", _FOLDS) + _PART + _JUDGED + _JUDGED_BY,
}


class NotARecording(UserError):
    """A file that cannot be read as a recording, with the reason."""


class Part(msgspec.Struct, frozen=True):
    """Which part of which watch a file is; a watch that never moved has one, with number 1. It is
    judged, as it is written, by that version of fold and knowledge, or not at all.
    """

    watch: str
    number: int
    judged_by: str = ""


def create(connection: sqlite3.Connection, part: Part) -> None:
    """Make an empty database a recording."""
    connection.executescript(_TABLES[SCHEMA_VERSION])
    connection.execute("insert into part values (?, ?)", [part.watch, part.number])
    connection.execute("insert into reach values (1, 0, 0)")
    connection.execute("insert into judged values (?)", [part.judged_by])
    connection.execute(f"pragma application_id = {_APPLICATION_ID}")
    connection.execute(f"pragma user_version = {SCHEMA_VERSION}")


def folds(connection: sqlite3.Connection) -> bool:
    """It is known which rows are folded."""
    rows = connection.execute("select 1 from pragma_table_info('entry') where name = 'fold'")
    return rows.fetchone() is not None


def insert(rows: int) -> str:
    """The statement for so many rows: in one step, so that Python's lock is let go but once."""
    return INSERT + f", {_VALUES}" * (rows - 1)


def check(connection: sqlite3.Connection, path: Path) -> int:
    """The format of the recording. Raises NotARecording unless this version can read it."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    try:
        (application,) = connection.execute("pragma application_id").fetchone()
        (version,) = connection.execute("pragma user_version").fetchone()
        statements = _statements(connection)
    except READ_ERRORS as error:
        what = "is damaged and cannot be read" if _is_cut(path) else "is not a recording"
        raise NotARecording(f"{path} {what}: {error}") from error
    if application != _APPLICATION_ID:
        raise NotARecording(f"{path} is not a recording of ftpwatch")
    if version > SCHEMA_VERSION:
        raise NotARecording(
            f"{path} was written by a newer ftpwatch (format {version}); this one reads formats "
            f"up to {SCHEMA_VERSION}"
        )
    if version not in _TABLES or statements != _expected(version):
        raise NotARecording(f"{path} is damaged: its tables are not those of a recording")
    return int(version)


def part_of(connection: sqlite3.Connection) -> Part | None:
    """Which part of which watch it is; None where its format does not say, or it is damaged."""
    try:
        row = connection.execute("select watch, number from part").fetchone()
    except READ_ERRORS:
        return None
    return None if row is None else Part(str(row[0]), int(row[1]))


def is_judged(connection: sqlite3.Connection, version: str) -> bool:
    """What is judged of it was judged by `version`, as it was written."""
    try:
        return connection.execute("select by from judged").fetchall() == [(version,)]
    except READ_ERRORS:
        return False


def judge_here(
    connection: sqlite3.Connection, rows: Iterable[tuple[object, ...]], version: str
) -> None:
    """For this connection alone, `rows` are explained too, beside what `version` explained as it
    was written; the file stays as it is.
    """
    connection.execute("pragma query_only = off")
    temporary = connection.execute("select 1 from sqlite_temp_schema limit 1").fetchone()
    if temporary is None:
        connection.execute(EXPLAINED.replace("create table", "create temp table"))
        connection.execute(
            "insert into temp.explained select * from main.explained where by = ?", [version]
        )
    connection.executemany(f"insert or replace into explained values {_EXPLAINED_VALUES}", rows)
    connection.execute("pragma query_only = on")


def _statements(connection: sqlite3.Connection) -> set[str]:
    """How all that is in the database was made."""
    rows = connection.execute("select sql from sqlite_schema where sql is not null limit 50")
    return {" ".join(str(sql).split()) for (sql,) in rows}


def _expected(version: int) -> set[str]:
    made = sqlite3.connect(":memory:")
    try:
        made.executescript(_TABLES[version])
        return _statements(made)
    finally:
        made.close()


def _is_cut(path: Path) -> bool:
    """It begins as a recording does."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return False
        with path.open("rb") as file:
            return file.read(_HEADER_BYTES)[_ID_AT:_HEADER_BYTES] == _APPLICATION_ID.to_bytes(4)
    except OSError:
        return False
