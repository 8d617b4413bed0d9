"""The past, read from a recording: History for the views, entries for replay.

One read-only connection in one worker thread. While the disk takes nothing more, what is newer is
on the journal's shelf.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.filter import Filter
from ftpwatch.core.journal.history import Row
from ftpwatch.record.journal import Journal
from ftpwatch.record.pages import Pages
from ftpwatch.record.parts import Parts, family, open_part
from ftpwatch.record.salvage import salvaged
from ftpwatch.record.schema import READ_ERRORS, NotARecording
from ftpwatch.record.windows import Windows, is_indexed

__all__ = ["Reader"]

T = TypeVar("T")


class Reader:
    """History over the recording at `path` and its other parts, and over what of it is being
    written: `live`, whose shelf and later parts are seen too. Raises NotARecording.
    """

    def __init__(self, path: Path, live: Journal | None = None) -> None:
        self._live = live
        self._shelf = live.shelf if live is not None else None
        self._databases = [open_part(path)] if live is not None else family(path)
        self._disk = Parts(self._databases)
        self._pages = Pages(self._disk)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="history")
        self._closed = False

    def close(self) -> None:
        """Let go of the file."""
        self._closed = True
        self._thread.shutdown(wait=True, cancel_futures=True)
        for database in self._databases:
            database.close()

    async def before(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Row]:
        def look() -> list[Entry]:
            if seq > upto and self._is_slow(wanted):
                return self._pages.newest(count, upto, wanted)
            held = self._held(lambda shelf: shelf.before(seq, count, upto, wanted))
            end, rest = held[0].seq if held else seq, count - len(held)
            return self._disk.before(end, rest, upto, wanted) + held

        return await self._rows(look, upto)

    async def after(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Row]:
        def look() -> list[Entry]:
            if self._is_slow(wanted):
                return self._pages.after(seq, count, upto, wanted)
            held = self._held(lambda shelf: shelf.after(seq, count, upto, wanted))
            end = held[0].seq - 1 if held else upto
            return (self._disk.after(seq, count, end, wanted) + held)[:count]

        return await self._rows(look, upto)

    async def count(self, after: int, upto: int, wanted: Filter) -> int:
        def look() -> int:
            try:
                return counted()
            except READ_ERRORS:
                return 0

        def counted() -> int:
            if self._shelf is None or not self._shelf.holds:
                return self._pages.count(after, upto, wanted)
            first = self._held(lambda shelf: shelf.after(after, 1, upto, wanted))
            held = self._shelf.ask(lambda shelf: shelf.count(after, upto, wanted), 0)
            return self._disk.count(after, first[0].seq - 1 if first else upto, wanted) + held

        return await self._ask(look, 0)

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """All entries after `after`, oldest first, read as they are taken; an EntriesUnreadable in
        the place of those that are damaged.
        """
        for database in self._databases:
            for entry in salvaged(database, after):
                after = max(after, entry.seq)
                yield entry

    async def _rows(self, look: Callable[[], list[Entry]], upto: int) -> list[Row]:
        def rows() -> list[Row]:
            self._open_new_parts()
            try:
                entries = look()
                answers = self._answers([entry.seq for entry in entries], upto)
            except READ_ERRORS:
                return []  # a damaged page shows nothing; replay says where the damage is
            return [Row(entry, *answers.get(entry.seq, (None, 0))) for entry in entries]

        return await self._ask(rows, [])

    def _open_new_parts(self) -> None:
        """What is being written may have gone on in another file."""
        parts = self._live.parts if self._live is not None else []
        for path in parts[len(self._databases) :]:
            try:
                database = open_part(path)
            except NotARecording:
                return
            self._databases.append(database)
            self._disk.add(database)

    def _answers(self, seqs: list[int], upto: int) -> dict[int, tuple[Entry, int]]:
        held = dict[int, tuple[Entry, int]]()
        if self._shelf is not None:
            held = self._shelf.ask(lambda shelf: shelf.answers(seqs, upto), held)
        answers = self._disk.answers(seqs, upto)
        for seq, (entry, sharing) in held.items():
            answers[seq] = entry, sharing + (answers[seq][1] if seq in answers else 0)
        return answers

    def _is_slow(self, wanted: Filter) -> bool:
        """All is on disk, and `wanted` may be so rare that a window of it costs much."""
        return not is_indexed(wanted) and not (self._shelf is not None and self._shelf.holds)

    def _held(self, look: Callable[[Windows], list[Entry]]) -> list[Entry]:
        """Asked before the disk: what is moved there meanwhile is then seen once, not never."""
        return [] if self._shelf is None else self._shelf.ask(look, [])

    async def _ask(self, question: Callable[[], T], otherwise: T) -> T:
        """What `question` finds; `otherwise` where the recording is closed meanwhile."""
        if self._closed:
            return otherwise
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, question)
        except (RuntimeError, sqlite3.ProgrammingError, asyncio.CancelledError):
            if self._closed:
                return otherwise
            raise
