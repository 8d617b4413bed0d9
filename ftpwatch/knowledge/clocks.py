"""The clocks that run against a session, as far as they are known: by this host, or by its server's
nature; and what resets them.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from ftpwatch.core.journal.vocabulary import ClockName, LimitSource
from ftpwatch.core.state.state import ClockLimit, HostFacts
from ftpwatch.knowledge.identify import Identity
from ftpwatch.knowledge.model import ServerClock

__all__ = [
    "CHEAPEST_FIRST", "KEPT_CLOCKS", "RunningClock", "cheapest", "margin", "resets", "running",
]  # fmt: skip

KEPT_CLOCKS: Final = (ClockName.IDLE, ClockName.NO_TRANSFER, ClockName.PATH)
CHEAPEST_FIRST: Final = ("NOOP", "PWD", "STAT", "LIST")
_ANY: Final = "any command"
_DATA_VERBS: Final = frozenset({"LIST", "NLST", "MLSD", "RETR", "STOR"})


class RunningClock(msgspec.Struct, frozen=True):
    """A clock that a keep-alive must hold against, by the `row` of its server where that is
    recognised; `limit` is None where nothing tells it here.
    """

    clock: ClockName
    limit: ClockLimit | None = None
    row: ServerClock | None = None

    @property
    def limit_seconds(self) -> float | None:
        """None where it is not known."""
        return self.limit.limit_seconds if self.limit is not None else None

    @property
    def source(self) -> LimitSource | None:
        """How the limit is known."""
        return self.limit.source if self.limit is not None else None


def running(host: HostFacts, identity: Identity | None) -> Iterator[RunningClock]:
    """The clocks of this host that commands or transfers can reset, idle first."""
    table = identity.table.clock if identity is not None else ()
    rows: dict[ClockName, ServerClock] = {row.clock: row for row in table}
    idle = host.limit(ClockName.IDLE)
    for clock in KEPT_CLOCKS:
        row, known = rows.get(clock), host.limit(clock)
        if known is not None:
            yield RunningClock(clock, known, row)
        elif row is not None and row.idle_times is not None and idle is not None:
            derived = ClockLimit(clock, idle.limit_seconds * row.idle_times, LimitSource.DERIVED)
            yield RunningClock(clock, derived, row)
        elif row is not None and row.default_seconds is not None:
            yield RunningClock(clock, None, row)


def resets(clock: RunningClock, verb: str) -> bool:
    """Whether `verb` resets it: as measured, by the server's nature, or by the clock's own."""
    reset_by = clock.limit.reset_by if clock.limit is not None else ()
    if reset_by:
        return verb in reset_by or _ANY in reset_by
    if clock.row is not None:
        if verb in clock.row.not_reset_by:
            return False
        return verb in clock.row.reset_by or _ANY in clock.row.reset_by
    return clock.clock != ClockName.NO_TRANSFER or verb in _DATA_VERBS


def cheapest(clock: ClockName, host: HostFacts, identity: Identity | None) -> str:
    """The cheapest command that resets `clock`, as far as this host or its server is known."""
    table = identity.table.clock if identity is not None else ()
    row = next((row for row in table if row.clock == clock), None)
    one = RunningClock(clock, host.limit(clock), row)
    return next((verb for verb in CHEAPEST_FIRST if resets(one, verb)), CHEAPEST_FIRST[-1])


def margin(limit_seconds: float) -> float:
    """How far beyond a limit a session must live to have outlived it: servers count in whole
    seconds, and some look only now and then.
    """
    return max(1.5, limit_seconds / 20)
