"""The parts of a recording, asked as if they were one. Parts do not overlap: each goes on where the
one before ended.
"""

import re
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.filter import Filter
from ftpwatch.record.schema import (
    READ_ERRORS,
    SCHEMA_VERSION,
    NotARecording,
    Part,
    check,
    judge_here,
    part_of,
)
from ftpwatch.record.upgrade import upgraded
from ftpwatch.record.windows import Windows

__all__ = ["PartFile", "Parts", "family", "identity", "later_parts", "open_part"]

_NUMBERED: Final = re.compile(r"(.+)\.([2-9]|[1-9]\d{1,3})")
MOST_OPEN: Final = 4
_MOST_PARTS: Final = 10_000


class PartFile(msgspec.Struct, frozen=True):
    """Where a part is, and its number."""

    path: Path
    number: int


def open_part(path: Path, *, upgrade: bool = True) -> sqlite3.Connection:
    """A read-only connection to the file at `path`; a killed one heals by being opened. Without
    `upgrade` one of an older format is given as it is.

    Raises NotARecording.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        why = "" if isinstance(error, FileNotFoundError) else f": {error}"
        raise NotARecording(f"there is no recording at {path}{why}") from error
    if not stat.S_ISREG(mode):
        raise NotARecording(f"there is no recording at {path}: it is no regular file")
    try:
        connection = sqlite3.connect(path, check_same_thread=False)
        connection.execute("pragma query_only = on")
        connection.execute("pragma trusted_schema = off")
    except READ_ERRORS as error:
        raise NotARecording(f"{path} cannot be opened: {error}") from error
    if check(connection, path) == SCHEMA_VERSION or not upgrade:
        return connection
    try:
        return upgraded(connection, part_of(connection))
    except READ_ERRORS as error:
        raise NotARecording(
            f"{path} is of an older format, and there is no room: {error}"
        ) from error


def family(path: Path) -> list[PartFile]:
    """All parts of the recording of which `path` is one, in their order. Raises NotARecording where
    `path` is none.
    """
    path = _oldest_left(path)
    with closing(open_part(path)) as own:
        part = part_of(own)
    if part is None or not part.watch:
        return [PartFile(path, 1)]
    parts = {part.number: PartFile(path, part.number)}
    for other in _siblings(path):
        its = identity(other)
        if its is not None and its.watch == part.watch and its.number not in parts:
            parts[its.number] = PartFile(other, its.number)
    return [parts[number] for number in sorted(parts)]


def identity(path: Path) -> Part | None:
    """Which part of which watch the file at `path` is; None where it is no recording of this
    format.
    """
    try:
        with closing(open_part(path, upgrade=False)) as database:
            return part_of(database)
    except NotARecording:
        return None


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


def later_parts(path: Path, after: PartFile, watch: str) -> list[PartFile]:
    """Parts that the recording of which `path` is one has gone on in, beside it."""
    others = [(other, identity(other)) for other in _siblings(path)]
    later = [
        PartFile(other, its.number)
        for other, its in others
        if its is not None and its.watch == watch and its.number > after.number
    ]
    return sorted(later, key=lambda part: part.number)


def _siblings(path: Path) -> list[Path]:
    """Files named as other parts of `path` would be."""
    numbered = _NUMBERED.fullmatch(path.name)
    names = {path.name, *([numbered[1]] if numbered else [])}
    others: list[tuple[int, Path]] = []
    try:
        for file in path.parent.iterdir():
            match = _NUMBERED.fullmatch(file.name)
            if file.name != path.name and (file.name in names or (match and match[1] in names)):
                others.append((int(match[2]) if match else 1, file))
    except OSError:
        return []
    return [file for _, file in sorted(others)[:_MOST_PARTS]]


class _Handle:
    """A part that is opened when it is asked, and may be closed in between."""

    def __init__(self, part: PartFile, went: Callable[[int], None]) -> None:
        self.part, self._went = part, went
        self._windows: Windows | None = None
        self._database: sqlite3.Connection | None = None
        self.ends_at: int | None = None

    @property
    def windows(self) -> Windows:
        if self._windows is None:
            self._database = open_part(self.part.path)
            self._windows = Windows(self._database, self._went)
        return self._windows

    @property
    def database(self) -> sqlite3.Connection:
        windows = self.windows
        assert self._database is not None and windows is not None
        return self._database

    @property
    def is_open(self) -> bool:
        return self._database is not None

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
        self._database = self._windows = None


class Parts:
    """As Windows, over several files, the oldest first; MOST_OPEN of them are open at once, so that
    a part that is full is soon nobody's.
    """

    def __init__(
        self, files: Iterable[PartFile], went: Callable[[int], None] = lambda _: None
    ) -> None:
        self._went = went
        self._handles = [_Handle(file, went) for file in files]
        self._explained: list[tuple[object, ...]] = []

    @property
    def files(self) -> list[PartFile]:
        """The parts there are."""
        return [handle.part for handle in self._handles]

    def add(self, file: PartFile) -> None:
        """One more, newer than all others."""
        self._handles.append(_Handle(file, self._went))
        self.hold_newest()

    def hold_newest(self) -> None:
        """Have it open: what is being written may be deleted, and is shown all the same."""
        self._opened(self._handles[-1])

    def learn(self, rows: Sequence[tuple[object, ...]]) -> None:
        """What is explained, where the files do not say it."""
        self._explained += rows
        for handle in self._handles:
            if handle.is_open:
                with suppress(*READ_ERRORS):
                    judge_here(handle.database, rows)

    def databases(self) -> Iterator[sqlite3.Connection]:
        """Each for as long as it is looked at, the newest first."""
        for handle in reversed(self._handles):
            if (database := self._opened(handle)) is not None:
                yield database

    def close(self) -> None:
        """Let go of the files."""
        for handle in self._handles:
            handle.close()

    def before(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Entry]:
        """At most `count` entries before `seq`, oldest first."""
        entries: list[Entry] = []
        near = True
        for windows in self._windows(newest_first=True):
            if len(entries) >= count:
                break
            if windows.first <= min(seq, upto):
                left = count - len(entries)
                entries = windows.before(seq, left, upto, wanted, near=near) + entries
                near = False
        return entries

    def after(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Entry]:
        """At most `count` entries after `seq`, oldest first."""
        entries: list[Entry] = []
        near = True
        for windows in self._windows(after=seq):
            if len(entries) >= count:
                break
            if windows.last > seq:
                left = count - len(entries)
                entries += windows.after(seq, left, upto, wanted, near=near)
                near = False
        return entries

    def count(self, after: int, upto: int, wanted: Filter) -> int:
        """How many there are after `after` and up to `upto`."""
        return sum(part.count(after, upto, wanted) for part in self._windows(after=after))

    def changed(self, after: int, upto: int, most: int) -> list[int]:
        """At most `most` rows that entries after `after` and up to `upto` made or answered."""
        seqs: list[int] = []
        for windows in self._windows(after=after):
            if len(seqs) < most:
                seqs += windows.changed(after, upto, most - len(seqs))
        return seqs

    def among(self, seqs: Sequence[int], upto: int, wanted: Filter) -> list[Entry]:
        """Those of the rows `seqs` that match, oldest first."""
        parts = self._windows(after=min(seqs, default=0) - 1)
        return [entry for part in parts for entry in part.among(seqs, upto, wanted)]

    def sharing(self, seqs: Sequence[int], upto: int) -> list[Entry]:
        """All entries that share one of the rows `seqs`."""
        parts = self._windows(after=min(seqs, default=0) - 1)
        return [entry for part in parts for entry in part.sharing(seqs, upto)]

    def answers(self, seqs: list[int], upto: int, *, folded: bool) -> dict[int, tuple[Entry, int]]:
        """The newest entry that shares each of the rows `seqs`, and how many do."""
        answers: dict[int, tuple[Entry, int]] = {}
        for windows in self._windows(after=min(seqs, default=0) - 1):
            for seq, (entry, sharing) in windows.answers(seqs, upto, folded=folded).items():
                answers[seq] = entry, sharing + (answers[seq][1] if seq in answers else 0)
        return answers

    def _windows(self, *, after: int = 0, newest_first: bool = False) -> Iterator[Windows]:
        """Those that may have entries after the seq `after`; one that is gone is passed over."""
        handles = list(reversed(self._handles)) if newest_first else list(self._handles)
        for handle in handles:
            if handle.ends_at is not None and handle.ends_at <= after:
                continue
            if self._opened(handle) is None:
                continue
            if handle is not self._handles[-1] and handle.ends_at is None:
                handle.ends_at = handle.windows.last
            yield handle.windows

    def _opened(self, handle: _Handle) -> sqlite3.Connection | None:
        was_open = handle.is_open
        try:
            database = handle.database
        except NotARecording:
            return None
        if not was_open:
            if self._explained:
                judge_here(database, self._explained)
            open_ = [one for one in self._handles if one.is_open and one is not handle]
            for one in open_[: max(0, len(open_) + 1 - MOST_OPEN)]:
                one.close()
        return database
