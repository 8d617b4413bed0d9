"""What a report says: the five lines, what they rest on, and which ends are asked for."""

import json
from datetime import UTC

import pytest

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.events import ConnectionFailed, EntriesUnreadable, MarkSet, WatchStarted
from ftpwatch.core.journal.vocabulary import Cause, Manner, Role, Stage
from ftpwatch.report import collector as collecting
from ftpwatch.report.explanation import explanation_markdown
from ftpwatch.report.moments import Moments
from ftpwatch.report.tallies import Buckets, Distinct, Tally
from report.told import Told, answer, forms

IDLE = "Idle timeout (300 seconds): closing control connection"


def idles(told: Told, session: str = "eu-1", at: float = 0) -> Told:
    told.ready(at, session, greeting="ProFTPD Server ready.")
    told.says(at + 300, 421, IDLE, session=session).closes(at + 300, 421, session=session)
    return told


def test_five_lines_answer_what_how_often_since_when_why_and_what_to_do() -> None:
    told = idles(idles(Told(), at=0), "eu-2", at=600)
    told.ready(1000, "eu-3").asks(1010, "QUIT", Purpose.QUIT, "eu-3")
    told.says(1010, 221, "Bye", Role.FINAL, "eu-3")
    told.closes(1010, 221, session="eu-3", solicited=True)
    lines = answer(told.report())
    assert lines["what_ended"] == (
        "2 connections cut after the login, in 2 sessions with ftp.example.com:21."
    )
    assert lines["how_often"] == (
        "2 times within 10m, on average every 10m; 1 more end as expected."
    )
    assert lines["since_when"] == (
        "2026-01-01 00:05:00 +0000; the last 2026-01-01 00:15:00 +0000. "
        "Read from 2026-01-01 00:00:00 +0000 to 2026-01-01 00:16:50 +0000."
    )
    assert lines["why"].startswith("Idle limit (certain): No command came")
    assert "Setting: ProFTPD TimeoutIdle." in lines["why"]
    assert lines["what_to_do"].startswith("turn keep-alives on: NOOP every 150 s")
    assert "on the server: raise TimeoutIdle" in lines["what_to_do"]
    assert (lines["cause"], lines["confidence"]) == ("idle_timeout", "certain")


def test_the_cause_is_the_one_of_the_panel() -> None:
    told = idles(Told())
    report = told.report()
    (kept,) = [e for e in told.watch.explanations() if e.explanation.cause is not None]
    assert report.newest[-1].explanation == kept.explanation
    assert kept.explanation.summary in explanation_markdown(kept)


def test_limits_promised_and_observed_stand_side_by_side() -> None:
    (row,) = [row for row in idles(Told()).report().limits if row.clock == "idle"]
    assert (row.stated_seconds, row.shown_least_seconds, row.kept) == (300.0, 300.0, "kept")
    assert row.default is not None and row.default.startswith("TimeoutIdle")


def test_the_letter_can_be_sent_as_it_stands() -> None:
    (letter,) = json.loads(forms(idles(Told()).report())["json"])["for_operators"]
    text = letter["text"]
    assert letter["host"] == "ftp.example.com:21"
    assert text.startswith("Subject: FTP connections to ftp.example.com:21 are cut after the login")
    for words in (
        "1 FTP connection of ours", "at 2026-01-01 00:05:00 UTC", "Account: bob",
        "Coming from: 10.0.0.1", f"your server said: 421 {IDLE}", "idle limit (certain)",
        "raise TimeoutIdle",
    ):  # fmt: skip
        assert words in text
    assert "turn keep-alives on" not in text


def test_three_at_once_are_one_incident() -> None:
    told = Told()
    for name in ("a", "b", "c"):
        told.ready(0, name)
    for number, name in enumerate(("a", "b", "c")):
        told.closes(100 + number / 10, session=name)
    told.happens(200, MarkSet(""), None)
    report = told.report()
    (incident,) = report.incidents
    assert (incident.sessions, incident.cause) == (3, Cause.SERVER_SHUTDOWN)
    assert incident.at is not None and incident.at.astimezone(UTC).minute == 1
    assert "1 incident of several sessions at once" in answer(report)["how_often"]


def test_what_follows_the_stop_of_a_server_is_not_the_answer() -> None:
    told = Told().ready()
    told.says(10, 421, "Server shutting down").closes(10, 421)
    for number in range(4):
        told.opening(20 + number, f"again{number}")
        failed = ConnectionFailed(Stage.CONNECT, "connection refused")
        told.happens(20 + number, failed, f"again{number}")
    report = told.report()
    assert answer(report)["cause"] == "server_shutdown"
    assert {row.cause for row in report.unasked} == {
        Cause.SERVER_SHUTDOWN, Cause.SERVER_UNREACHABLE
    }  # fmt: skip
    assert "4 attempts that came to no connection" in answer(report)["what_ended"]
    assert "Besides: 4 × server not reached" in answer(report)["why"]


def test_where_nothing_ended_or_nothing_is_there_the_five_lines_say_so() -> None:
    lines = answer(Told().report())
    assert lines["what_ended"] == "Nothing: the recording night.ftpwatch is empty."
    assert lines["since_when"] == "Never."
    assert lines["cause"] is None
    lines = answer(Told().ready().report())
    assert lines["what_ended"] == "Nothing ended unexpectedly."
    assert lines["how_often"] == "Never; 1 session, 1 connection opened, 0 normal ends."
    for text in forms(Told().report()).values():
        assert "Nothing" in text


def test_without_times_nothing_pretends_that_there_were() -> None:
    told = idles(Told(timed=False))
    report = told.report()
    assert "has no times" in answer(report)["since_when"]
    assert json.loads(forms(report)["json"])["newest"][0]["at"] is None
    assert "1970" not in forms(report)["md"] and "2026" not in forms(report)["md"]
    assert "at times that are not known" in forms(report)["md"]


def test_the_versions_are_those_of_the_recording() -> None:
    told = Told()
    told.happens(0, WatchStarted("0.9", "3.11.1", "Plan9"), None)
    assert told.collector.seen.started == WatchStarted("0.9", "3.11.1", "Plan9")
    page = forms(told.report())["html"]
    assert "ftpwatch 1.2.3, knowledge of a test" in page


def test_damage_is_counted() -> None:
    told = idles(Told())
    told.happens(400, EntriesUnreadable(7, 9, "torn"), None)
    report = told.report()
    assert report.read.unreadable == 3
    assert "3 entries damaged" in forms(report)["md"]


def reported(filtered: str) -> list[str]:
    told = Told(filtered)
    idles(told, "eu-1", 0)
    told.ready(1000, "us-1").closes(1800, manner=Manner.RESET, session="us-1")
    told.ready(2000, "us-2").says(2060, 421, "Server shutting down", session="us-2")
    told.closes(2060, 421, session="us-2")
    return [row.session for row in told.report().newest]


@pytest.mark.parametrize(
    ("filtered", "sessions"),
    [
        ("", ["eu-1", "us-1", "us-2"]), ("session:eu-*", ["eu-1"]), ("code:421", ["eu-1", "us-2"]),
        ("!code:421", ["us-1"]), ("event:connection_closed", ["eu-1", "us-1", "us-2"]),
        ("cause:idle_timeout", ["eu-1"]), ("!cause:idle_timeout", ["us-1", "us-2"]),
        ("code:421 event:connection_closed", ["eu-1", "us-2"]), ("idle timeout", ["eu-1"]),
        ("host:ftp.example.com", ["eu-1", "us-1", "us-2"]), ("!host:192.0.2.1", []),
        ("host:other", []), ("since:31m", ["us-1", "us-2"]), ("until:00:31", ["eu-1", "us-1"]),
        ("since:00:10 until:00:31", ["us-1"]), ("RST", ["us-1"]),
    ],
)  # fmt: skip
def test_a_filter_chooses_which_ends_are_reported(filtered: str, sessions: list[str]) -> None:
    assert reported(filtered) == sessions


def test_a_million_ends_are_counted_and_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "_TOLD_IN_FULL", 20)
    told = Told()
    for number in range(300):
        idles(told, f"s{number % 7}", number * 400)
    assert len(told.collector._sightings) <= 40
    report = told.report()
    assert (report.ends, report.hit_sessions) == (300, 7)
    assert sum(row.ends for row in report.causes) == 300
    assert len(report.newest) == 20 and len(report.first) == 5
    assert len(report.timeline.buckets) <= 96
    assert sum(sum(b.ends.values()) for b in report.timeline.buckets) == 300
    assert "275 ends between the first and the newest are not listed" in forms(report)["md"]


def test_sessions_that_limits_runs_open_are_no_ends() -> None:
    told = Told()
    told.opened(session="x")
    facts = told.watch.state.sessions["x"].target
    from msgspec.structs import replace

    from ftpwatch.core.journal.events import ConnectionOpened, ConnectionOpening, SessionAdded

    twin = replace(facts, name="x~NOOP", twin=True)
    told.happens(1, SessionAdded(twin), "x~NOOP")
    told.happens(1, ConnectionOpening("ftp.example.com", 21, 1), "x~NOOP")
    told.happens(1, ConnectionOpened("10.0.0.1:4", "192.0.2.1:21"), "x~NOOP")
    told.says(60, 421, IDLE, session="x~NOOP").closes(60, 421, session="x~NOOP")
    assert told.report().ends == 0


def test_counting_is_bounded() -> None:
    distinct = Distinct(2)
    for one in ("a", "b", "a", "c"):
        distinct.add(one)
    assert (len(distinct), distinct.more) == (2, True)
    tally = Tally[str](2)
    for one in ("a", "b", "b", "c"):
        tally.add(one)
    assert (tally.ranked(), tally.others, tally.first()) == ([("b", 2), ("a", 1)], 1, "b")
    buckets = Buckets(4)
    for at in (100.0, 101.0, 103.0, 131.0, 99.0):
        buckets.add(at, "idle_timeout")
    assert buckets.width == 8.0
    assert [(b.start, b.ends["idle_timeout"]) for b in buckets.filled()] == [(100.0, 4), (124.0, 1)]


def test_moments_are_in_the_zone_of_who_reads() -> None:
    from zoneinfo import ZoneInfo

    told = idles(Told()).report()
    assert told.newest[0].at is not None
    assert Moments(ZoneInfo("Asia/Tokyo")).say(told.newest[0].at) == "2026-01-01 09:05:00 +0900"
    assert Moments().say_seconds(1e30) == "-"
