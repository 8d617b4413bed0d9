"""A thread that asks a recording, over connections of its own."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

from ftpwatch.record.files import PartFile, family, later_parts, open_part
from ftpwatch.record.journal import Journal
from ftpwatch.record.parts import MOST_OPEN, MOST_OPEN_LIVE, Parts
from ftpwatch.record.schema import part_of

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
        files = [PartFile(path, 1)] if live is not None else family(path)
        self.parts = Parts(files, went, MOST_OPEN if live is None else MOST_OPEN_LIVE)
        self.parts.hold_newest()
        with closing(open_part(files[-1].path, upgrade=False)) as newest:
            own = part_of(newest)
        self._watch = own.watch if own is not None else ""
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
        self.parts.close()

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

    def look_for_parts(self) -> None:
        """What somebody else writes may have gone on in other files."""
        for file in later_parts(self._path, self.parts.files[-1], self._watch):
            self.parts.add(file)

    def open_new_parts(self) -> None:
        """What is being written may have gone on in another file."""
        paths: Sequence[Path] = self._live.parts if self._live is not None else ()
        known = len(self.parts.files)
        for number, path in enumerate(paths[known:], known + 1):
            self.parts.add(PartFile(path, number))
