"""Of all that ended or failed in what others saw: which of it somebody asks about.

A failure before a normal QUIT is what is asked about, and of several failures the last; but not
that nobody answered as the client tried to come back.
"""

from collections.abc import Callable, Sequence
from typing import Final

from ftpwatch.core.journal.events import ReplyReceived
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.phases import Phase

__all__ = ["MOST_ENDS", "Ends", "the_end_that_matters"]

MOST_ENDS: Final = 10_000
_ORDERLY: Final = (Cause.CLIENT_QUIT, Cause.LOCAL)
_LOGGED_IN: Final = (Phase.READY, Phase.TRANSFER)


class Ends:
    """A view of the Watch: the newest explanation of each end, MOST_ENDS of them at most. Without
    `let_go` those in the middle fall away first and are counted in `dropped`; with it the oldest
    are handed to it instead, and are not told anew.
    """

    def __init__(
        self, let_go: Callable[[Explained], object] | None = None, most: int = MOST_ENDS
    ) -> None:
        self._let_go, self._most = let_go, most
        self._gone = 0
        self._explained: dict[int, Explained] = {}
        self._refused: dict[tuple[str, int], list[int]] = {}
        self.dropped = 0

    def receive(self, update: Update) -> None:
        """Keep what is explained anew, and forget what was refused and then went on."""
        for explained in update.explained:
            if explained.of <= self._gone and explained.of not in self._explained:
                continue
            self._explained[explained.of] = explained
            if isinstance(explained.by.event, ReplyReceived) and explained.by.event.code != 421:
                place = explained.session, explained.connection
                self._refused.setdefault(place, []).append(explained.of)
        entry = update.entry
        session = update.state.sessions.get(entry.session or "") if entry is not None else None
        if session is not None and session.phase in _LOGGED_IN and self._refused:
            for of in self._refused.pop((session.name, session.connections), ()):
                if of != (entry.seq if entry is not None else 0) and self._is_early(of):
                    self._explained.pop(of, None)
        while len(self._explained) > self._most:
            self._drop()
        while len(self._refused) > self._most:
            del self._refused[next(iter(self._refused))]

    def _drop(self) -> None:
        if self._let_go is None:
            del self._explained[list(self._explained)[self._most // 2]]
            self.dropped += 1
            return
        oldest = next(iter(self._explained))
        self._gone = max(self._gone, oldest)
        self._let_go(self._explained.pop(oldest))

    def _is_early(self, of: int) -> bool:
        """It refused a login or TLS."""
        explained = self._explained.get(of)
        causes = (Cause.TLS_FAILED, Cause.TLS_REQUIRED, Cause.LOGIN_REFUSED, Cause.UNKNOWN)
        return explained is not None and explained.explanation.cause in causes

    def all(self) -> list[Explained]:
        """In their order."""
        return sorted(self._explained.values(), key=lambda explained: explained.of)


def the_end_that_matters(ends: Sequence[Explained]) -> Explained | None:
    """None where nothing ended or was refused."""
    failures = [one for one in ends if one.explanation.cause not in (*_ORDERLY, None)]
    answered = [one for one in failures if one.explanation.cause is not Cause.SERVER_UNREACHABLE]
    causes = [one for one in ends if one.explanation.cause is not None]
    for candidates in (answered, failures, causes, ends):
        if candidates:
            return _first_of_its_kind(candidates)
    return None


def _first_of_its_kind(ends: Sequence[Explained]) -> Explained:
    """The last; or the stop of the server, where all that came of it is that it is not there."""
    last = ends[-1]
    if last.explanation.cause is Cause.SERVICE_UNAVAILABLE:
        stops = [one for one in ends if one.explanation.cause is Cause.SERVER_SHUTDOWN]
        return stops[-1] if stops else last
    return last
