"""The shelf: entries that the disk does not take now, in memory, where views still find them."""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from ftpwatch.record.rows import Values
from ftpwatch.record.schema import INSERT, Part, create
from ftpwatch.record.windows import Windows

__all__ = ["OverflowBuffer"]

T = TypeVar("T")
MOST_ENTRIES: Final = 10_000


class OverflowBuffer:
    """The table of a recording in memory, for the newest MOST_ENTRIES; any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        create(self._database, Part("", 0))
        self._windows = Windows(self._database)
        self._used = False

    @property
    def holds(self) -> bool:
        """There are entries that the disk has not taken."""
        return self._used

    def put(self, rows: Sequence[Values]) -> None:
        """Hold `rows`; the oldest of too many are let go."""
        with self._lock:
            self._used = True
            self._database.executemany(INSERT, rows)
            self._database.execute(
                "delete from entry where seq <= (select max(seq) from entry) - ?", [MOST_ENTRIES]
            )

    def forget(self, upto: int) -> None:
        """What it held up to the seq `upto` is on disk now."""
        with self._lock:
            if self._used:
                self._database.execute("delete from entry where seq <= ?", [upto])
                (left,) = self._database.execute("select count(*) from entry").fetchone()
                self._used = left > 0

    def close(self) -> None:
        """Nobody asks any more."""
        with self._lock:
            self._database.close()

    def ask(self, question: Callable[[Windows], T], otherwise: T) -> T:
        """What `question` finds; `otherwise` where the shelf is empty."""
        with self._lock:
            return question(self._windows) if self._used else otherwise
