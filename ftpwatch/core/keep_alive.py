"""Keep-alive arithmetic: when the next one is due. Seconds of the watch throughout."""

from typing import Final

from ftpwatch.core.loopback import is_loopback
from ftpwatch.core.policy import policy_of
from ftpwatch.core.state import SessionState

__all__ = ["due_at", "is_too_fast", "longer", "session_due_at", "shorter"]

SHORTEST_SECONDS: Final = 1.0

_STEPS: Final = (1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1800, 3600)


def due_at(last_command_at: float, interval_seconds: float | None) -> float | None:
    """When a keep-alive is due: an interval after the last command; None where it is off."""
    return None if interval_seconds is None else last_command_at + interval_seconds


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
    facts = session.connection
    if facts is None or facts.ready_at is None or facts.closure or facts.announcement:
        return None
    if not policy_of(session.target.keep_alive_command).commands:
        return None
    last = facts.last_command_at if facts.last_command_at is not None else facts.ready_at
    return due_at(last, session.target.keep_alive_seconds)
