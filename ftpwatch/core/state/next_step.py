"""What a session that stands does next, and when: a pure function of its folded state.

The conditions are tried in their order; the first that has something to say decides. So a reply
that is owed comes before everything that would send (RFC 959 §5.4), and an announced end before
keep-alives.
"""

from collections.abc import Callable
from math import inf
from typing import Final

import msgspec

from ftpwatch.core.ftp.command import Command, Purpose
from ftpwatch.core.state.closure import LIVES_ON_SECONDS
from ftpwatch.core.state.keep_alive import (
    KeepAliveEnd,
    client_leaves_at,
    is_resting,
    keep_alive_due_at,
    next_keep_alive,
    refusal_answer,
)
from ftpwatch.core.state.state import ConnectionFacts, SessionState

__all__ = [
    "OVERDUE_AT_MOST", "Act", "Close", "Leave", "ReportOverdue", "Send", "SessionWishes",
    "SkipKeepAlive", "Step", "Wait", "next_keep_alive_at", "next_step",
]  # fmt: skip

OVERDUE_AT_MOST: Final = 2
_RESTS: Final = "as {} does, they rest now"
_LEAVES: Final = "as the client that is imitated does, it leaves now"


class Wait(msgspec.Struct, frozen=True, gc=False):
    """Nothing is due before the moment `until`."""

    until: float


class Send(msgspec.Struct, frozen=True, gc=False):
    """A command."""

    command: Command
    purpose: Purpose


class SkipKeepAlive(msgspec.Struct, frozen=True, gc=False):
    """A keep-alive that is wanted or due is not sent; `rests` where none will be any more."""

    why: str
    rests: bool = False


class ReportOverdue(msgspec.Struct, frozen=True, gc=False):
    """The reply that is owed has not come in time."""


class Close(msgspec.Struct, frozen=True, gc=False):
    """Close the connection without a word: nobody answers there."""


class Leave(msgspec.Struct, frozen=True, gc=False):
    """The connection is left, as somebody wishes; or, with a `why`, as the imitated client does."""

    why: str | None = None


Act = Wait | Send | SkipKeepAlive | KeepAliveEnd | ReportOverdue | Close
Step = Act | Leave


class SessionWishes(msgspec.Struct, frozen=True, gc=False):
    """What is wanted of a session beyond its target: `timeout_seconds` bounds a wait for a reply,
    `leave`, `keep_alive_now` and the next `command` are its user's. No keep-alive goes out before
    the moment `not_before`; `knows_of_rest` where the user has heard that the imitated client
    rests. `limit_seconds` is how long the host lets it idle, as far as that is known.
    """

    timeout_seconds: float
    leave: bool = False
    keep_alive_now: bool = False
    not_before: float = 0.0
    knows_of_rest: bool = False
    command: Command | None = None
    limit_seconds: float = inf


class _Situation(msgspec.Struct, frozen=True, gc=False):
    session: SessionState
    facts: ConnectionFacts
    wishes: SessionWishes
    now: float


def next_step(session: SessionState, wishes: SessionWishes, now: float) -> Step:
    """What to do at the moment `now`. `session` has a connection that is ready."""
    assert session.connection is not None
    situation = _Situation(session, session.connection, wishes, now)
    for condition in _CONDITIONS:
        step = condition(situation)
        if step is not None:
            return step
    return Wait(min(client_leaves_at(session), _due_at(session, wishes)))


def next_keep_alive_at(session: SessionState) -> float | None:
    """When `session` sends its next keep-alive, for a view; None where it will not."""
    facts = session.connection
    if facts is None or facts.announcement is not None:
        return None
    due = keep_alive_due_at(session)
    return None if due == inf else due


def _is_left(at: _Situation) -> Step | None:
    return Leave() if at.wishes.leave else None


def _nobody_answers(at: _Situation) -> Step | None:
    return Close() if at.facts.overdue >= OVERDUE_AT_MOST else None


def _reply_is_owed(at: _Situation) -> Step | None:
    owed = at.facts.owing
    if owed is None:
        return None
    if at.wishes.keep_alive_now:
        return SkipKeepAlive("a reply is owed")
    # What was sent, came or was reported last begins the patience anew.
    heard_at = at.facts.last_reply_at or 0.0
    reported_at = at.facts.overdue_at if at.facts.overdue else 0.0
    overdue_at = max(owed.sent_at, heard_at, reported_at) + at.wishes.timeout_seconds
    return ReportOverdue() if at.now >= overdue_at else Wait(overdue_at)


def _user_commands(at: _Situation) -> Step | None:
    """Also where an end is announced: the user may ask whether it lives on."""
    command = at.wishes.command
    return None if command is None else Send(command, Purpose.USER)


def _end_is_announced(at: _Situation) -> Step | None:
    if at.facts.announcement is None:
        return None
    probes_at = at.facts.announcement.at + LIVES_ON_SECONDS
    probe = Send(Command("NOOP"), Purpose.PROBE)
    return probe if at.now >= probes_at else Wait(probes_at)


def _keep_alive_was_refused(at: _Situation) -> Step | None:
    return refusal_answer(at.session)


def _client_rests(at: _Situation) -> Step | None:
    if at.wishes.knows_of_rest or not is_resting(at.session):
        return None
    return SkipKeepAlive(_RESTS.format(at.session.target.keep_alive_command), rests=True)


def _keep_alive_is_due(at: _Situation) -> Step | None:
    if at.wishes.keep_alive_now or at.now >= _due_at(at.session, at.wishes):
        return Send(next_keep_alive(at.session), Purpose.KEEP_ALIVE)
    return None


def _client_leaves(at: _Situation) -> Step | None:
    return Leave(_LEAVES) if at.now >= client_leaves_at(at.session) else None


_CONDITIONS: Final[tuple[Callable[[_Situation], Step | None], ...]] = (
    _is_left,
    _nobody_answers,
    _reply_is_owed,
    _user_commands,
    _end_is_announced,
    _keep_alive_was_refused,
    _client_rests,
    _keep_alive_is_due,
    _client_leaves,
)


def _due_at(session: SessionState, wishes: SessionWishes) -> float:
    return max(keep_alive_due_at(session, wishes.limit_seconds), wishes.not_before)
