"""Which keep-alive is safe, by what a limits run found. Pure."""

from collections.abc import Sequence
from typing import Final

from ftpwatch.core.journal.vocabulary import ClockName
from ftpwatch.core.state.limits import ClockFound, Recommended
from ftpwatch.finder.conclude import ANY
from ftpwatch.finder.observed import Observed

__all__ = ["recommend"]

_LONGEST_INTERVAL: Final = 300.0
_SHORTEST_INTERVAL: Final = 1.0
_TOO_LITTLE: Final = 10.0
_CHEAPEST_FIRST: Final = ("NOOP", "STAT", "LIST")


def recommend(
    clocks: Sequence[ClockFound], twins: Sequence[Observed]
) -> tuple[Recommended | None, str]:
    """The cheapest keep-alive that is safe, and why; or why there is none."""
    session = next((c for c in clocks if c.clock == ClockName.SESSION and c.limit_seconds), None)
    if session is not None:
        ends = f"{session.limit_seconds:g} s"
        return None, f"none will do: session limit, every session ends after {ends}"
    if not clocks:
        return None, "nothing was measured"
    tried = [t for t in twins if t.verb is not None and t.ready_at is not None]
    if not tried:
        return None, "no command was tried: more test sessions would tell"
    sound = [t.verb for t in tried if t.closed is None and not t.is_refused]
    struck = [clock for clock in clocks if clock.limit_seconds is not None]
    fit = [
        verb for verb in _CHEAPEST_FIRST
        if verb in sound and all(_holds(clock, verb) for clock in struck)
    ]  # fmt: skip
    if not fit:
        return None, "none that was tried is answered well and resets every clock that struck"
    if not struck:
        waited = min((c.longer_than_seconds or 0.0 for c in clocks), default=0.0)
        if waited < _TOO_LITTLE:
            return None, f"no limit struck, and {waited:g} s are too little to tell"
        return Recommended(fit[0], _half(waited)), "no limit struck: half of what was waited"
    smallest = min(clock.limit_seconds or 0.0 for clock in struck)
    if smallest < _SHORTEST_INTERVAL:
        return None, f"a limit of {smallest:g} s is too short for any keep-alive"
    return Recommended(fit[0], _half(smallest)), f"half of the smallest limit, {smallest:g} s"


def _half(seconds: float) -> float:
    return round(max(_SHORTEST_INTERVAL, min(_LONGEST_INTERVAL, seconds / 2)), 1)


def _holds(clock: ClockFound, verb: str) -> bool:
    return verb in clock.reset_by or ANY in clock.reset_by
