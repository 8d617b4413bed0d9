"""What is kept of recordings, and for how long: the oldest parts go first, whichever watch wrote
them; a part that is being written never goes.
"""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from ftpwatch.record.files import open_part
from ftpwatch.record.schema import READ_ERRORS, NotARecording, Part, part_of
from ftpwatch.record.writing_process import is_gone

__all__ = [
    "Keep", "PartOnDisk", "Pruned", "is_written", "newest_written", "parts_in", "prune", "surplus",
]  # fmt: skip

_NUMBER: Final = r"(?:\.([2-9]|[1-9]\d{1,3}))?"
_PART: Final = re.compile(rf"(.+\.ftpwatch){_NUMBER}")
_MOST_FILES: Final = 100_000


class Keep(msgspec.Struct, frozen=True):
    """How much is kept: nothing older than `days`, and `bytes` of all."""

    days: float = 30.0
    bytes: int = 2 * 1024**3


class PartOnDisk(msgspec.Struct, frozen=True):
    """A part of the recording `first`: its number, its size in bytes, when it was last written, and
    the token of its watch, None where it only has the name of a recording.
    """

    path: Path
    first: Path
    number: int
    bytes: int
    written_at: float
    watch: str | None = None


class Pruned(msgspec.Struct, frozen=True):
    """What went, and why."""

    path: Path
    bytes: int
    why: str


def parts_in(folder: Path, named: str | None = None, watch: str | None = None) -> list[PartOnDisk]:
    """All parts of recordings in `folder`, the oldest first; or, where it is `named` so, of the one
    that the watch with the token `watch` writes.
    """
    pattern = _PART if named is None else re.compile(rf"({re.escape(named)}){_NUMBER}")
    parts: list[PartOnDisk] = []
    try:
        for number, file in enumerate(folder.iterdir()):
            match = pattern.fullmatch(file.name)
            if number > _MOST_FILES:
                break
            if match is None or file.is_symlink() or not file.is_file():
                continue
            part = _on_disk(file, folder / match[1], int(match[2] or 1))
            own = _recorded(file)
            if watch is None or (own is not None and own.watch == watch):
                token = own.watch if own is not None else None
                parts.append(msgspec.structs.replace(part, watch=token))
    except OSError:
        return sorted(parts, key=_age)
    return sorted(parts, key=_age)


def _on_disk(file: Path, first: Path, number: int) -> PartOnDisk:
    """Size and age with what is not in the file yet, as it is before anybody opens it."""
    status, wal = file.stat(), file.with_name(f"{file.name}-wal")
    beside = wal.stat() if wal.exists() else None
    return PartOnDisk(
        path=file,
        first=first,
        number=number,
        bytes=status.st_size + (beside.st_size if beside is not None else 0),
        written_at=max(status.st_mtime, beside.st_mtime if beside is not None else 0.0),
    )


def _recorded(file: Path) -> Part | None:
    """What the file says it is; None where it is no recording."""
    try:
        with closing(open_part(file, upgrade=False)) as database:
            return part_of(database) or Part("", 1)
    except NotARecording:
        return None


def surplus(parts: Sequence[PartOnDisk], keep: Keep, now: datetime) -> list[tuple[PartOnDisk, str]]:
    """Those of `parts`, the oldest first, that are too old or too much, and why; never what only
    has the name of a recording.
    """
    parts = [part for part in parts if part.watch is not None]
    since = (now - timedelta(days=keep.days)).timestamp()
    size = sum(part.bytes for part in parts)
    going: list[tuple[PartOnDisk, str]] = []
    for part in parts:
        if part.written_at < since:
            going.append((part, f"older than {keep.days:g} days"))
        elif size > keep.bytes:
            going.append((part, f"over {keep.bytes / 1024**2:g} MiB in all"))
        else:
            continue
        size -= part.bytes
    return going


def prune(going: Iterable[tuple[PartOnDisk, str]]) -> list[Pruned]:
    """Take away what of `going` nobody writes; gives what went."""
    pruned: list[Pruned] = []
    for part, why in going:
        if is_written(part.path):
            continue
        try:
            part.path.unlink()
        except OSError:
            continue
        pruned.append(Pruned(part.path, part.bytes, why))
    return pruned


def is_written(path: Path) -> bool:
    """A watch holds the file at `path`: SQLite does not let its WAL go then."""
    if not path.with_name(f"{path.name}-wal").exists():
        return False
    try:
        with closing(sqlite3.connect(path, timeout=0)) as database:
            (mode,) = database.execute("pragma journal_mode = delete").fetchone()
    except READ_ERRORS as error:
        return getattr(error, "sqlite_errorname", "") in ("SQLITE_BUSY", "SQLITE_LOCKED")
    return str(mode) != "delete"


def newest_written(folder: Path) -> Path | None:
    """The recording in `folder` that a watch wrote to last and still holds; None for none."""
    for part in reversed(parts_in(folder)):
        if part.watch is not None and not is_gone(part.watch) and is_written(part.path):
            return part.first
    return None


def _age(part: PartOnDisk) -> tuple[float, str, int]:
    return part.written_at, part.first.name, part.number
