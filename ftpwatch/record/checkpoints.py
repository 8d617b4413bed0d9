"""What was known at moments of a recording, in memory for as long as it is looked at: going back
need not begin at the start, nor at a state that the recording keeps.
"""

from typing import Final

import msgspec

from ftpwatch.core.judgement.watch import Update, Watch
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import WatchState

__all__ = ["Checkpoint", "Checkpoints"]

_EVERY: Final = 500
_MOST: Final = 256


class Checkpoint(msgspec.Struct, frozen=True):
    """What was known after the entry `state.seq`, with nothing left to settle."""

    state: WatchState
    explained: tuple[Explained, ...]


class Checkpoints:
    """Every 500 entries that a Watch is told, or more seldom where they would be too many."""

    def __init__(self) -> None:
        self._kept: dict[int, Checkpoint] = {}
        self._every = _EVERY

    def of(self, watch: Watch) -> None:
        """Keep what `watch` knows, now and then."""
        watch.subscribe(lambda update: self._note(watch, update), "checkpoints")

    def newest(self, upto: int) -> Checkpoint | None:
        """The newest up to the seq `upto`."""
        seqs = [seq for seq in self._kept if seq <= upto]
        return self._kept[max(seqs)] if seqs else None

    def _note(self, watch: Watch, update: Update) -> None:
        seq = update.state.seq
        if update.entry is None or seq % self._every or watch.settles_at is not None:
            return
        self._kept[seq] = Checkpoint(update.state, watch.explanations())
        if len(self._kept) > _MOST:
            self._every *= 2
            self._kept = {seq: one for seq, one in self._kept.items() if not seq % self._every}
