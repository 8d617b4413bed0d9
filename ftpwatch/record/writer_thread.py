"""The journal's own thread: commits, checkpoints and a look at the file, none of which the event
loop waits for. Implements core's Keeper.
"""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.record.journal import Committed, Journal
from ftpwatch.record.rows import Batch

__all__ = ["WriterThread"]

LOOK_SECONDS: Final = 1.0
# Between two commits: under load they gather more, and take the loop's time less often.
TOGETHER_SECONDS: Final = 0.04


class WriterThread:
    """`call_soon` runs a function in the loop, from any thread; `moved` is then told where the
    recording goes on, and why, and `troubled` why it cannot.
    """

    def __init__(
        self,
        journal: Journal,
        call_soon: Callable[[Callable[[], None]], object],
        moved: Callable[[Path, str], None],
        troubled: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._journal, self._call_soon = journal, call_soon
        self._moved, self._troubled = moved, troubled
        self._changed = threading.Condition()
        self._wanted: Batch | None = None
        self._results: deque[tuple[Committed, bool]] = deque()
        self._done: Callable[[int, str | None], None] = lambda _kept, _problem: None
        self._batch = Batch([], [])
        self._ends = self._busy = False
        self._rests_until = 0.0
        self._thread = threading.Thread(target=self._run, daemon=True, name="journal")
        self._thread.start()

    def keep(self, entries: Sequence[Entry], done: Callable[[int, str | None], None]) -> None:
        self._batch, self._done = self._journal.rows(entries), done
        with self._changed:
            self._wanted, self._busy = self._batch, True
            self._changed.notify_all()

    def hold(self, entries: Sequence[Entry]) -> None:
        self._journal.hold(entries)

    def wait(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._busy, seconds)
        self._collect()

    def close(self, seconds: float) -> bool:
        """End the thread; False where the disk keeps it for longer than `seconds`."""
        with self._changed:
            self._ends = True
            self._changed.notify_all()
        self._thread.join(seconds)
        self._collect()
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted is not None or self._ends, LOOK_SECONDS)
                batch, self._wanted = self._wanted, None
                if batch is None and self._ends:
                    return
            if batch is not None:
                time.sleep(max(0.0, self._rests_until - time.monotonic()))
                self._rests_until = time.monotonic() + TOGETHER_SECONDS
            committed = self._journal.look() if batch is None else self._journal.commit(batch)
            with self._changed:
                has_news = batch is not None or committed.moved or committed.problem is not None
                if has_news:
                    self._results.append((committed, batch is not None))
                self._busy = self._busy and batch is None
                self._changed.notify_all()
            if has_news:
                with contextlib.suppress(RuntimeError):  # the loop has ended: `wait` collects
                    self._call_soon(self._collect)

    def _collect(self) -> None:
        """In the loop: tell what came of it."""
        while self._results:
            committed, was_asked = self._results.popleft()
            self._journal.note(self._batch if was_asked else Batch([], []), committed)
            for path, problem in committed.moved:
                self._moved(path, problem)
            if was_asked:
                self._done(committed.kept, committed.problem)
            elif committed.problem is not None:
                self._troubled(committed.problem)
