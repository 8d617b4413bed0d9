"""What a limits run found, in words."""

from ftpwatch.core.state.limits import ClockFound, Found

__all__ = ["limits_table", "recommendation"]


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
