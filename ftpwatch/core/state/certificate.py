"""How long a certificate is good for. Pure: what a recording holds may be anything."""

import re
from datetime import UTC, datetime
from typing import Final

__all__ = ["CERTIFICATE_WARNING_DAYS", "days_left", "valid_until"]

CERTIFICATE_WARNING_DAYS: Final = 14
_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
# As OpenSSL writes it (ASN1_TIME_print): `Jan  5 09:34:43 2018 GMT`.
_WRITTEN: Final = re.compile(
    r"([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (\d{4}) GMT", re.ASCII
)


def valid_until(not_after: str) -> datetime | None:
    """The moment that `not_after` names, in UTC; None where it names none."""
    match = _WRITTEN.fullmatch(not_after)
    if match is None or match[1] not in _MONTHS:
        return None
    month, numbers = _MONTHS.index(match[1]) + 1, [int(group) for group in match.groups()[1:]]
    day, hour, minute, second, year = numbers
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def days_left(until: datetime, at: datetime) -> int:
    """Whole days from `at` on; negative once it has ended."""
    return (until - at).days
