"""A thread that asks a recording, over connections of its own."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from ftpwatch.record.journal import Journal
from ftpwatch.record.parts import Parts, family, next_part, open_part
from ftpwatch.record.schema import READ_ERRORS, NotARecording, judge_here, part_of

__all__ = ["Lane"]

T = TypeVar("T")


class Lane:
    """Questions are answered one after the other. What is being written, `live`, may go on in
    parts that are opened as they come. Raises NotARecording.
    """

    def __init__(
        self, path: Path, live: Journal | None, went: Callable[[int], None] = lambda _: None
    ) -> None:
        self._path, self._live = path, live
        self.databases: list[sqlite3.Connection] = (
            [open_part(path)] if live is not None else family(path)
        )
        self.parts = Parts(self.databases, went)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="history")
        self._closed = False

    @property
    def closed(self) -> bool:
        """Nothing is answered any more."""
        return self._closed

    def close(self) -> None:
        """Let go of the files, once what is being asked is answered."""
        self._closed = True
        self._thread.shutdown(wait=True, cancel_futures=True)
        for database in self.databases:
            database.close()

    async def ask(self, question: Callable[[], T], otherwise: T) -> T:
        """What `question` finds; `otherwise` where the recording is closed meanwhile."""
        if self._closed:
            return otherwise
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, question)
        except (RuntimeError, sqlite3.ProgrammingError, asyncio.CancelledError):
            if self._closed:
                return otherwise
            raise

    def tell(self, news: Callable[[], object]) -> None:
        """Have `news` done between two questions."""
        with suppress(RuntimeError):
            self._thread.submit(news)

    def wait(self) -> None:
        """Until all that was told is done."""
        self._thread.submit(lambda: None).result()

    def learn(self, rows: Sequence[tuple[object, ...]]) -> None:
        """What is explained, where the recording does not say it."""
        for database in self.databases:
            with suppress(*READ_ERRORS):
                judge_here(database, rows)

    def look_for_parts(self) -> None:
        """What somebody else writes may have gone on in the next file."""
        own = part_of(self.databases[-1])
        if own is not None and (path := next_part(self._path, own.number)).exists():
            with suppress(NotARecording):
                database = open_part(path)
                if (part := part_of(database)) is not None and part.watch == own.watch:
                    self.databases.append(database)
                    self.parts.add(database)
                else:
                    database.close()

    def open_new_parts(self) -> None:
        """What is being written may have gone on in another file."""
        paths: Sequence[Path] = self._live.parts if self._live is not None else ()
        for path in paths[len(self.databases) :]:
            try:
                database = open_part(path)
            except NotARecording:
                return
            self.databases.append(database)
            self.parts.add(database)
