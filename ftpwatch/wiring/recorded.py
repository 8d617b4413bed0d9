"""The bus of a live watch and the recording behind it: what becomes of that, the user is told."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from ftpwatch.core.clock import Clock
from ftpwatch.core.journal.bus import EventBus
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import RecordingMoved, RecordingPaused, RecordingResumed
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import WatchState
from ftpwatch.record.journal import Journal, Moved
from ftpwatch.record.writer_thread import WriterThread
from ftpwatch.wiring.version import judging_version

__all__ = ["Recorded"]

_LOOK_SECONDS: Final = 0.25


class Recorded:
    """To be made inside a running loop; let `look` run, and `close` it. `tell` reaches the user,
    `part_begins` hears of a new file.
    """

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        tell: Callable[[str], None],
        part_begins: Callable[[], None] = lambda: None,
    ) -> None:
        self._part_begins = part_begins
        loop = asyncio.get_running_loop()
        self._warn = tell
        self._writer = WriterThread(
            journal,
            loop.call_soon_threadsafe,
            self._moved,
            self._troubled,
            version=judging_version(),
        )
        self.bus = EventBus(clock, loop.call_soon, self._writer)
        self.bus.subscribe("recording", self._note)

    async def look(self) -> None:
        """Notice a disk that does not answer, until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self.bus.look()

    def judge(self, explained: Sequence[Explained], state: WatchState | None) -> None:
        """Keep what is judged beside the entries."""
        self._writer.judge(explained, state)

    def close(self, seconds: float) -> None:
        """Write what is left, at most so long."""
        self._writer.close(seconds)

    def _moved(self, moved: Moved) -> None:
        self.bus.publish(RecordingMoved(str(moved.path), moved.problem))
        self._part_begins()
        if not moved.planned:
            self._warn(f"ftpwatch: {moved.problem}; recording goes on in {moved.path}")

    def _troubled(self, problem: str) -> None:
        self.bus.trouble(problem)

    def _note(self, entry: Entry) -> None:
        match entry.event:
            case RecordingPaused(problem=problem):
                self._warn(f"ftpwatch: recording paused: {problem}")
            case RecordingResumed():
                self._warn("ftpwatch: recording again")
            case _:
                pass
