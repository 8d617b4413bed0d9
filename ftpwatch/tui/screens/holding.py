"""The moment that a screen is held at, and what happened since: ends, 421s."""

from bisect import bisect_right
from typing import Final

from ftpwatch.core.counted import counted
from ftpwatch.core.journal.events import ConnectionClosed, ReplyReceived
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import WatchState

__all__ = ["Holding"]

_MOST: Final = 100_000
_EXPLAINED: Final = 5_000


class Holding:
    """Tell it every update. `state` is what is held, None while nothing is; `now` its moment."""

    def __init__(self) -> None:
        self.state: WatchState | None = None
        self.now = 0.0
        self._ends: list[int] = []
        self._refusals: list[int] = []
        self._explained: list[tuple[int, Explained]] = []
        self._before = 0

    def hold(self, state: WatchState | None, now: float) -> None:
        """Hold `state`, which was so at `now`; nothing with None."""
        self.state, self.now = state, now

    def begin(self) -> None:
        """All that was noted is void."""
        self.state = None
        for noted in (self._ends, self._refusals, self._explained):
            noted.clear()
        self._before = 0

    def know_refusals(self, before: int, upto: int) -> None:
        """So many 421s there were up to the seq `upto`, whether they were noted or not."""
        self._before = before
        del self._refusals[: bisect_right(self._refusals, upto)]

    def note(self, update: Update) -> None:
        """Count what it tells; test sessions are there to be closed."""
        self._explained += [(update.state.seq, explained) for explained in update.explained]
        del self._explained[:-_EXPLAINED]
        entry = update.entry
        session = update.state.sessions.get(entry.session or "") if entry is not None else None
        if entry is None or session is None or session.target.twin:
            return
        if isinstance(entry.event, ConnectionClosed):
            self._ends.append(entry.seq)
            del self._ends[:-_MOST]
        elif isinstance(entry.event, ReplyReceived) and entry.event.code == 421:
            self._refusals.append(entry.seq)
            if len(self._refusals) > _MOST:
                del self._refusals[0]
                self._before += 1

    def explained(self, shown: WatchState) -> Explained | None:
        """What was explained last up to what is shown, as it was explained then."""
        at = bisect_right(self._explained, shown.seq, key=lambda noted: noted[0])
        return self._explained[at - 1][1] if at else None

    def refusals(self, shown: WatchState) -> int:
        """How many 421s there were up to what is shown."""
        return self._before + bisect_right(self._refusals, shown.seq)

    @property
    def ends_since(self) -> int:
        """How many connections ended since what is held."""
        if self.state is None:
            return 0
        return len(self._ends) - bisect_right(self._ends, self.state.seq)

    @property
    def words(self) -> str:
        """That it is held, for a title."""
        if self.state is None:
            return ""
        ends = self.ends_since
        return f" - frozen, {counted(ends, 'end')} since" if ends else " - frozen"
