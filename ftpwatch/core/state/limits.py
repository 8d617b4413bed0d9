"""What a limits run measures: its twins while it goes on, and what they show.

Lengths of time are seconds. The finder fills these values, every view shows them.
"""

from typing import Final, Protocol

import msgspec

from ftpwatch.core.journal.entry import ascii_json
from ftpwatch.core.journal.vocabulary import ClockName

__all__ = [
    "ClockFound", "Found", "LimitsRun", "Recommended", "Twin", "found_line", "is_outlived",
    "scale_of",
]  # fmt: skip

_SCALES: Final = (15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 3600.0)


def is_outlived(limit_seconds: float, seconds: float) -> bool:
    """A clock at `seconds` is past its limit by more than servers are late: two seconds, or a
    twentieth of it.
    """
    return seconds - limit_seconds > max(2.0, limit_seconds / 20)


class Twin(msgspec.Struct, frozen=True):
    """One session of the run: `command` None is the silent one. Moments are seconds of the watch;
    `ending` says in words how it ended, `outlived_all` that only we ended it.
    """

    session: str
    command: str | None
    ready_at: float | None = None
    ended_at: float | None = None
    ending: str = ""
    outlived_all: bool = False

    @property
    def lives(self) -> bool:
        """It is logged in and has not ended."""
        return self.ready_at is not None and self.ended_at is None


def scale_of(run: "LimitsRun", now: float) -> float:
    """Seconds that a full bar means: a round time that the longest twin still fits in."""
    lived = [(t.ended_at or now) - t.ready_at for t in run.twins if t.ready_at is not None]
    longest = max(lived, default=0.0) * 1.1
    fits = (step for step in _SCALES if step >= longest)
    return min(next(fits, run.max_wait_seconds), run.max_wait_seconds) or 1.0


class ClockFound(msgspec.Struct, frozen=True):
    """One clock: its limit with error bars, or how long nothing struck. `reset_by` are verbs, or
    `any command`; `path` is something between us and the server.
    """

    clock: ClockName
    limit_seconds: float | None = None
    plus_minus_seconds: float | None = None
    longer_than_seconds: float | None = None
    reset_by: tuple[str, ...] = ()
    not_reset_by: tuple[str, ...] = ()
    directive: str | None = None


class Recommended(msgspec.Struct, frozen=True):
    """The cheapest keep-alive that is safe."""

    command: str
    interval_seconds: float


class Found(msgspec.Struct, frozen=True):
    """The conclusion. `why` explains the recommendation or why there is none; `problem` says what
    cut the run short.
    """

    host: str
    port: int
    server: str | None
    clocks: tuple[ClockFound, ...]
    recommended: Recommended | None
    logins: int
    why: str = ""
    problem: str | None = None


class LimitsRun(Protocol):
    """A run under way or over."""

    @property
    def of(self) -> str:
        """What is measured: a session, or a target as the user named it."""
        ...

    @property
    def twins(self) -> tuple[Twin, ...]:
        """All twins so far, in the order they were opened."""
        ...

    @property
    def max_wait_seconds(self) -> float:
        """How long a twin is waited for at most."""
        ...

    @property
    def found(self) -> Found | None:
        """The conclusion, once there is one."""
        ...

    def stop(self) -> None:
        """End it now; it concludes from what it has seen."""
        ...


def found_line(conclusion: Found) -> str:
    """The object of `limits --format json`."""
    fields = {
        name: getattr(conclusion, name)
        for name in ("host", "port", "server", "clocks", "recommended", "logins")
    }
    return ascii_json(msgspec.json.encode(fields))
