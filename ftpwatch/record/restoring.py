"""What was known at any moment of a recording: from the newest state that is kept before it, beside
the entries or in memory, and what came after that.
"""

from collections.abc import Callable
from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import EntriesUnreadable
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.record.checkpoints import Checkpoints
from ftpwatch.record.reader import Reader

__all__ = ["Restoring"]

_EXPLANATIONS: Final = 5_000


class Restoring:
    """Of the recording that `reader` reads, as `version` of fold and knowledge judges it.
    `damaged` has how many entries could not be read on the way, by the seq of the first of them.
    """

    def __init__(self, reader: Reader, version: str) -> None:
        self._reader, self._version = reader, version
        self.checkpoints = Checkpoints()
        self.damaged: dict[int, int] = {}

    @property
    def unreadable(self) -> int:
        """How many entries could not be read."""
        return sum(self.damaged.values())

    def look(self, entry: Entry) -> None:
        """Count what `entry` says that could not be read."""
        if isinstance(entry.event, EntriesUnreadable):
            self.damaged[entry.seq] = entry.event.last - entry.event.first + 1

    def bring(
        self, watch: Watch, upto: int, reach: Callable[[float], object] = lambda _: None
    ) -> Entry | None:
        """Have `watch`, which knows nothing yet, know all up to the entry `upto`; the last that
        there is, None for none. `reach` hears how much of the way is done, 0 to 1.
        """
        after = self._begin(watch, upto)
        last = next(self._reader.entries(after - 1), None) if after else None
        for entry in self._reader.entries(after):
            if entry.seq > upto:
                break
            self.look(entry)
            watch.receive(entry)
            last = entry
            reach((entry.seq - after) / (upto - after))
        return last

    def _begin(self, watch: Watch, upto: int) -> int:
        """Have it know what is kept; the seq up to which that goes."""
        known = self.checkpoints.newest(upto)
        after = known.state.seq if known is not None else 0
        state = self._reader.snapshot(upto, self._version, after)
        if state is not None:
            watch.restore(state, self._reader.explained(state.seq, self._version, _EXPLANATIONS))
            return state.seq
        if known is not None:
            watch.restore(known.state, known.explained)
        return after
