"""Times as logs write them, made into moments.

A time without an offset is of the zone that is given, one without a date is counted from the date
of the file, day by day: a step back over midnight is the next day.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final

import msgspec

__all__ = ["LogTimes", "Moments"]

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_BACK: Final = timedelta(hours=12)
_ZONE: Final = re.compile(r"([+-])(\d\d):?(\d\d)?\Z")
_DATE: Final = ("month", "day", "year")
_YEARS: Final = range(1971, 9_000)


class LogTimes(msgspec.Struct, frozen=True):
    """How the times of a log are read: `zone` is that of times without an offset, None for this
    machine's; the log's end is not after the moment `dated`, and it passes `days_before` midnights.
    Of 04/12/2026 the day is the first number where `day_first`, which a 13 in the log shows.
    """

    dated: datetime
    zone: tzinfo | None = None
    zone_name: str = "this machine's zone"
    days_before: int = 0
    day_first: bool | None = None


class Moments:
    """Reads the times of one log, in their order."""

    def __init__(self, times: LogTimes) -> None:
        self._zone, self._dated = times.zone, times.dated
        self._zone_name = times.zone_name
        self._days, self._days_before = 0, times.days_before
        self._last: timedelta | None = None
        self._latest: datetime | None = None
        self._day_first: bool | None = times.day_first
        self.is_ambiguous = False
        self.lacks_date = self.lacks_zone = self.lacks_year = self.is_relative = False

    @property
    def day_first(self) -> bool | None:
        """What a number above 12 has shown."""
        return self._day_first

    @property
    def days(self) -> int:
        """How many midnights were passed in times without a date."""
        return self._days

    def of(self, groups: Mapping[str, str | None]) -> datetime | None:
        """The moment in UTC; None where the numbers are none."""
        try:
            return self._of({name: text for name, text in groups.items() if text})
        except (ValueError, OverflowError):
            return None

    def _of(self, groups: Mapping[str, str]) -> datetime | None:
        if "epoch" in groups:
            return datetime.fromtimestamp(float(groups["epoch"]), UTC)
        if "elapsed" in groups:
            self.is_relative = True
            start = datetime.combine(self._dated.date(), datetime.min.time(), UTC)
            return start + timedelta(seconds=float(groups["elapsed"]))
        if "hour" not in groups:
            return None
        clock = timedelta(
            hours=_hour(int(groups["hour"]), groups.get("half")),
            minutes=int(groups["minute"]),
            seconds=float((groups.get("second") or "0").replace(",", ".")),
        )
        zone = self._zone_of(groups.get("zone"))
        day = self._date(groups, clock)
        naive = datetime.combine(day, datetime.min.time()) + clock
        at = _in_zone(naive, zone)
        if self._latest is not None and at < self._latest:
            later = _in_zone(naive.replace(fold=1), zone)
            at = later if later >= self._latest else at  # clocks were put back
        self._latest = at
        return at

    def _zone_of(self, text: str | None) -> tzinfo | None:
        if text in ("Z", "UTC", "GMT"):
            return UTC
        match = _ZONE.match(text or "")
        if match is None:
            self.lacks_zone = True
            return self._zone
        ahead = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        return timezone(ahead if match[1] == "+" else -ahead)

    def _date(self, groups: Mapping[str, str], clock: timedelta) -> date:
        local = self._dated.astimezone(self._zone)
        if "day" not in groups:
            self.lacks_date = True
            return self._day_of(clock, local)
        day, month = int(groups["day"]), _month(groups["month"])
        if groups["month"].isdigit() and _has_either_first(groups):
            month, day = self._ordered(month, day)
        if "year" in groups:
            year = int(groups["year"])
            year += 2000 if year < 100 else 0
            if year not in _YEARS:
                raise ValueError(year)
            return date(year, month, day)
        self.lacks_year = True
        return _last_such(month, day, local.date() + timedelta(days=1))

    def _ordered(self, first: int, second: int) -> tuple[int, int]:
        """Month and day: a number above 12 tells for the whole log which of the two is first."""
        if max(first, second) > 12:
            self._day_first = first > 12
        else:
            self.is_ambiguous = self.is_ambiguous or self._day_first is None
        return (second, first) if self._day_first else (first, second)

    def _day_of(self, clock: timedelta, local: datetime) -> date:
        if self._last is not None and self._last - clock > _BACK:
            self._days += 1
        self._last = clock
        last = local.date()
        return last - timedelta(days=self._days_before - self._days)

    def notes(self) -> tuple[str, ...]:
        """How the times were read, where they leave something open."""
        notes = []
        if self.is_relative:
            notes.append("its times count from its own start")
        if self.lacks_zone:
            notes.append(f"its times name no offset and are read in {self._zone_name}")
        if self.lacks_date:
            notes.append("its times have no date: the days are counted back from the file's date")
        elif self.is_ambiguous and self._day_first is None:
            notes.append("its dates do not show which number is the day: the second is taken")
        elif self.lacks_year:
            notes.append(
                "its times have no year: they are taken as the last that fit the file's date"
            )
        return tuple(notes)


def _in_zone(naive: datetime, zone: tzinfo | None) -> datetime:
    return (naive.astimezone() if zone is None else naive.replace(tzinfo=zone)).astimezone(UTC)


def _has_either_first(groups: Mapping[str, str]) -> bool:
    """It is written as people write both 12/31/2026 and 31/12/2026."""
    return [name for name in groups if name in _DATE] == list(_DATE)


def _last_such(month: int, day: int, latest: date) -> date:
    """The last day of that name, which a 29 February may not be in most years."""
    for year in range(latest.year, latest.year - 8, -1):
        try:
            if (found := date(year, month, day)) <= latest:
                return found
        except ValueError:
            continue
    raise ValueError(f"{month}-{day}")


def _hour(hour: int, half: str | None) -> int:
    if hour > 23:
        raise ValueError(hour)
    if half is None:
        return hour
    return hour % 12 + (12 if half.lower().startswith("p") else 0)


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS[text[:3].lower()]
