"""The view of the Watch that metrics are made of."""

from collections.abc import Sequence

import msgspec

from ftpwatch.core.judgement.settled_ends import Ended, SettledEnds
from ftpwatch.core.judgement.watch import Update, Watch
from ftpwatch.core.state.state import WatchState
from ftpwatch.metrics.counts import Counts

__all__ = ["Observer", "Seen"]


class Seen(msgspec.Struct, frozen=True):
    """One moment of a watch: its state and what was counted until then."""

    state: WatchState = WatchState()
    counts: Counts = Counts()


class Observer:
    """Subscribes itself. `seen` is replaced whole, and may be read by any thread."""

    def __init__(self, watch: Watch, ends: SettledEnds) -> None:
        self.seen = Seen(watch.state)
        watch.subscribe(self._receive, "metrics")
        ends.subscribe(self._hear)

    def _receive(self, update: Update) -> None:
        entry, state, counts = update.entry, update.state, self.seen.counts
        session = state.sessions.get(entry.session or "") if entry is not None else None
        if entry is not None and session is not None and not session.target.twin:
            counts = counts.after_entry(entry, session, state)
        self.seen = Seen(state, counts)

    def _hear(self, ends: Sequence[Ended]) -> None:
        state, counts = self.seen.state, self.seen.counts
        for ended in ends:
            counts = counts.after_end(ended, state)
        self.seen = Seen(state, counts)
