"""Durations as written: `500ms`, `30s`, `5m`, `2h`, `off`; and as servers state them."""

import re
from typing import Final

__all__ = [
    "ACCEPTED", "LONGEST_LIMIT", "parse_duration", "parse_interval", "stated", "typed_interval",
]  # fmt: skip

ACCEPTED: Final = "500ms, 30s, 5m or 2h"
_WRITTEN: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_LONGEST: Final = 7 * 86_400.0
LONGEST_LIMIT: Final = 30 * 86_400.0
_MOST_DIGITS: Final = 9


def parse_duration(text: str, name: str) -> float:
    """Seconds in `text`; raises ValueError that names the option `name`."""
    match = _WRITTEN.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError(f"{name} {text!r} is not a duration; write {ACCEPTED}")
    seconds = float(match[1]) * _SECONDS[match[2]]
    if not 0 < seconds <= _LONGEST:
        raise ValueError(f"{name} {text!r} is out of range; over 0 and up to 168h are accepted")
    return seconds


def parse_interval(text: str, name: str) -> float | None:
    """Seconds in `text`, None for `off`; raises ValueError that names the option `name`."""
    if text.strip().lower() == "off":
        return None
    try:
        return parse_duration(text, name)
    except ValueError as error:
        raise ValueError(f"{error}, or off") from None


def typed_interval(text: str) -> float | None:
    """As `parse_interval`, of what is typed into a dialog: a number alone is seconds there."""
    text = text.strip()
    return parse_interval(f"{text}s" if _NUMBER.fullmatch(text) else text, "interval")


def stated(digits: str, unit_seconds: float = 1.0) -> float | None:
    """Seconds of a limit that a server states in `digits` of a unit; None where no limit is meant:
    zero, more than 30 days, a number without an end.
    """
    if len(digits) > _MOST_DIGITS or not digits.isdecimal():
        return None
    seconds = int(digits) * unit_seconds
    return seconds if 0 < seconds <= LONGEST_LIMIT else None
