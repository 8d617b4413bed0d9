"""Keep-alive arithmetic: when the next one is due. Seconds of the watch throughout."""

from ftpwatch.core.ftp.jitter import next_interval
from ftpwatch.core.ftp.keep_alive_policy import policy_of, rests_at
from ftpwatch.core.state.state import SessionState

__all__ = ["session_due_at"]


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
