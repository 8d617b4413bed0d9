"""One file of a recording while it is written: rows, what finds them, what is judged of them."""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from ftpwatch.record.judged import JudgedRow, Snapshot
from ftpwatch.record.place import Place
from ftpwatch.record.schema import Part, create
from ftpwatch.record.writing import Piece, index_words, write

__all__ = ["PartFile"]

CHECKPOINT_BYTES: Final = 4 * 1024 * 1024
MOST_WAL_BYTES: Final = 8 * 1024 * 1024
INDEXED_AT_ONCE: Final = 500
_CACHE_KIB: Final = 512
_LOCKED_SECONDS: Final = 0.3


class PartFile:
    """A file that is made at `path`, where there is none."""

    def __init__(self, path: Path, part: Part) -> None:
        """Private to its owner. Raises OSError or sqlite3.Error; then there is no file."""
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        self.path, self.number = path, part.number
        self._sessions: set[str] = set()
        self._unindexed = 0
        self.first: int | None = None
        database: sqlite3.Connection | None = None
        try:
            self.place = Place(path)
            database = sqlite3.connect(
                path, timeout=_LOCKED_SECONDS, isolation_level=None, check_same_thread=False
            )
            for pragma in (
                "journal_mode = wal", "synchronous = normal", f"cache_size = -{_CACHE_KIB}",
                "wal_autocheckpoint = 0",
            ):  # fmt: skip
                database.execute(f"pragma {pragma}")
            create(database, part)
            self.place.know_wal()
        except (OSError, sqlite3.Error):
            if database is not None:
                database.close()
            for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                path.with_name(name).unlink(missing_ok=True)
            raise
        self._database = database

    def commit(self, piece: Piece) -> sqlite3.Error | None:
        """Keep `piece`, or nothing of it."""
        new = frozenset((s, h) for s, h in piece.hosts if h or s not in self._sessions)
        piece = msgspec.structs.replace(piece, hosts=new)
        error = self._transaction(lambda: write(self._database, piece))
        if error is None:
            self._sessions.update(session for session, _ in new)
            self._unindexed += len(piece.rows)
            if self.first is None and piece.rows:
                self.first = piece.rows[0][0]
            if self._unindexed >= INDEXED_AT_ONCE:
                self.index()
        return error

    def index(self) -> None:
        """Have what was written be found by its words fast; until then it is looked through."""
        if self._unindexed:
            self._transaction(lambda: index_words(self._database))
            self._unindexed = 0

    def judge(self, rows: Sequence[JudgedRow], snapshots: Sequence[Snapshot]) -> bool:
        """Keep what is judged; False where there is no room."""
        return self._transaction(lambda: self._write_judged(rows, snapshots)) is None

    def hosts(self) -> frozenset[tuple[str, str]]:
        """What hosts sessions are known by; nothing where it cannot be read any more."""
        try:
            rows = self._database.execute("select session, host from host").fetchall()
        except sqlite3.Error:
            return frozenset()
        return frozenset((str(session), str(host)) for session, host in rows)

    def bytes(self) -> int:
        """How large it is, with what is not in the file yet."""
        try:
            (pages,) = self._database.execute("pragma page_count").fetchone()
            (size,) = self._database.execute("pragma page_size").fetchone()
        except sqlite3.Error:
            return self.place.data_bytes()
        return int(pages) * int(size)

    def checkpoint(self) -> bool:
        """Have the WAL start anew before it is large; False where a reader holds it too long."""
        if self.place.wal_bytes() < CHECKPOINT_BYTES:
            return True
        with contextlib.suppress(sqlite3.Error):
            self._database.execute("pragma wal_checkpoint(passive)")
            self._database.execute("pragma wal_checkpoint(truncate)")
        most = max(MOST_WAL_BYTES, 2 * self.place.data_bytes()) - CHECKPOINT_BYTES // 2
        return self.place.wal_bytes() < most

    def close(self) -> None:
        """Leave one file behind, without WAL: finished, it opens on a read-only medium too."""
        with contextlib.suppress(sqlite3.Error):
            if self.place.is_there():
                self.index()
                self._database.execute("pragma wal_checkpoint(truncate)")
                self._database.execute("pragma journal_mode = delete")
        self._database.close()
        if not self.place.is_there():
            self.place.clear()

    def _write_judged(self, rows: Sequence[JudgedRow], snapshots: Sequence[Snapshot]) -> None:
        sql = "insert or replace into explained values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        self._many(sql, [msgspec.structs.astuple(row) for row in rows])
        sql = "insert or replace into snapshot values (?, ?, ?)"
        self._many(sql, [msgspec.structs.astuple(snapshot) for snapshot in snapshots])

    def _many(self, sql: str, values: Iterable[tuple[object, ...]]) -> None:
        self._database.executemany(sql, values)

    def _transaction(self, write: Callable[[], None]) -> sqlite3.Error | None:
        try:
            self._database.execute("begin immediate")
            write()
            self._database.execute("commit")
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                if self._database.in_transaction:
                    self._database.execute("rollback")
            return error
        return None
