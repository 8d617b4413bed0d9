"""The keep-alives of a session: when the next is due, what it is, and what a refusal changes.

Moments are seconds of the watch. A command that the server refuses is not sent again: the next
harmless one takes its place, and only where all are refused they stop. A policy that imitates a
client goes on as that client does, and a test session of the limits finder tries no other command
than its own.
"""

from math import inf
from typing import Final

import msgspec

from ftpwatch.core.ftp.command import Command
from ftpwatch.core.ftp.jitter import next_interval, share
from ftpwatch.core.ftp.keep_alive_policy import Policy, command_of, policy_of, rests_at
from ftpwatch.core.ftp.reply import code_text
from ftpwatch.core.journal.events import KeepAliveChanged
from ftpwatch.core.journal.vocabulary import ChangedBy
from ftpwatch.core.state.state import KeepAliveRefusal, SessionState

__all__ = [
    "KeepAliveEnd", "changed_keep_alive", "client_leaves_at", "is_resting", "keep_alive_due_at",
    "next_keep_alive", "refusal_answer", "spread_until",
]  # fmt: skip

LATE_SECONDS: Final = 1.5
SPREAD_SECONDS: Final = 5.0
_LOST_AT_MOST: Final = 3
_LOGIN_LOST: Final = "the server no longer knows the login (530): stopped"
# What changes nothing: TYPE A is how every session begins (RFC 959 §3.1.1.5.1).
_HARMLESS: Final = ("NOOP", "TYPE A", "PWD")


def keep_alive_due_at(session: SessionState, limit_seconds: float = inf) -> float:
    """When `session` sends its next keep-alive; infinity where it will not. `limit_seconds` is how
    long its host lets it idle, as far as that is known.
    """
    due = _interval_over_at(session, limit_seconds)
    return inf if due > rests_at(_policy(session), _last_user_command_at(session)) else due


def is_resting(session: SessionState) -> bool:
    """The client that is imitated would send no more of them by now."""
    due = _interval_over_at(session)
    return inf > due > rests_at(_policy(session), _last_user_command_at(session))


def client_leaves_at(session: SessionState) -> float:
    """When the client that is imitated leaves by itself; infinity where it does not."""
    after, last = _policy(session).leaves_after_seconds, _last_user_command_at(session)
    return inf if after is None or last is None else last + after


def next_keep_alive(session: SessionState) -> Command:
    """The command whose turn it is."""
    facts, policy = session.connection, _policy(session)
    policy = policy if policy.commands else Policy("NOOP")
    number = facts.number if facts is not None else 0
    return command_of(policy.choice(session.name, number, _turn(session)))


def spread_until(session: SessionState, due: float, now: float) -> float:
    """Where a wait until `due` ended too late `now`, as the machine slept, a moment that differs
    from session to session, so that many do not speak at once; else `due`.
    """
    if now - due <= LATE_SECONDS:
        return due
    spread = min(SPREAD_SECONDS, (session.target.keep_alive_seconds or SPREAD_SECONDS) / 2)
    number = session.connection.number if session.connection is not None else 0
    return now + spread * share(session.name, number, _turn(session))


class KeepAliveEnd(msgspec.Struct, frozen=True):
    """Why a command is sent no more, and what comes instead; an interval of None is off."""

    why: str
    interval_seconds: float | None
    command: str


def refusal_answer(session: SessionState) -> KeepAliveEnd | None:
    """What the answers to keep-alives change; None where they go on as they are."""
    facts, policy = session.connection, _policy(session)
    interval = session.target.keep_alive_seconds
    if facts is None or interval is None:
        return None
    if facts.logins_lost >= _LOST_AT_MOST:
        return KeepAliveEnd(_LOGIN_LOST, None, policy.name)
    refusal = facts.keep_alive_refusal
    # With auto another command is chosen elsewhere, where one is known.
    patience = 1 if session.auto else 0
    if refusal is None or refusal.times <= patience or policy.imitates:
        return None
    if refusal.command not in policy.commands:
        return None  # another was chosen meanwhile
    why = f"the server refuses {refusal.verb} with {code_text(refusal.code)}"
    instead = _instead(session, policy, refusal)
    if instead is None:
        return KeepAliveEnd(f"{why}: nothing harmless is left to send", None, policy.name)
    return KeepAliveEnd(f"{why}: {instead.name} is sent instead", interval, instead.name)


def changed_keep_alive(
    session: SessionState,
    *,
    interval: float | None,
    command: str | None = None,
    by: ChangedBy = ChangedBy.USER,
) -> KeepAliveChanged:
    """Another interval in seconds (None is off), or another command or preset, which may have an
    interval of its own. Raises ValueError for a command that is none.
    """
    policy = _policy(session) if command is None else policy_of(command)
    if command is not None:
        interval = policy.interval_seconds or interval
    elif interval is not None and not policy.commands:
        policy = Policy("NOOP")
    return KeepAliveChanged(interval if policy.commands else None, policy.name, by)


def _instead(session: SessionState, policy: Policy, refusal: KeepAliveRefusal) -> Policy | None:
    """What is left of the policy, or the next harmless command; None where all are refused."""
    left = policy.without(refusal.command)
    if left is not None or session.target.twin:
        return left
    harmless = [command for command in _HARMLESS if command not in session.refused_commands]
    return Policy(harmless[0], (harmless[0],)) if harmless else None


def _policy(session: SessionState) -> Policy:
    return policy_of(session.target.keep_alive_command)


def _interval_over_at(session: SessionState, limit_seconds: float = inf) -> float:
    facts, target = session.connection, session.target
    interval = target.keep_alive_seconds
    if facts is None or facts.ready_at is None or facts.closure is not None:
        return inf
    if interval is None or not _policy(session).commands:
        return inf
    last = facts.last_command_at if facts.last_command_at is not None else facts.ready_at
    turn = _turn(session)
    wait = next_interval(interval, target.keep_alive_jitter, session.name, facts.number, turn)
    if target.keep_alive_head_start and facts.keep_alive_turns == 0:
        longest = min(interval, limit_seconds / 2)
        wait = min(wait, longest * (1.0 - target.keep_alive_head_start))
    return last + wait


def _turn(session: SessionState) -> int:
    """How many keep-alives had their turn since the command was chosen, on this connection."""
    facts = session.connection
    return facts.keep_alive_turns - session.turns_before if facts is not None else 0


def _last_user_command_at(session: SessionState) -> float | None:
    return session.connection.last_user_command_at if session.connection is not None else None
