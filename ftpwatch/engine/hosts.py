"""What our sessions of one host keep to among themselves: how many it took, and that they do not
come back together.
"""

from collections import deque
from typing import Final

from ftpwatch.core.ftp.target import Target
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import WatchState

__all__ = ["Hosts"]

APART_SECONDS: Final = 1.0
ASKS_ANEW_SECONDS: Final = 900.0
_RETURNS_KEPT: Final = 100
_Key = tuple[str, int]


class Hosts:
    """By host and port as named in the targets. Subscribe `receive` to the Watch."""

    def __init__(self) -> None:
        self._state = WatchState()
        self._budget: dict[_Key, int] = {}
        self._asked_at: dict[_Key, float] = {}
        self._returns: dict[_Key, deque[float]] = {}

    def receive(self, update: Update) -> None:
        """See who is connected; a session more than the host took before raises the budget."""
        self._state = update.state
        if not self._budget or update.entry is None:
            return
        session = update.state.sessions.get(update.entry.session or "")
        facts = session.connection if session is not None else None
        if session is None or facts is None or facts.ready_at != update.entry.elapsed_seconds:
            return  # nobody has just logged in
        key = (session.target.host, session.target.port)
        if key in self._budget:
            self._budget[key] = max(self._budget[key], self._ready(key))

    def is_full(self, target: Target, now: float) -> None:
        """The host refused one more: what it holds of ours is all it takes."""
        key = (target.host, target.port)
        self._budget[key] = max(1, self._ready(key))
        self._asked_at[key] = now

    def budget(self, target: Target) -> int | None:
        """How many of our sessions the host took when it was full; None where it never was."""
        return self._budget.get((target.host, target.port))

    def has_place(self, target: Target) -> bool:
        """One more session may be welcome."""
        budget = self.budget(target)
        return budget is None or self._ready((target.host, target.port)) < budget

    def may_ask(self, target: Target, now: float) -> bool:
        """There is a place, or for long nobody asked for one more: what was full once need not
        stay so.
        """
        asked_at = self._asked_at.get((target.host, target.port), now)
        return self.has_place(target) or now - asked_at >= ASKS_ANEW_SECONDS

    def ask(self, target: Target, now: float) -> None:
        """Somebody asks for one more at the moment `now`."""
        self._asked_at[target.host, target.port] = now

    def take_return(self, target: Target, moment: float) -> float:
        """Take a moment at or after `moment` at which none of the hundred sessions of this host
        returns that asked last: where thousands return, they are spread over a hundred seconds.
        """
        taken = self._returns.setdefault((target.host, target.port), deque(maxlen=_RETURNS_KEPT))
        for other in sorted(taken):
            while abs(moment - other) < APART_SECONDS:
                moment += APART_SECONDS
        taken.append(moment)
        return moment

    def _ready(self, key: _Key) -> int:
        return sum(
            (session.target.host, session.target.port) == key
            and session.phase in (Phase.READY, Phase.TRANSFER)
            for session in self._state.sessions.values()
        )
