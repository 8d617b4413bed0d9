"""The files of a recording: which belong together, and how each is opened."""

import os
import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from ftpwatch.record.schema import (
    READ_AS_THEY_ARE,
    READ_ERRORS,
    NotARecording,
    Part,
    check,
    part_of,
)
from ftpwatch.record.upgrade import upgraded
from ftpwatch.record.writing_process import is_gone

__all__ = [
    "PartFile", "family", "identity", "is_abandoned", "later_parts", "oldest_left", "open_part",
]  # fmt: skip

_NUMBERED: Final = re.compile(r"(.+)\.([2-9]|[1-9]\d{1,3})")
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
        connection = sqlite3.connect(_address(path), uri=True, check_same_thread=False)
        connection.execute("pragma query_only = on")
        connection.execute("pragma trusted_schema = off")
    except READ_ERRORS as error:
        raise NotARecording(f"{path} cannot be opened: {error}") from error
    if check(connection, path) in READ_AS_THEY_ARE or not upgrade:
        return connection
    try:
        return upgraded(connection, part_of(connection))
    except READ_ERRORS as error:
        raise NotARecording(
            f"{path} is of an older format, and there is no room: {error}"
        ) from error


def _address(path: Path) -> str:
    """As SQLite opens it: where nothing can be written beside a file that is finished, as what does
    not change.
    """
    address = path.absolute().as_uri()
    is_finished = not path.with_name(f"{path.name}-wal").exists()
    can_write = os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK)
    return f"{address}?immutable=1" if is_finished and not can_write else address


def family(path: Path) -> list[PartFile]:
    """All parts of the recording of which `path` is one, in their order. Raises NotARecording where
    `path` is none.
    """
    path = oldest_left(path)
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


def is_abandoned(path: Path) -> bool:
    """Whoever wrote the recording at `path` runs no more; False where nobody can tell."""
    part = identity(oldest_left(path))
    return part is not None and is_gone(part.watch)


def oldest_left(path: Path) -> Path:
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
