"""Recordings as files: listed, pruned, checked."""

from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import msgspec

from ftpwatch.core.counted import counted
from ftpwatch.headless.long_work import LongWork
from ftpwatch.headless.recordings import Listed
from ftpwatch.record.overview import Checked, checked, overview
from ftpwatch.record.retention import (
    Keep,
    PartOnDisk,
    Pruned,
    is_written,
    parts_in,
    prune,
    surplus,
)
from ftpwatch.record.schema import NotARecording

__all__ = ["check", "going_of", "listed", "prune_parts"]


def listed(folder: Path) -> list[Listed]:
    """The recordings in `folder`, in the order in which they began."""
    parts = sorted(parts_in(folder), key=attrgetter("first", "number"))
    recordings = [_listed(list(own)) for _, own in groupby(parts, attrgetter("first"))]
    return sorted(recordings, key=lambda one: (one.first_at or _NEVER, one.path.name))


def going_of(folder: Path, keep: Keep) -> list[tuple[PartOnDisk, str]]:
    """What is too old or too much, and not being written, and why."""
    going = surplus(parts_in(folder), keep, datetime.now(UTC))
    return [(part, why) for part, why in going if not is_written(part.path)]


def prune_parts(going: list[tuple[PartOnDisk, str]]) -> list[Pruned]:
    """Take it away; gives what went."""
    return prune(going)


def check(path: Path) -> Checked:
    """Read all of the recording at `path`. Raises UserError for what is none."""
    work = LongWork(f"checking {path.name}")
    try:
        return checked(path, lambda count: work.reach(counted(count, "entry", "entries")))
    finally:
        work.end()


def _listed(parts: list[PartOnDisk]) -> Listed:
    one = Listed(
        path=parts[0].path,
        parts=len(parts),
        bytes=sum(part.bytes for part in parts),
        written=any(is_written(part.path) for part in parts),
    )
    try:
        about = overview(parts[0].path)
    except NotARecording as error:
        return msgspec.structs.replace(one, problem=str(error))
    return msgspec.structs.replace(
        one,
        first_at=about.first_at,
        last_at=about.last_at,
        entries=about.entries,
        targets=about.targets,
        ends=about.ends,
    )


_NEVER = datetime.max.replace(tzinfo=UTC)
