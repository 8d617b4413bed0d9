"""The clock of the server that strikes next, against its limit, and the gauge that shows it. Pure.

Moments are seconds of the watch. The tick is where the next keep-alive comes: right of the end it
comes too late.
"""

from typing import Final

import msgspec

from ftpwatch.core.journal.vocabulary import ClockName
from ftpwatch.core.state.limits import is_outlived
from ftpwatch.core.state.state import ConnectionFacts, HostFacts
from ftpwatch.tui.signs import Signs, bar

__all__ = ["RunningLimit", "gauge", "limit_of", "running_limit"]

_STRIKING: Final = (ClockName.IDLE, ClockName.NO_TRANSFER, ClockName.SESSION, ClockName.PATH)


class RunningLimit(msgspec.Struct, frozen=True):
    """A clock that has run since `began_at`, and its limit where that is known."""

    began_at: float
    limit_seconds: float | None

    def is_outlived(self, now: float) -> bool:
        """It was to strike well before the moment `now`."""
        limit = self.limit_seconds
        return limit is not None and is_outlived(limit, now - self.began_at)


def limit_of(host: HostFacts) -> float | None:
    """The shortest limit of a host, in seconds."""
    known = (host.limit(clock) for clock in _STRIKING)
    return min((limit.limit_seconds for limit in known if limit is not None), default=None)


def running_limit(facts: ConnectionFacts, host: HostFacts) -> RunningLimit | None:
    """The clock that strikes first if nothing is sent; the idle clock where no limit is known.
    None where none runs.
    """
    if facts.ready_at is None or facts.closure is not None:
        return None
    idle_since = facts.last_command_at if facts.last_command_at is not None else facts.ready_at
    began = {
        ClockName.IDLE: idle_since,
        ClockName.PATH: max(idle_since, facts.last_reply_at or 0.0),
        ClockName.NO_TRANSFER: max(
            facts.ready_at, facts.transfer_began_at or 0.0, facts.transfer_ended_at or 0.0
        ),
        ClockName.SESSION: facts.ready_at,
    }
    known = [(clock, limit) for clock in _STRIKING if (limit := host.limit(clock)) is not None]
    running = [RunningLimit(began[clock], limit.limit_seconds) for clock, limit in known]
    strikes = min(running, key=lambda one: one.began_at + (one.limit_seconds or 0.0), default=None)
    return strikes or RunningLimit(idle_since, None)


def gauge(
    running: RunningLimit, now: float, due_at: float | None, width: int, signs: Signs
) -> tuple[str, bool]:
    """`width` columns between two ends and one more for a tick that comes too late, and whether it
    does.
    """
    limit = running.limit_seconds
    if not limit:
        return " " * (width + 3), False
    drawn = bar((now - running.began_at) / limit, width, signs)
    if due_at is None:
        return f"{drawn} ", False
    at = (due_at - running.began_at) / limit
    if at >= 1:
        return f"{drawn}{signs.tick}", True
    place = 1 + max(0, min(width - 1, int(at * width)))
    return f"{drawn[:place]}{signs.tick}{drawn[place + 1 :]} ", False
