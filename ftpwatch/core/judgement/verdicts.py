"""How the verdicts on keep-alives change from entry to entry."""

from collections.abc import Sequence

from msgspec.structs import replace

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    CommandSent,
    ConnectionClosed,
    KeepAliveChanged,
    LimitKnown,
    ReplyReceived,
)
from ftpwatch.core.journal.vocabulary import Role
from ftpwatch.core.judgement.advisor import Judge
from ftpwatch.core.state.explanation import Explained, Explanation
from ftpwatch.core.state.state import SessionState, WatchState
from ftpwatch.core.state.verdict import VerdictChanged

__all__ = ["Verdicts"]


class Verdicts:
    """Sets the verdicts of a state anew where an entry may change them."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def receive(
        self, entry: Entry, before: WatchState, state: WatchState, explained: Explained | None
    ) -> tuple[WatchState, tuple[VerdictChanged, ...]]:
        """The `state` that `entry` made of the one `before`, and what that changes; `explained` is
        how its connection's end is explained.
        """
        concerned = _concerned(entry, before, state)
        if not concerned:
            return state, ()
        ended = explained.explanation if explained is not None else None
        return self._judge_again([(session, ended) for session in concerned], entry, state)

    def revise(
        self, explained: Sequence[Explained], by: Entry, state: WatchState
    ) -> tuple[WatchState, tuple[VerdictChanged, ...]]:
        """The state, and what changes as ends are explained otherwise than before."""
        concerned = []
        for one in explained:
            session = state.sessions.get(one.session)
            facts = session.connection if session is not None else None
            if session is not None and facts is not None and facts.number == one.connection:
                concerned.append((session, one.explanation))
        return self._judge_again(concerned, by, state)

    def _judge_again(
        self,
        concerned: Sequence[tuple[SessionState, Explanation | None]],
        by: Entry,
        state: WatchState,
    ) -> tuple[WatchState, tuple[VerdictChanged, ...]]:
        verdicts, changes = state.verdicts, []
        for session, ended in concerned:
            before, host = verdicts.get(session.name), state.host_of(session)
            judged = self._judge.judge(session, host, by.elapsed_seconds, before, ended)
            if judged is not None:
                verdicts = verdicts.set(session.name, judged)
            elif before is not None:
                verdicts = verdicts.delete(session.name)
            if judged is not None and (before is None or before.verdict is not judged.verdict):
                number = session.connection.number if session.connection is not None else None
                changes.append(VerdictChanged(by, session.name, number, judged))
        if verdicts is state.verdicts:
            return state, ()
        return replace(state, verdicts=verdicts), tuple(changes)


def _concerned(entry: Entry, before: WatchState, state: WatchState) -> Sequence[SessionState]:
    event = entry.event
    if isinstance(event, CommandSent):
        return ()
    if isinstance(event, LimitKnown):
        return state.sessions_at((event.host, event.port))
    named = state.sessions.get(entry.session or "")
    if named is None or named.connection is None:
        return ()
    if isinstance(event, ReplyReceived):
        stands = event.role is Role.FINAL and named.connection.ready_at is not None
        concerns = stands and not _tells_nothing(event, named, before, state)
    else:
        concerns = isinstance(event, ConnectionClosed | KeepAliveChanged)
    return (named,) if concerns else ()


def _tells_nothing(
    reply: ReplyReceived, session: SessionState, before: WatchState, state: WatchState
) -> bool:
    """A question of ours was answered, as it is by every session of this host."""
    asked = reply.in_reply_to
    if asked is None or asked.purpose is not Purpose.SETUP or reply.is_negative:
        return False
    return before.host_of(session) is state.host_of(session)
