"""Times of logs: zones, dates that are missing, midnights, steps back."""

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ftpwatch.core.journal.events import SourceOpened
from ftpwatch.transcripts.moments import LogTimes
from ftpwatch.transcripts.reading import looked_over
from transcripts.heard import NOW, Heard, heard_log

BERLIN = LogTimes(NOW, ZoneInfo("Europe/Berlin"), "Europe/Berlin")


def first_and_last(heard: Heard) -> tuple[datetime, datetime]:
    return heard.entries[1].at, heard.entries[-1].at


def log(first: str, last: str) -> str:
    return f"{first} ---> NOOP\n{last} <--- 421 Timeout.\n"


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        ("2026-03-01 10:00:00", "2026-03-01T09:00:00+00:00"),
        ("2026-07-01 10:00:00", "2026-07-01T08:00:00+00:00"),
        ("2026-03-01T10:00:00.5Z", "2026-03-01T10:00:00.500000+00:00"),
        ("2026-03-01T10:00:00+0530", "2026-03-01T04:30:00+00:00"),
        ("2026/03/01 10:00:00", "2026-03-01T09:00:00+00:00"),
        ("01.03.2026 10:00:00", "2026-03-01T09:00:00+00:00"),
        ("03/01/2026 10:00:00 PM", "2026-03-01T21:00:00+00:00"),
        ("[01/Mar/2026:10:00:00 +0100]", "2026-03-01T09:00:00+00:00"),
        ("Mar  1 10:00:00 host lftp[1]:", "2026-03-01T09:00:00+00:00"),
        ("Dec 31 10:00:00 host lftp[1]:", "2025-12-31T09:00:00+00:00"),
        ("1772359200.25", "2026-03-01T10:00:00.250000+00:00"),
    ],
)
def test_a_time_is_read_in_its_zone_or_the_one_that_is_given(stamp: str, moment: str) -> None:
    heard = heard_log(f"{stamp} ---> NOOP\n{stamp} <--- 421 Timeout.\n", BERLIN)
    assert heard.entries[-1].at == datetime.fromisoformat(moment)


def test_a_log_without_dates_ends_on_the_day_of_its_file_and_midnights_are_counted() -> None:
    text = log("23:59:00", "00:04:00")
    times = LogTimes(NOW, UTC, "UTC")
    days = looked_over(io.BytesIO(text.encode()), times).days_before
    assert days == 1
    heard = heard_log(text, LogTimes(NOW, UTC, "UTC", days))
    first, last = first_and_last(heard)
    assert last - first == timedelta(minutes=5)
    assert last.date() == NOW.date()


def test_what_is_open_about_the_times_is_said_in_the_evidence() -> None:
    heard = heard_log(
        "09:58:00 <--- 220 (vsFTPd 3.0.3)\n09:58:00 ---> USER bob\n09:58:00 <--- 331 ?\n"
        "09:58:00 ---> PASS x\n09:58:00 <--- 230 Login successful.\n10:03:00 <--- 421 Timeout.\n",
        BERLIN,
    )
    assert heard.end is not None
    evidence = "\n".join(heard.end.evidence)
    assert "300.0 s" in evidence
    assert "Europe/Berlin" in evidence and "the file's date" in evidence


@pytest.mark.parametrize(
    "stamp", ["2026-99-99 10:00:00", "2026-03-01 99:00:00", "9999-01-01 10:00:00"]
)
def test_a_time_that_is_none_is_none(stamp: str) -> None:
    source = heard_log(f"{stamp} ---> NOOP\n{stamp} <--- 421 Timeout.\n").events[0]
    assert isinstance(source, SourceOpened) and not source.timed


def test_a_step_back_never_makes_time_go_back() -> None:
    heard = heard_log(log("2026-03-01 10:00:05", "2026-03-01 10:00:00"))
    elapsed = [entry.elapsed_seconds for entry in heard.entries]
    assert elapsed == sorted(elapsed)


def test_a_number_above_12_tells_for_the_whole_log_which_is_the_day() -> None:
    text = log("12/04/2025 23:58:00", "13/04/2025 00:00:00")
    times = looked_over(io.BytesIO(text.encode()), LogTimes(NOW, UTC, "UTC"))
    first, last = first_and_last(heard_log(text, times))
    assert last - first == timedelta(minutes=2)


def test_dates_that_show_no_day_are_said_to() -> None:
    text = log("04/05/2025 23:58:00", "04/05/2025 23:59:00")
    source = heard_log(text, LogTimes(NOW, UTC, "UTC")).events[0]
    assert isinstance(source, SourceOpened)
    assert any("which number is the day" in note for note in source.notes)


def test_the_hour_that_comes_twice_is_told_by_the_one_before() -> None:
    first, last = first_and_last(
        heard_log(log("2025-10-26 02:55:00", "2025-10-26 02:05:00"), BERLIN)
    )
    assert last - first == timedelta(minutes=10)


def test_a_29_february_is_of_a_year_that_has_one() -> None:
    first, _ = first_and_last(
        heard_log(log("Feb 29 10:00:00 h x:", "Feb 29 10:01:00 h x:"), BERLIN)
    )
    assert (first.year, first.month, first.day) == (2024, 2, 29)
