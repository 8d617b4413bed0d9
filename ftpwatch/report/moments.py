"""Moments and lengths of time in words, in the zone of whoever reads."""

from datetime import UTC, datetime, tzinfo
from typing import Final

from ftpwatch.core.counted import noun
from ftpwatch.core.text.phrasing import format_duration

__all__ = ["Moments", "number", "times", "utc_words"]

_UNKNOWN: Final = "at a time that is not known"


class Moments:
    """Says moments in `zone`, None for this machine's."""

    def __init__(self, zone: tzinfo | None = None) -> None:
        self._zone = zone

    def say(self, at: datetime | None) -> str:
        """`2026-11-21 02:31:05 +0100`; a dash where there is none."""
        if at is None:
            return "-"
        try:
            there = at.astimezone(self._zone)
        except (OverflowError, ValueError, OSError):  # a damaged recording may say anything
            there = at
        return f"{there:%Y-%m-%d %H:%M:%S %z}"

    def say_seconds(self, timestamp: float) -> str:
        """The same of seconds since 1970."""
        try:
            return self.say(datetime.fromtimestamp(timestamp, UTC))
        except (OverflowError, ValueError, OSError):
            return "-"


def utc_words(at: datetime | None) -> str:
    """A moment for somebody who may live elsewhere."""
    return _UNKNOWN if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def number(count: int, one: str, many: str = "") -> str:
    """`1 end`, `2 ends`."""
    return f"{count:,} {noun(count, one, many)}"


def times(count: int) -> str:
    """`once`, `3 times`."""
    return "once" if count == 1 else f"{count:,} times"


def lasted(seconds: float) -> str:
    """A length of time, without fractions of a second where it has many seconds."""
    return format_duration(round(seconds) if seconds >= 10 else round(seconds, 1))
