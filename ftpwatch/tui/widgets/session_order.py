"""What sessions are sorted by, and the order that each column gives them. Pure.

Without a column they stand as they were added; what is not known of one comes last either way.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, Final

from ftpwatch.core.state.state import SessionState, WatchState
from ftpwatch.core.state.verdict import Judged, Verdict
from ftpwatch.tui.widgets.clock_gauge import limit_of
from ftpwatch.tui.widgets.ends_order import natural
from ftpwatch.tui.widgets.session_standing import Standing

__all__ = ["Column", "SortContext", "in_order"]

_VERDICTS: Final = (Verdict.USELESS, Verdict.REFUSED, Verdict.NOT_YET, Verdict.HOLDING)


class Column(StrEnum):
    """What stands beside one another, from left to right: from the right it gives way."""

    NAME = "name"
    STATE = "state"
    VERDICT = "verdict"
    IDLE = "idle"
    LIMIT = "limit"
    KEEP_ALIVE = "keep-alive"
    RTT = "RTT"
    REPLY = "last reply"


# A session, how it stands, and the verdict on it.
SortContext = tuple[SessionState, Standing, Judged | None]


def in_order(
    sessions: Iterable[SortContext], by: Column, state: WatchState, *, descending: bool
) -> list[SortContext]:
    """`sessions` sorted by a column; equal ones stay as they were."""
    key = _key_of(by, state)
    keyed = [(key(one), one) for one in sessions]
    known = [pair for pair in keyed if pair[0] is not None]
    known.sort(key=lambda pair: pair[0], reverse=descending)
    return [one for _, one in known] + [one for value, one in keyed if value is None]


def _key_of(by: Column, state: WatchState) -> Callable[[SortContext], Any]:
    match by:
        case Column.NAME:
            return lambda one: natural(one[0].name)
        case Column.STATE:
            return lambda one: (int(one[1].rank), one[1].key)
        case Column.VERDICT:
            return lambda one: None if one[2] is None else _verdict(one[2])
        case Column.IDLE:
            return lambda one: _idle(one[0])
        case Column.LIMIT:
            return _Limits(state).of
        case Column.KEEP_ALIVE:
            return lambda one: _keep_alive(one[0])
        case Column.RTT:
            return lambda one: _rtt(one[0])
        case Column.REPLY:
            return lambda one: _reply(one[0])


def _verdict(judged: Judged) -> tuple[int, float]:
    """Worst first; what is not known yet by when it will be."""
    rank = -1 if judged.late else _VERDICTS.index(judged.verdict)
    return rank, judged.told_at or 0.0


def _idle(session: SessionState) -> float | None:
    """Shortest first: the moment of the last command, from the latest on."""
    facts = session.connection
    if facts is None or facts.closure is not None or facts.last_command_at is None:
        return None
    return -facts.last_command_at


class _Limits:
    """Of each host once."""

    def __init__(self, state: WatchState) -> None:
        self._state = state
        self._known: dict[int, float | None] = {}

    def of(self, one: SortContext) -> float | None:
        host = self._state.host_of(one[0])
        if id(host) not in self._known:
            self._known[id(host)] = limit_of(host)
        return self._known[id(host)]


def _keep_alive(session: SessionState) -> tuple[float, str] | None:
    every = session.target.keep_alive_seconds
    return None if every is None else (every, session.target.keep_alive_command)


def _rtt(session: SessionState) -> float | None:
    rtts = session.connection.rtts if session.connection is not None else ()
    return rtts[-1] if rtts else None


def _reply(session: SessionState) -> tuple[int, tuple[str, ...]] | None:
    reply = session.connection.last_reply if session.connection is not None else None
    return None if reply is None else (reply.code or 0, reply.lines)
