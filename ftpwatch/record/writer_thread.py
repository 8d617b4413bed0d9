"""The journal's own thread: commits, checkpoints and a look at the file, none of which the event
loop waits for. Implements core's Keeper.
"""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import WatchState
from ftpwatch.record.journal import Committed, Journal, Moved
from ftpwatch.record.judged import judged_row, snapshot_of
from ftpwatch.record.rows import Batch

__all__ = ["WriterThread"]

LOOK_SECONDS: Final = 1.0
MOST_JUDGED: Final = 10_000
# Between the beginnings of two commits: under load they gather more, and take the loop's time less
# often. The screen draws as often.
TOGETHER_SECONDS: Final = 0.1


class WriterThread:
    """`call_soon` runs a function in the loop, from any thread; `moved` is then told where the
    recording goes on, and why, and `troubled` why it cannot. `version` is that of fold and
    knowledge.
    """

    def __init__(
        self,
        journal: Journal,
        call_soon: Callable[[Callable[[], None]], object],
        moved: Callable[[Moved], None],
        troubled: Callable[[str], None] = lambda _: None,
        version: str = "",
    ) -> None:
        self._journal, self._call_soon = journal, call_soon
        self._moved, self._troubled, self._version = moved, troubled, version
        self._changed = threading.Condition()
        self._wanted: Batch | None = None
        self._judged: list[Explained] = []
        self._state: WatchState | None = None
        self._results: deque[tuple[Committed, bool]] = deque()
        self._take: Callable[[], Sequence[Entry]] | None = None
        self._done: Callable[[int, str | None], None] = lambda _kept, _problem: None
        self._batch = Batch([], [])
        self._ends = self._busy = self._gathers = False
        self._rests = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="journal")
        self._thread.start()

    def keep(
        self, take: Callable[[], Sequence[Entry]], done: Callable[[int, str | None], None]
    ) -> None:
        self._take, self._done = take, done
        if not self._gathers:
            self._begin()

    def hold(self, entries: Sequence[Entry]) -> None:
        self._journal.hold(entries)

    def judge(self, explained: Sequence[Explained], state: WatchState | None) -> None:
        """Keep what is explained, and the whole state, beside the entries, when there is time."""
        with self._changed:
            self._judged = [*self._judged, *explained][-MOST_JUDGED:]
            self._state = state or self._state
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        self._begin()
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

    def _begin(self) -> None:
        """In the loop: take what is to be kept."""
        take, self._take = self._take, None
        if take is not None:
            self._batch, self._gathers = self._journal.rows(take()), True
            with self._changed:
                self._wanted, self._busy = self._batch, True
                self._changed.notify_all()

    def _go_on(self) -> None:
        """In the loop: enough has gathered."""
        self._gathers = False
        self._begin()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(self._is_asked, LOOK_SECONDS)
                batch, self._wanted = self._wanted, None
                judged, self._judged = self._judged, []
                state, self._state = self._state, None
                self._rests = False
                ends = batch is None and self._ends
            if ends:
                self._keep_judged(judged, state)
                return
            began = time.monotonic()
            committed = self._journal.look() if batch is None else self._journal.commit(batch)
            self._keep_judged(judged, state)
            with self._changed:
                has_news = batch is not None or committed.moved or committed.problem is not None
                if has_news:
                    self._results.append((committed, batch is not None))
                self._busy = self._busy and batch is None
                self._changed.notify_all()
            if has_news:
                self._in_loop(self._collect)
            if batch is not None:
                self._gather(began + TOGETHER_SECONDS)

    def _gather(self, until: float) -> None:
        """Let more come until then, unless nobody waits for that."""
        with self._changed:
            hurried = self._changed.wait_for(
                lambda: self._ends or self._wanted is not None, max(0.0, until - time.monotonic())
            )
        if not hurried:
            self._in_loop(self._go_on)

    def _in_loop(self, step: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: `wait` collects
            self._call_soon(step)

    def _is_asked(self) -> bool:
        judged = (self._judged or self._state is not None) and not self._rests
        return self._wanted is not None or self._ends or bool(judged)

    def _keep_judged(self, judged: Sequence[Explained], state: WatchState | None) -> None:
        if judged or state is not None:
            rows = [judged_row(explained, self._version) for explained in judged]
            snapshots = [snapshot_of(state, self._version)] if state else []
            if not self._journal.judge(rows, snapshots):
                with self._changed:  # there may be room later
                    self._judged = [*judged, *self._judged][-MOST_JUDGED:]
                    self._state = self._state or state
                    self._rests = True

    def _collect(self) -> None:
        """In the loop: tell what came of it."""
        while self._results:
            committed, was_asked = self._results.popleft()
            self._journal.note(self._batch if was_asked else Batch([], []), committed)
            for moved in committed.moved:
                self._moved(moved)
            if was_asked:
                self._done(committed.kept, committed.problem)
            elif committed.problem is not None:
                self._troubled(committed.problem)
