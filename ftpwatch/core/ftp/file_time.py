"""The time of a file as MDTM and MLST give it (RFC 3659 §2.3): UTC, fractions allowed."""

import re
from datetime import UTC, datetime
from typing import Final

__all__ = ["file_time"]

_TIME_VAL: Final = re.compile(r"\s*(\d{14})(?:\.\d{1,9})?\s*", re.ASCII)


def file_time(text: str) -> datetime | None:
    """The moment in `text`; None where it names none."""
    match = _TIME_VAL.fullmatch(text)
    if match is None:
        return None
    try:
        return datetime.strptime(match[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
