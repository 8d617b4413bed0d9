"""Points in time as people write them: `2h` ago, `02:30`, `yesterday`, `2026-11-21 02:30`, with an
offset or without.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["ACCEPTED_MOMENTS", "parse_moment"]

ACCEPTED_MOMENTS: Final = (
    "2h (ago), 02:30, today, yesterday, 2026-11-21, 2026-11-21T02:30:00 or with an offset, +01:00"
)
_AGO: Final = re.compile(r"(\d{1,7})(s|m|h|d|w)")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_CLOCK: Final = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?")
_EARLIEST, _LATEST = 1970, 9_000


def parse_moment(text: str, now: datetime | None = None) -> datetime:
    """The moment that `text` names, with an offset. `now` is what `2h` and `02:30` count back from;
    its zone is that of times without an offset. Raises ValueError with what is accepted.
    """
    text = text.strip()
    try:
        moment = _relative(text, now) or _absolute(text, now)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or not _EARLIEST < moment.year <= _LATEST:
        raise ValueError(f"is not a moment; write {ACCEPTED_MOMENTS}")
    return moment


def _relative(text: str, now: datetime | None) -> datetime | None:
    """Counted back from `now`; None where it is not written so."""
    if now is None:
        return None
    if match := _AGO.fullmatch(text.lower()):
        return now - timedelta(seconds=int(match[1]) * _SECONDS[match[2]])
    midnight = datetime(now.year, now.month, now.day)
    if text.lower() in ("today", "yesterday"):
        return _placed(midnight - timedelta(days=text.lower() == "yesterday"), now)
    if _CLOCK.fullmatch(text):
        clock = datetime.fromisoformat(f"2000-01-01T{text.zfill(len(text) + (text[1] == ':'))}")
        moment = _placed(datetime.combine(midnight.date(), clock.time()), now)
        if moment > now:
            moment = _placed(datetime.combine(midnight - timedelta(days=1), clock.time()), now)
        return moment
    return None


def _absolute(text: str, now: datetime | None) -> datetime:
    return _placed(datetime.fromisoformat(text.upper()), now)


def _placed(moment: datetime, now: datetime | None) -> datetime:
    """In the zone of `now`, or of this machine, where it names none."""
    if moment.tzinfo is not None:
        return moment
    # A fixed offset is that of one moment; where it is this machine's, that knows those of others.
    is_local = now is None or now.astimezone().tzinfo == now.tzinfo
    return moment.astimezone() if is_local or now is None else moment.replace(tzinfo=now.tzinfo)
