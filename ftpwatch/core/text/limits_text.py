"""Limits in words: what a limits run found, what a server promised and what it did."""

from collections.abc import Mapping
from typing import Final

from ftpwatch.core.journal.vocabulary import LimitSource
from ftpwatch.core.state.limits import ClockFound, Found
from ftpwatch.core.state.state import ClockLimit
from ftpwatch.core.text.phrasing import format_duration

__all__ = ["known_by", "limit_words", "limits_table", "promise_kept", "recommendation"]

_KNOWN_BY: Final = {
    LimitSource.MEASURED: "measured",
    LimitSource.OBSERVED: "seen here",
    LimitSource.ADVERTISED: "stated by the server",
    LimitSource.REMEMBERED: "seen in an earlier watch",
    LimitSource.DERIVED: "derived from another limit",
    LimitSource.DEFAULT: "the default of its kind",
}
_NEAR_SECONDS: Final = 2.0
_NEAR_SHARE: Final = 1 / 20


def limits_table(conclusion: Found) -> list[tuple[str, ...]]:
    """Heading and a row for each clock, in words."""
    rows: list[tuple[str, ...]] = [("CLOCK", "LIMIT", "RESET BY", "NOT RESET BY", "SETTING")]
    for clock in conclusion.clocks:
        rows.append(
            (
                clock.clock.replace("_", " "),
                _limit_words(clock),
                ", ".join(clock.reset_by) or "-",
                ", ".join(clock.not_reset_by) or "-",
                clock.directive or "-",
            )
        )
    return rows


def _limit_words(clock: ClockFound) -> str:
    if clock.limit_seconds is None:
        return f"longer than {clock.longer_than_seconds or 0.0:g} s"
    return f"{clock.limit_seconds:g} s ± {clock.plus_minus_seconds or 0.0:g} s"


def recommendation(conclusion: Found) -> str:
    """Which keep-alive to use, or why none will do."""
    if conclusion.recommended is None:
        return f"keep-alive: {conclusion.why}"
    every = f"{conclusion.recommended.command} every {conclusion.recommended.interval_seconds:g} s"
    return f"keep-alive: {every} ({conclusion.why})"


def limit_words(limit: ClockLimit | None) -> str:
    """A limit and how it is known."""
    return "-" if limit is None else f"{format_duration(limit.limit_seconds)} ({limit.source})"


def known_by(source: LimitSource) -> str:
    """How a limit is known, in words."""
    return _KNOWN_BY[source]


def promise_kept(known: Mapping[LimitSource, ClockLimit]) -> str:
    """Whether the server did what it promised of a clock."""
    promised = known.get(LimitSource.ADVERTISED)
    observed = known.get(LimitSource.MEASURED) or known.get(LimitSource.OBSERVED)
    if promised is None or observed is None:
        return "seen, not promised" if observed else "not yet seen" if known else "unknown"
    difference = observed.limit_seconds - promised.limit_seconds
    if abs(difference) <= max(_NEAR_SECONDS, promised.limit_seconds * _NEAR_SHARE):
        return "kept"
    return "closes earlier" if difference < 0 else "closes later"
