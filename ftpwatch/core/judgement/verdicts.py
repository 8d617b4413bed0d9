"""How the verdicts on keep-alives change from entry to entry."""

from collections.abc import Sequence
from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    ConnectionClosed,
    KeepAliveChanged,
    LimitKnown,
    ReplyReceived,
    SessionRemoved,
)
from ftpwatch.core.journal.vocabulary import Role
from ftpwatch.core.judgement.advisor import Judge
from ftpwatch.core.state.explanation import Explained, Explanation
from ftpwatch.core.state.state import SessionState, WatchState, host_key
from ftpwatch.core.state.verdict import Judged, VerdictChanged

__all__ = ["Verdicts"]

_SUBJECTS: Final = (ConnectionClosed, KeepAliveChanged, LimitKnown)


class Verdicts:
    """The verdicts of all sessions of a watch, told anew where an entry may change them."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._known: dict[str, Judged] = {}

    def of(self, session: str) -> Judged | None:
        """The verdict on `session`; None where there is no keep-alive to judge."""
        return self._known.get(session)

    def receive(
        self, entry: Entry, state: WatchState, explained: Explained | None
    ) -> tuple[VerdictChanged, ...]:
        """What `entry` changes; `explained` is how its connection's end is explained."""
        event = entry.event
        if isinstance(event, SessionRemoved):
            self._known.pop(entry.session or "", None)
        if isinstance(event, LimitKnown):
            sessions = [
                s for s in state.sessions.values() if host_key(s) == (event.host, event.port)
            ]
        elif isinstance(event, _SUBJECTS) or _is_final(event):
            named = state.sessions.get(entry.session or "")
            sessions = [] if named is None else [named]
        else:
            return ()
        ended = explained.explanation if explained is not None else None
        told = (self._tell(session, entry, state, ended) for session in sessions)
        return tuple(change for change in told if change is not None)

    def revise(
        self, explained: Sequence[Explained], by: Entry, state: WatchState
    ) -> tuple[VerdictChanged, ...]:
        """What changes as ends are explained otherwise than before."""
        changes: list[VerdictChanged | None] = []
        for one in explained:
            session = state.sessions.get(one.session)
            facts = session.connection if session is not None else None
            if session is not None and facts is not None and facts.number == one.connection:
                changes.append(self._tell(session, by, state, one.explanation))
        return tuple(change for change in changes if change is not None)

    def _tell(
        self, session: SessionState, entry: Entry, state: WatchState, ended: Explanation | None
    ) -> VerdictChanged | None:
        before = self._known.get(session.name)
        host, at = state.host_of(session), entry.elapsed_seconds
        judged = self._judge.judge(session, host, at, before, ended)
        if judged is None:
            self._known.pop(session.name, None)
            return None
        self._known[session.name] = judged
        if before is not None and before.verdict is judged.verdict:
            return None
        number = session.connection.number if session.connection is not None else None
        return VerdictChanged(entry, session.name, number, judged)


def _is_final(event: object) -> bool:
    return isinstance(event, ReplyReceived) and event.role is Role.FINAL
