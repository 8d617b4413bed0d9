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

import msgspec

from ftpwatch.core.entry import Entry
from ftpwatch.core.filter import Filter
from ftpwatch.core.protocols import Row
from ftpwatch.record.pages import Pages
from ftpwatch.record.schema import NotARecording, check
from ftpwatch.record.shelf import Shelf
from ftpwatch.record.windows import COLUMNS, Windows, entry_of, is_indexed

__all__ = ["Reader", "open_recording"]

T = TypeVar("T")


def open_recording(path: Path) -> sqlite3.Connection:
    """A read-only connection to the recording at `path`; a killed one heals by being opened.

    Raises NotARecording.
    """
    if not path.is_file():
        raise NotARecording(f"there is no recording at {path}")
    try:
        connection = sqlite3.connect(path, check_same_thread=False)
        connection.execute("pragma query_only = on")
    except sqlite3.Error as error:
        raise NotARecording(f"{path} cannot be opened: {error}") from error
    check(connection, path)
    return connection


class Reader:
    """History over the recording at `path`, and over the `shelf` of one that is being written.
    Raises NotARecording.
    """

    def __init__(self, path: Path, shelf: Shelf | None = None) -> None:
        self._path, self._shelf = path, shelf
        self._database = open_recording(path)
        self._disk = Windows(self._database)
        self._pages = Pages(self._disk)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="history")

    def close(self) -> None:
        """Let go of the file."""
        self._thread.shutdown(wait=True)
        self._database.close()

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
            if self._shelf is None or not self._shelf.holds:
                return self._pages.count(after, upto, wanted)
            first = self._held(lambda shelf: shelf.after(after, 1, upto, wanted))
            held = self._shelf.ask(lambda shelf: shelf.count(after, upto, wanted), 0)
            return self._disk.count(after, first[0].seq - 1 if first else upto, wanted) + held

        return await self._ask(look)

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """All entries after `after`, oldest first, read as they are taken."""
        sql = f"select {COLUMNS} from entry where seq > ? order by seq"
        last = after
        try:
            for row in self._database.execute(sql, [after]):
                yield entry_of(row)
                last = row[0]
        except (sqlite3.Error, msgspec.MsgspecError, ValueError, TypeError) as error:
            raise NotARecording(
                f"{self._path} is damaged after entry {last}; what came before was read: {error}"
            ) from error

    def last_seq(self) -> int:
        """The seq of the newest entry; 0 where there is none."""
        (seq,) = self._database.execute("select coalesce(max(seq), 0) from entry").fetchone()
        return int(seq)

    async def _rows(self, look: Callable[[], list[Entry]], upto: int) -> list[Row]:
        def rows() -> list[Row]:
            try:
                entries = look()
                answers = self._answers([entry.seq for entry in entries], upto)
            except (sqlite3.Error, msgspec.MsgspecError, ValueError, TypeError):
                return []  # a damaged page shows nothing; replay says where the damage is
            return [Row(entry, answers.get(entry.seq)) for entry in entries]

        return await self._ask(rows)

    def _answers(self, seqs: list[int], upto: int) -> dict[int, Entry]:
        held = dict[int, Entry]()
        if self._shelf is not None:
            held = self._shelf.ask(lambda shelf: shelf.answers(seqs, upto), held)
        return self._disk.answers(seqs, upto) | held

    def _is_slow(self, wanted: Filter) -> bool:
        """All is on disk, and `wanted` may be so rare that a window of it costs much."""
        return not is_indexed(wanted) and not (self._shelf is not None and self._shelf.holds)

    def _held(self, look: Callable[[Windows], list[Entry]]) -> list[Entry]:
        """Asked before the disk: what is moved there meanwhile is then seen once, not never."""
        return [] if self._shelf is None else self._shelf.ask(look, [])

    async def _ask(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, question)
