"""The journal: keeps every entry before anybody sees it.

One transaction for what has gathered, WAL and synchronous=NORMAL: a kill of the process
takes back nothing that was shown. Commits and checkpoints run in the thread of a WriterThread,
never in the loop's. Where the file falls away, or a reader keeps the WAL from starting anew, the
recording goes on in another file: NAME.2, NAME.3, ...
"""

import secrets
import sqlite3
from collections.abc import Callable, Sequence
from math import inf
from pathlib import Path
from typing import Final, Self

import msgspec

from ftpwatch.core.errors import UserError
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.record.judged import JudgedRow, Snapshot
from ftpwatch.record.overflow_buffer import OverflowBuffer
from ftpwatch.record.part_file import PartFile
from ftpwatch.record.place import places_after
from ftpwatch.record.rows import Batch, Rows, Values
from ftpwatch.record.schema import Part
from ftpwatch.record.writing import Piece
from ftpwatch.record.writing_process import own_mark

__all__ = ["Bounds", "Committed", "Journal", "Moved", "UnwritableRecording"]

PIECE: Final = 256
PIECE_BYTES: Final = 512 * 1024
_QUIET_SECONDS: Final = 3.0
_OVERFULL: Final = 1.25
_FULL: Final = ("SQLITE_FULL", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_NOMEM")


class UnwritableRecording(UserError):
    """The file cannot be made, with path and reason."""


class Moved(msgspec.Struct, frozen=True):
    """Where a recording goes on, and why; `planned` where its part was full or old."""

    path: Path
    problem: str
    planned: bool = False


class Bounds(msgspec.Struct, frozen=True):
    """When another part begins."""

    bytes: int = 64 * 1024 * 1024
    seconds: float = 86_400.0


class Committed(msgspec.Struct, frozen=True):
    """What came of entries that were to be kept: how many are, and why not all; where the
    recording went on elsewhere, and why.
    """

    kept: int
    problem: str | None = None
    moved: tuple[Moved, ...] = ()


_USUAL: Final = Bounds()


class Journal:
    """A recording being written to `path`, a file that does not exist yet, in parts within
    `bounds`. `elsewhere` gives a directory to go on in where the one of `path` cannot be written,
    or None. `judged_by` is the version of what is given to `judge`.
    """

    def __init__(
        self,
        path: Path,
        elsewhere: Callable[[], Path | None] = lambda: None,
        bounds: Bounds = _USUAL,
        judged_by: str = "",
    ) -> None:
        """Create the file, private to its owner, in a directory that exists. Raises
        UnwritableRecording; then there is no file.
        """
        self._elsewhere, self._rows, self._bounds = elsewhere, Rows(), bounds
        self._judged_by = judged_by
        self.watch = secrets.token_hex(8) + own_mark()
        self._moved: list[Moved] = []
        self._began: float | None = None
        self._last_problem = -inf
        self.path, self.shelf = path, OverflowBuffer()
        try:
            self._part = PartFile(path, Part(self.watch, 1, judged_by))
        except FileExistsError as error:
            raise UnwritableRecording(
                f"{path} exists: a recording is never written over; name another file"
            ) from error
        except (OSError, sqlite3.Error) as error:
            raise UnwritableRecording(
                f"cannot record to {path}: {error}; --record names another place"
            ) from error
        self._places = [self._part.place]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def parts(self) -> list[Path]:
        """The files that there are, oldest first."""
        return [place.path for place in self._places]

    @property
    def parts_left(self) -> list[Path]:
        """Those that still stand where they were made."""
        return [place.path for place in self._places if place.is_there()]

    def rows(self, entries: Sequence[Entry]) -> Batch:
        """`entries` as they are kept; for `commit`."""
        return self._rows.of(entries)

    def keep(self, entries: Sequence[Entry]) -> Committed:
        """Commit `entries` now."""
        batch = self.rows(entries)
        return self.note(batch, self.commit(batch))

    def note(self, batch: Batch, committed: Committed) -> Committed:
        """What came of `batch`: in the thread that calls `rows`."""
        if committed.moved:
            self._rows.begin_part()
        if committed.kept == len(batch.rows):
            self._rows.joined(batch)
        if committed.kept:
            self.shelf.forget(batch.rows[committed.kept - 1][0])
        return committed

    def hold(self, entries: Sequence[Entry]) -> None:
        """Keep `entries` in memory, for the views, until they are committed."""
        self.shelf.put(self.rows(entries).rows)

    def commit(self, batch: Batch) -> Committed:
        """Commit `batch` in pieces, as many as there is room for."""
        trouble = self._trouble()
        if trouble is not None:
            return self._committed(0, trouble)
        self._roll_over(batch)
        batch = self._own(batch, 0)
        kept, size, hosts = 0, PIECE, batch.hosts
        while kept < len(batch.rows):
            rows = _piece(batch.rows, kept, size)
            problem = self._part.commit(
                Piece(rows, batch.joins, hosts, batch.reach, batch.released)
            )
            if problem is None:
                kept, hosts = kept + len(rows), frozenset()
            elif problem.sqlite_errorname not in _FULL:
                if not self._move(f"{self.path}: {problem}"):
                    return self._committed(kept, f"{self.path}: {problem}")
                batch, hosts = self._own(batch, kept), batch.hosts
            elif problem.sqlite_errorname == "SQLITE_FULL" and len(rows) > 1:
                size = len(rows) // 2
            else:
                return self._committed(kept, f"{self.path}: {problem}")
        if not self._part.checkpoint():
            self._move(f"a reader of {self.path} keeps its WAL from starting anew")
        return self._committed(kept, None)

    def judge(self, rows: Sequence[JudgedRow], snapshots: Sequence[Snapshot]) -> bool:
        """Keep what is judged of what was committed; False where it could not be now."""
        return self._part.place.trouble() is None and self._part.judge(rows, snapshots)

    def look(self) -> Committed:
        """See whether the file is still there; go on elsewhere where it is not."""
        trouble = self._trouble()
        if trouble is None:
            self._part.index()
        return self._committed(0, trouble)

    def close(self) -> None:
        """Leave one file behind for each part."""
        self._part.close()
        self.shelf.close()

    def _trouble(self) -> str | None:
        """What has happened to the file, where there is no place to go on in."""
        trouble = self._part.place.trouble()
        return trouble if trouble is not None and not self._move(trouble) else None

    def _committed(self, kept: int, problem: str | None) -> Committed:
        moved, self._moved = tuple(self._moved), []
        return Committed(kept, problem, moved)

    def _own(self, batch: Batch, kept: int) -> Batch:
        """`batch` without what it shares with rows of another file, `kept` of it being there."""
        first = self._part.first
        if first is None and kept < len(batch.rows):
            first = batch.rows[kept][0]
        return batch if first is None else batch.alone(first)

    def _roll_over(self, batch: Batch) -> None:
        """Begin a new part where this one is full, but not among ends, as what is judged of them a
        moment later stands in the same file.
        """
        if not batch.rows:
            return
        now = batch.rows[-1][2]
        if self._began is None:
            self._began = now
        quiet = now - self._last_problem > _QUIET_SECONDS
        if batch.has_problems:
            self._last_problem, quiet = now, False
        size, bounds = self._part.bytes(), self._bounds
        why = None
        if size >= bounds.bytes:
            why = f"{self.path} is full"
        elif now - self._began >= bounds.seconds:
            why = f"{self.path} is {format_duration(bounds.seconds)} old"
        if why is not None and (quiet or size > bounds.bytes * _OVERFULL):
            self._move(why, planned=True)

    def _move(self, problem: str, *, planned: bool = False) -> bool:
        """Go on in another file; False where there is no place for one."""
        for path, number in places_after(
            self._places[0].path, self._part.number + 1, self._elsewhere
        ):
            try:
                part = PartFile(path, Part(self.watch, number, self._judged_by))
            except (OSError, sqlite3.Error):
                continue
            part.commit(Piece((), hosts=self._part.hosts()))
            self._part.close()
            self._part, self.path, self._began = part, path, None
            self._places.append(part.place)
            self._moved.append(Moved(path, problem, planned))
            return True
        return False


def _piece(rows: Sequence[Values], first: int, most: int) -> Sequence[Values]:
    """Rows from `first` on: at most so many, and not much more than PIECE_BYTES."""
    last, size = first, 0
    while last < len(rows) and last - first < most and size < PIECE_BYTES:
        size += len(rows[last][-1])
        last += 1
    return rows[first:last]
