"""Keep-alive arithmetic: when the next one is due. Seconds of the watch throughout."""

from math import inf
from typing import Final

from ftpwatch.core.loopback import is_loopback
from ftpwatch.core.policy import Policy, policy_of
from ftpwatch.core.spread import share
from ftpwatch.core.state import SessionState

__all__ = ["is_too_fast", "longer", "next_interval", "rests_at", "session_due_at", "shorter"]

SHORTEST_SECONDS: Final = 1.0

_STEPS: Final = (1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1800, 3600)


def next_interval(
    interval_seconds: float, jitter: float, session: str, connection: int, sent: int
) -> float:
    """How long after the last command a keep-alive is due, where `sent` were sent before: the
    interval, less a share of it up to `jitter`.
    """
    return interval_seconds * (1.0 - jitter * share(session, connection, sent))


def rests_at(policy: Policy, last_real_at: float | None) -> float:
    """From when on the client that `policy` imitates sends none; infinity where it goes on."""
    after = policy.rests_after_seconds
    return inf if after is None else (last_real_at or 0.0) + after


def is_too_fast(interval_seconds: float | None, host: str) -> bool:
    """An interval that would be a burden to a host that is not this machine."""
    too_short = interval_seconds is not None and interval_seconds < SHORTEST_SECONDS
    return too_short and not is_loopback(host)


def shorter(interval_seconds: float | None) -> float:
    """The next shorter interval of the usual ones; from off, the longest of them."""
    if interval_seconds is None:
        return float(_STEPS[-1])
    return float(max((step for step in _STEPS if step < interval_seconds), default=_STEPS[0]))


def longer(interval_seconds: float | None) -> float | None:
    """The next longer interval of the usual ones; after the longest, off."""
    if interval_seconds is None:
        return None
    found = min((step for step in _STEPS if step > interval_seconds), default=None)
    return None if found is None else float(found)


def session_due_at(session: SessionState) -> float | None:
    """When `session` sends its next keep-alive; None where it will not."""
    facts, target = session.connection, session.target
    if facts is None or facts.ready_at is None or facts.closure or facts.announcement:
        return None
    policy, interval = policy_of(target.keep_alive_command), target.keep_alive_seconds
    if interval is None or not policy.commands:
        return None
    last = facts.last_command_at if facts.last_command_at is not None else facts.ready_at
    due = last + next_interval(
        interval, target.keep_alive_jitter, session.name, facts.number, facts.keep_alives_sent
    )
    return due if due <= rests_at(policy, facts.last_real_at) else None
