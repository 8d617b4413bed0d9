"""The clocks that run against a session, as far as they are known: by this host, or by its server's
nature; and what resets them.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from ftpwatch.core.state.state import HostFacts
from ftpwatch.knowledge.identify import Identity
from ftpwatch.knowledge.model import ServerClock

__all__ = [
    "CHEAPEST_FIRST", "KEPT_CLOCKS", "RunningClock", "cheapest", "margin", "resets", "running",
]  # fmt: skip

KEPT_CLOCKS: Final = ("idle", "no_transfer", "path")
CHEAPEST_FIRST: Final = ("NOOP", "PWD", "STAT", "LIST")
_ANY: Final = "any command"
_DATA_VERBS: Final = frozenset({"LIST", "NLST", "MLSD", "RETR", "STOR"})


class RunningClock(msgspec.Struct, frozen=True):
    """A limit that a keep-alive must hold against; `source` as in limit_known, or `derived` from
    another clock of this server. `limit_seconds` is None where the server has the clock, but
    nothing tells its limit here.
    """

    clock: str
    limit_seconds: float | None
    source: str
    reset_by: tuple[str, ...] = ()
    row: ServerClock | None = None


def running(host: HostFacts, identity: Identity | None) -> Iterator[RunningClock]:
    """The clocks of this host that commands or transfers can reset, idle first."""
    table = identity.table.clock if identity is not None else ()
    rows: dict[str, ServerClock] = {row.clock: row for row in table}
    idle = host.limit("idle")
    for clock in KEPT_CLOCKS:
        row, known = rows.get(clock), host.limit(clock)
        if known is not None:
            yield RunningClock(clock, known.limit_seconds, known.source, known.reset_by, row)
        elif row is not None and row.idle_times is not None and idle is not None:
            yield RunningClock(clock, idle.limit_seconds * row.idle_times, "derived", (), row)
        elif row is not None and row.default_seconds is not None:
            yield RunningClock(clock, None, "unknown", (), row)


def resets(clock: RunningClock, verb: str) -> bool:
    """Whether `verb` resets it: as measured, by the server's nature, or by the clock's own."""
    if clock.reset_by:
        return verb in clock.reset_by or _ANY in clock.reset_by
    if clock.row is not None:
        if verb in clock.row.not_reset_by:
            return False
        return verb in clock.row.reset_by or _ANY in clock.row.reset_by
    return clock.clock != "no_transfer" or verb in _DATA_VERBS


def cheapest(clock: str, host: HostFacts, identity: Identity | None) -> str:
    """The cheapest command that resets `clock`, as far as this host or its server is known."""
    table = identity.table.clock if identity is not None else ()
    row = next((row for row in table if row.clock == clock), None)
    known = host.limit(clock)
    one = RunningClock(clock, None, "unknown", known.reset_by if known is not None else (), row)
    return next((verb for verb in CHEAPEST_FIRST if resets(one, verb)), CHEAPEST_FIRST[-1])


def margin(limit_seconds: float) -> float:
    """How far beyond a limit a session must live to have outlived it: servers count in whole
    seconds, and some look only now and then.
    """
    return max(1.5, limit_seconds / 20)
