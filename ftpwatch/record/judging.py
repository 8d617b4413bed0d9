"""What a watch judges, kept beside its entries: a view of the Watch that hands it on."""

from collections.abc import Callable, Sequence
from typing import Final

from ftpwatch.core.journal.events import WatchStopped
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import WatchState

__all__ = ["KeepsJudgements"]

EVERY: Final = 10_000
EVERY_FOR_A_SESSION: Final = 20
Judge = Callable[[Sequence[Explained], WatchState | None], None]


class KeepsJudgements:
    """Explanations as they come; the state every 10,000 entries, or more seldom where it is large,
    and at the end, whenever nothing is left to settle.
    """

    def __init__(self, judge: Judge, settles_at: Callable[[], float | None]) -> None:
        self._judge, self._settles_at = judge, settles_at
        self._kept = 0

    def receive(self, update: Update) -> None:
        """Hand on what is new."""
        entry, state = update.entry, update.state
        is_last = entry is not None and isinstance(entry.event, WatchStopped)
        often = max(EVERY, EVERY_FOR_A_SESSION * len(state.sessions))
        is_due = is_last or state.seq - self._kept >= often
        wanted = state if is_due and self._settles_at() is None else None
        if wanted is not None:
            self._kept = state.seq
        if update.explained or wanted is not None:
            self._judge(update.explained, wanted)
