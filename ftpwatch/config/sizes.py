"""Sizes as written, `500KiB`, `64MiB`, `2GiB`, and numbers of days."""

import re
from typing import Final

__all__ = ["ACCEPTED_SIZES", "LEAST_PART", "parse_days", "parse_size"]

ACCEPTED_SIZES: Final = "500KiB, 64MiB or 2GiB"
LEAST_PART: Final = 1024**2
_WRITTEN: Final = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*(k|m|g|t)i?b?", re.IGNORECASE)
_BYTES: Final = {"k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}
_MOST: Final = 1024**5
_DAYS: Final = re.compile(r"(\d{1,5}(?:\.\d{1,6})?)\s*d?", re.IGNORECASE)
_MOST_DAYS: Final = 36_500


def parse_size(text: str, name: str) -> int:
    """Bytes in `text`; raises ValueError that names the option `name`."""
    match = _WRITTEN.fullmatch(text.strip())
    size = round(float(match[1]) * _BYTES[match[2].lower()]) if match is not None else 0
    if not 0 < size <= _MOST:
        raise ValueError(f"{name} {text!r} is not a size; write {ACCEPTED_SIZES}")
    return size


def parse_days(text: str) -> float:
    """Days in `text`, `7` or `7d`; raises ValueError."""
    match = _DAYS.fullmatch(text.strip())
    days = float(match[1]) if match is not None else -1.0
    if not 0 <= days <= _MOST_DAYS:
        raise ValueError(f"--days {text!r} is not a number of days, 0 to {_MOST_DAYS}; write 7")
    return days
