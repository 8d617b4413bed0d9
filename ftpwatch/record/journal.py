"""The journal: keeps every entry before anybody sees it.

One transaction per turn of the event loop, WAL and synchronous=NORMAL: a kill of the process
takes back nothing that was shown. Checkpoints run in a thread of their own: most of one beside the
commits, and only what came meanwhile between two of them, so that the WAL starts anew.
"""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from ftpwatch.core.bus import NotKept
from ftpwatch.core.command import Purpose
from ftpwatch.core.entry import Entry, encode_event, kind_of, utc_text
from ftpwatch.core.events import (
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    MalformedReply,
    ReplyOverdue,
    ReplyReceived,
    Role,
)
from ftpwatch.core.foreseen import Foreseen
from ftpwatch.core.phrasing import phrase
from ftpwatch.record.schema import INSERT, create
from ftpwatch.record.shelf import Shelf

__all__ = ["Journal", "UnwritableRecording"]

CHECKPOINT_EVERY: Final = 2_000
_YIELD_SECONDS: Final = 0.1


class UnwritableRecording(Foreseen):
    """The file cannot be made, with path and reason."""


class Journal:
    """A recording being written to `path`, a file that does not exist yet."""

    def __init__(self, path: Path) -> None:
        """Create the file, private to its owner, in a directory that exists. Raises
        UnwritableRecording.
        """
        self.path, self.shelf = path, Shelf()
        self._asked: dict[tuple[str | None, int | None, int], int] = {}
        self._since_checkpoint = 0
        self._checkpointing: threading.Thread | None = None
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            self._database = sqlite3.connect(path, isolation_level=None)
            self._database.execute("pragma journal_mode = wal")
            self._database.execute("pragma synchronous = normal")
            self._database.execute("pragma wal_autocheckpoint = 0")
            create(self._database)
        except FileExistsError as error:
            raise UnwritableRecording(
                f"{path} exists: a recording is never written over; name another file"
            ) from error
        except (OSError, sqlite3.Error) as error:
            raise UnwritableRecording(
                f"cannot record to {path}: {error}; --record names another place"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def keep(self, entries: Sequence[Entry]) -> None:
        """Commit `entries` together. Raises NotKept."""
        rows = [self._row(entry) for entry in entries]
        try:
            self._database.execute("begin")
            self._database.executemany(INSERT, rows)
            self._database.execute("commit")
        except sqlite3.Error as error:
            if self._database.in_transaction:
                self._database.execute("rollback")
            raise NotKept(f"{self.path}: {error}") from error
        self._forget_answered(entries)
        self.shelf.clear()
        self._since_checkpoint += len(rows)
        if self._since_checkpoint >= CHECKPOINT_EVERY:
            self._checkpoint()

    def hold(self, entries: Sequence[Entry]) -> None:
        """Keep `entries` in memory, for the views, until they are committed."""
        self.shelf.put([self._row(entry) for entry in entries])

    def close(self) -> None:
        """Leave one file behind."""
        if self._checkpointing is not None:
            self._checkpointing.join()
        with contextlib.suppress(sqlite3.Error):
            # Without WAL the finished file opens on a read-only medium too.
            self._database.execute("pragma journal_mode = delete")
        self._database.close()
        self.shelf.close()

    def _row(self, entry: Entry) -> tuple[object, ...]:
        event = entry.event
        return (
            entry.seq,
            utc_text(entry.at),
            entry.elapsed_seconds,
            entry.session,
            entry.connection,
            kind_of(event),
            event.code if isinstance(event, ReplyReceived) else None,
            _is_problem(entry),
            self._answers(entry),
            f"{entry.session or ''} {phrase(entry).words}".lower(),
            encode_event(event),
        )

    def _answers(self, entry: Entry) -> int | None:
        """The seq of the keep-alive that `entry` answers: the two share a row."""
        match entry.event:
            case CommandSent(number=number, purpose=Purpose.KEEP_ALIVE):
                self._asked[entry.session, entry.connection, number] = entry.seq
                return None
            case ReplyReceived(in_reply_to=answered) if answered is not None:
                return self._asked.get((entry.session, entry.connection, answered.number))
            case _:
                return None

    def _forget_answered(self, entries: Sequence[Entry]) -> None:
        """Only once they are committed: what was not is offered again."""
        for entry in entries:
            match entry.event:
                case ReplyReceived(role=Role.FINAL, in_reply_to=answered) if answered is not None:
                    self._asked.pop((entry.session, entry.connection, answered.number), None)
                case ConnectionClosed():
                    mine = (entry.session, entry.connection)
                    self._asked = {k: v for k, v in self._asked.items() if k[:2] != mine}
                case _:
                    continue

    def _checkpoint(self) -> None:
        if self._checkpointing is not None and self._checkpointing.is_alive():
            return
        self._since_checkpoint = 0
        self._checkpointing = threading.Thread(target=_checkpoint, args=(self.path,), daemon=True)
        self._checkpointing.start()


def _checkpoint(path: Path) -> None:
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=_YIELD_SECONDS)) as database:
            database.execute("pragma wal_checkpoint(passive)")
            database.execute("pragma wal_checkpoint(truncate)")
    except sqlite3.Error:
        return  # the next one tries again; entries are safe in the WAL


def _is_problem(entry: Entry) -> bool:
    """Whether `e` jumps to it: 4xx, 5xx, a close, a failure, silence."""
    match entry.event:
        case ReplyReceived(code=code):
            return 400 <= code < 600
        case ConnectionClosed(solicited=solicited):
            return not solicited
        case ConnectionFailed() | MalformedReply() | ReplyOverdue():
            return True
        case _:
            return False
