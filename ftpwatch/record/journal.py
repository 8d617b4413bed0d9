"""The journal: keeps every entry before anybody sees it.

One transaction per turn of the event loop, WAL and synchronous=NORMAL: a kill of the process
takes back nothing that was shown. Commits and checkpoints run in the thread of a WriterThread,
never in the loop's. Where the file falls away, or a reader keeps the WAL from starting anew, the
recording goes on in another file: NAME.2, NAME.3, ...
"""

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Self

import msgspec

from ftpwatch.core.errors import UserError
from ftpwatch.core.journal.entry import Entry
from ftpwatch.record.overflow_buffer import OverflowBuffer
from ftpwatch.record.place import Place, places_after
from ftpwatch.record.rows import Batch, Rows, Values
from ftpwatch.record.schema import Part, create, insert

__all__ = ["Committed", "Journal", "UnwritableRecording"]

PIECE: Final = 256
AT_ONCE: Final = 64
PIECE_BYTES: Final = 512 * 1024
CHECKPOINT_BYTES: Final = 4 * 1024 * 1024
MOST_WAL_BYTES: Final = 8 * 1024 * 1024
_CACHE_KIB: Final = 512
_LOCKED_SECONDS: Final = 0.3
_FULL: Final = ("SQLITE_FULL", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_NOMEM")


class UnwritableRecording(UserError):
    """The file cannot be made, with path and reason."""


class Committed(msgspec.Struct, frozen=True):
    """What came of entries that were to be kept: how many are, and why not all; where the
    recording went on elsewhere, and why.
    """

    kept: int
    problem: str | None = None
    moved: tuple[tuple[Path, str], ...] = ()


class Journal:
    """A recording being written to `path`, a file that does not exist yet. `elsewhere` gives a
    directory to go on in where the one of `path` cannot be written, or None.
    """

    def __init__(self, path: Path, elsewhere: Callable[[], Path | None] = lambda: None) -> None:
        """Create the file, private to its owner, in a directory that exists. Raises
        UnwritableRecording; then there is no file.
        """
        self._elsewhere, self._rows = elsewhere, Rows()
        self._watch, self._number = secrets.token_hex(8), 1
        self._moved: list[tuple[Path, str]] = []
        self.path, self.shelf = path, OverflowBuffer()
        try:
            self._database, self._place = self._made(path, 1)
        except FileExistsError as error:
            raise UnwritableRecording(
                f"{path} exists: a recording is never written over; name another file"
            ) from error
        except (OSError, sqlite3.Error) as error:
            raise UnwritableRecording(
                f"cannot record to {path}: {error}; --record names another place"
            ) from error
        self._places = [self._place]

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
        if self._moved:
            batch = batch.alone()
        kept, size = 0, PIECE
        while kept < len(batch.rows):
            piece = _piece(batch.rows, kept, size)
            problem = self._commit(piece, batch.joins)
            if problem is None:
                kept += len(piece)
            elif problem.sqlite_errorname not in _FULL:
                if not self._move(f"{self.path}: {problem}"):
                    return self._committed(kept, f"{self.path}: {problem}")
                batch = batch.alone()
            elif problem.sqlite_errorname == "SQLITE_FULL" and len(piece) > 1:
                size = len(piece) // 2
            else:
                return self._committed(kept, f"{self.path}: {problem}")
        self._checkpoint()
        return self._committed(kept, None)

    def look(self) -> Committed:
        """See whether the file is still there; go on elsewhere where it is not."""
        return self._committed(0, self._trouble())

    def _trouble(self) -> str | None:
        """What has happened to the file, where there is no place to go on in."""
        trouble = self._place.trouble()
        return trouble if trouble is not None and not self._move(trouble) else None

    def close(self) -> None:
        """Leave one file behind for each part."""
        with contextlib.suppress(sqlite3.Error):
            if self._place.is_there():
                # Without WAL the finished file opens on a read-only medium too.
                self._database.execute("pragma journal_mode = delete")
        self._database.close()
        if not self._place.is_there():
            self._place.clear()
        self.shelf.close()

    def _committed(self, kept: int, problem: str | None) -> Committed:
        moved, self._moved = tuple(self._moved), []
        return Committed(kept, problem, moved)

    def _made(self, path: Path, number: int) -> tuple[sqlite3.Connection, Place]:
        """A new file. Raises OSError or sqlite3.Error; then there is none."""
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        database: sqlite3.Connection | None = None
        try:
            place = Place(path)
            database = sqlite3.connect(
                path, timeout=_LOCKED_SECONDS, isolation_level=None, check_same_thread=False
            )
            database.execute("pragma journal_mode = wal")
            database.execute("pragma synchronous = normal")
            database.execute(f"pragma cache_size = -{_CACHE_KIB}")
            database.execute("pragma wal_autocheckpoint = 0")
            create(database, Part(self._watch, number))
            place.know_wal()
        except (OSError, sqlite3.Error):
            if database is not None:
                database.close()
            for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                path.with_name(name).unlink(missing_ok=True)
            raise
        return database, place

    def _commit(
        self, rows: Sequence[Values], joins: Sequence[tuple[int, int]]
    ) -> sqlite3.Error | None:
        try:
            self._database.execute("begin immediate")
            for start in range(0, len(rows), AT_ONCE):
                some = rows[start : start + AT_ONCE]
                self._database.execute(insert(len(some)), [v for row in some for v in row])
            if joins:
                self._database.executemany("update entry set answers = ? where seq = ?", joins)
            self._database.execute("commit")
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                if self._database.in_transaction:
                    self._database.execute("rollback")
            return error
        return None

    def _move(self, problem: str) -> bool:
        """Go on in another file; False where there is no place for one."""
        for path, number in places_after(self._places[0].path, self._number + 1, self._elsewhere):
            try:
                database, place = self._made(path, number)
            except (OSError, sqlite3.Error):
                continue
            with contextlib.suppress(sqlite3.Error):
                self._database.execute("pragma wal_checkpoint(truncate)")
                if self._place.is_there():
                    self._database.execute("pragma journal_mode = delete")
            self._database.close()
            if not self._place.is_there():
                self._place.clear()
            self._database, self._place, self._number = database, place, number
            self.path = path
            self._places.append(place)
            self._moved.append((path, problem))
            return True
        return False

    def _checkpoint(self) -> None:
        """The WAL starts anew before it is large; a reader that holds it is left the old file."""
        if self._place.wal_bytes() < CHECKPOINT_BYTES:
            return
        with contextlib.suppress(sqlite3.Error):
            self._database.execute("pragma wal_checkpoint(passive)")
            self._database.execute("pragma wal_checkpoint(truncate)")
        most = max(MOST_WAL_BYTES, 2 * self._place.data_bytes()) - CHECKPOINT_BYTES // 2
        if self._place.wal_bytes() >= most:
            self._move(f"a reader of {self.path} keeps its WAL from starting anew")


def _piece(rows: Sequence[Values], first: int, most: int) -> Sequence[Values]:
    """Rows from `first` on: at most so many, and not much more than PIECE_BYTES."""
    last, size = first, 0
    while last < len(rows) and last - first < most and size < PIECE_BYTES:
        size += len(rows[last][-1])
        last += 1
    return rows[first:last]
