"""The parts of a recording, asked as if they were one. Parts do not overlap: each goes on where the
one before ended.
"""

import re
import sqlite3
import stat
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.filter import Filter
from ftpwatch.record.schema import READ_ERRORS, SCHEMA_VERSION, NotARecording, check, part_of
from ftpwatch.record.upgrade import upgraded
from ftpwatch.record.windows import Windows

__all__ = ["Parts", "family", "next_part", "open_part"]

_NUMBERED: Final = re.compile(r"(.+)\.([2-9]|[1-9]\d{1,3})")
_MOST_PARTS: Final = 1_000


def open_part(path: Path) -> sqlite3.Connection:
    """A read-only connection to the file at `path`; a killed one heals by being opened.

    Raises NotARecording.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        why = "" if isinstance(error, FileNotFoundError) else f": {error}"
        raise NotARecording(f"there is no recording at {path}{why}") from error
    if not stat.S_ISREG(mode):
        raise NotARecording(f"there is no recording at {path}: it is not a regular file")
    try:
        connection = sqlite3.connect(path, check_same_thread=False)
        connection.execute("pragma query_only = on")
        connection.execute("pragma trusted_schema = off")
    except READ_ERRORS as error:
        raise NotARecording(f"{path} cannot be opened: {error}") from error
    if check(connection, path) == SCHEMA_VERSION:
        return connection
    try:
        return upgraded(connection, part_of(connection))
    except READ_ERRORS as error:
        raise NotARecording(
            f"{path} is of an older format, and there is no room: {error}"
        ) from error


def family(path: Path) -> list[sqlite3.Connection]:
    """Connections to all parts of the recording of which `path` is one, in their order. Raises
    NotARecording where `path` is none.
    """
    own = open_part(_oldest_left(path))
    part = part_of(own)
    if part is None:
        return [own]
    parts = {part.number: own}
    for other in _siblings(path):
        try:
            connection = open_part(other)
        except NotARecording:
            continue
        its = part_of(connection)
        if its is not None and its.watch == part.watch and its.number not in parts:
            parts[its.number] = connection
        else:
            connection.close()
    return [parts[number] for number in sorted(parts)]


def _oldest_left(path: Path) -> Path:
    """The first part may be gone, as the oldest go first."""
    try:
        path.lstat()
    except FileNotFoundError:
        others = _siblings(path)
        return min(others, key=lambda other: (len(other.name), other.name), default=path)
    except (OSError, ValueError):
        pass  # opening it says what is wrong
    return path


def next_part(path: Path, number: int) -> Path:
    """Where the part after `number` of the recording is of which `path` is one."""
    numbered = _NUMBERED.fullmatch(path.name)
    return path.with_name(f"{numbered[1] if numbered else path.name}.{number + 1}")


def _siblings(path: Path) -> list[Path]:
    """Files named as other parts of `path` would be."""
    numbered = _NUMBERED.fullmatch(path.name)
    names = {path.name, *([numbered[1]] if numbered else [])}
    others: list[Path] = []
    try:
        for file in path.parent.iterdir():
            match = _NUMBERED.fullmatch(file.name)
            if file.name != path.name and (file.name in names or (match and match[1] in names)):
                others.append(file)
    except OSError:
        return []
    return sorted(others)[:_MOST_PARTS]


class Parts:
    """As Windows, over several databases, the oldest first."""

    def __init__(
        self,
        databases: Iterable[sqlite3.Connection],
        went: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._went = went
        self._windows = [Windows(database, went) for database in databases]

    def add(self, database: sqlite3.Connection) -> None:
        """One more, newer than all others."""
        self._windows.append(Windows(database, self._went))

    def before(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Entry]:
        """At most `count` entries before `seq`, oldest first."""
        entries: list[Entry] = []
        near = True
        for windows in reversed(self._windows):
            if len(entries) < count and windows.first <= min(seq, upto):
                left = count - len(entries)
                entries = windows.before(seq, left, upto, wanted, near=near) + entries
                near = False
        return entries

    def after(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Entry]:
        """At most `count` entries after `seq`, oldest first."""
        entries: list[Entry] = []
        near = True
        for windows in self._windows:
            if len(entries) < count and windows.last > seq:
                left = count - len(entries)
                entries += windows.after(seq, left, upto, wanted, near=near)
                near = False
        return entries

    def count(self, after: int, upto: int, wanted: Filter) -> int:
        """How many there are after `after` and up to `upto`."""
        return sum(windows.count(after, upto, wanted) for windows in self._windows)

    def changed(self, after: int, upto: int, most: int) -> list[int]:
        """At most `most` rows that entries after `after` and up to `upto` made or answered."""
        seqs: list[int] = []
        for windows in self._windows:
            if len(seqs) < most:
                seqs += windows.changed(after, upto, most - len(seqs))
        return seqs

    def among(self, seqs: Sequence[int], upto: int, wanted: Filter) -> list[Entry]:
        """Those of the rows `seqs` that match, oldest first."""
        return [entry for part in self._windows for entry in part.among(seqs, upto, wanted)]

    def sharing(self, seqs: Sequence[int], upto: int) -> list[Entry]:
        """All entries that share one of the rows `seqs`."""
        return [entry for part in self._windows for entry in part.sharing(seqs, upto)]

    def answers(self, seqs: list[int], upto: int) -> dict[int, tuple[Entry, int]]:
        """The newest entry that shares each of the rows `seqs`, and how many do."""
        answers: dict[int, tuple[Entry, int]] = {}
        for windows in self._windows:
            for seq, (entry, sharing) in windows.answers(seqs, upto).items():
                answers[seq] = entry, sharing + (answers[seq][1] if seq in answers else 0)
        return answers
