"""What a watch exposes, read back by prometheus_client's own OpenMetrics parser."""

from datetime import UTC, datetime

import pytest
from knowledge.contexts import Tale

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.ftp.target import TargetFacts
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    ConnectionOpening,
    LimitKnown,
    RecordingPaused,
    RecordingResumed,
    SessionAdded,
    SessionRemoved,
    SourceOpened,
)
from ftpwatch.core.journal.vocabulary import ClockName, LimitSource, Role, SourceKind, Stage
from ftpwatch.metrics import counts, unhurried
from metrics.pages import Exposed

HOST = "ftp.example.com:21"


def test_a_session_its_replies_and_its_keep_alives() -> None:
    tale = Tale()
    exposed = Exposed(tale.watch)
    tale.ready(session="eu-1", keep_alive=30).opened(session="eu-2")
    tale.keeps_alive(30, 90, session="eu-1").asks(120, "NOOP", session="eu-1")
    page = exposed.page()
    assert page.value("ftpwatch_session_up", session="eu-1", host=HOST) == 1
    assert page.value("ftpwatch_session_up", session="eu-2") == 0
    assert page.value("ftpwatch_keep_alives_sent_total", session="eu-1") == 4
    assert page.value("ftpwatch_keep_alives_answered_total", session="eu-1") == 3
    assert page.value("ftpwatch_replies_total", **{"class": "2xx"}) == 5
    assert page.value("ftpwatch_replies_total", **{"class": "3xx"}) == 1
    assert page.value("ftpwatch_replies_total", **{"class": "5xx"}) == 0
    assert page.value("ftpwatch_reply_seconds_count", host=HOST) == 5
    assert page.value("ftpwatch_reply_seconds_bucket", host=HOST, le="0.005") == 0
    assert page.value("ftpwatch_reply_seconds_bucket", host=HOST, le="0.01") == 5
    assert page.value("ftpwatch_reply_seconds_sum") == pytest.approx(0.05)
    assert page.value("ftpwatch_reconnects_total", session="eu-1") == 0
    verdicts = {
        sample.labels["ftpwatch_keep_alive_verdict"]: sample.value
        for sample in page.family("ftpwatch_keep_alive_verdict").samples
        if sample.labels["session"] == "eu-1"
    }
    assert set(verdicts) == {"not_yet", "holding", "useless", "refused", "too_slow"}
    assert sum(verdicts.values()) == verdicts["not_yet"] == 1


def test_a_421_that_answers_a_keep_alive_is_no_answer_to_it() -> None:
    tale = Tale()
    exposed = Exposed(tale.watch)
    tale.ready().asks(30, "NOOP").says(30.1, 421, "Timeout.", Role.FINAL)
    page = exposed.page()
    assert page.value("ftpwatch_keep_alives_sent_total") == 1
    assert page.value("ftpwatch_keep_alives_answered_total") == 0


def test_ends_are_counted_once_by_cause_and_closer_when_they_have_settled() -> None:
    tale = Tale()
    exposed = Exposed(tale.watch)
    tale.ready(session="a").says(301, 421, "Timeout.", session="a").closes(301, 421, session="a")
    tale.ready(301.5, session="b").asks(302, "QUIT", Purpose.QUIT, "b")
    tale.says(302, 221, "Bye", Role.FINAL, "b").closes(302, 221, session="b", solicited=True)
    tale.opening(302, "c").fails(302.5, Stage.CONNECT, "refused", "c")
    before = exposed.page()
    assert before.value("ftpwatch_unexpected_ends_total", host=HOST) == 0
    exposed.ends.settle(1000)
    page = exposed.page()
    ends = {
        (sample.labels["cause"], sample.labels["by"]): sample.value
        for sample in page.family("ftpwatch_ends").samples
    }
    assert ends == {
        ("idle_timeout", "server_pi"): 1, ("client_quit", "server_pi"): 1,
        ("server_unreachable", "none"): 1,
    }  # fmt: skip
    assert page.value("ftpwatch_unexpected_ends_total", host=HOST) == 2


def test_limits_promised_and_observed_the_newest_of_each() -> None:
    tale = Tale()
    exposed = Exposed(tale.watch)
    tale.ready()
    for seconds, source in (
        (900.0, LimitSource.ADVERTISED),
        (300.0, LimitSource.ADVERTISED),
        (58.0, LimitSource.OBSERVED),
    ):
        tale.happens(1, LimitKnown("192.0.2.1", 21, ClockName.IDLE, seconds, source))
    page = exposed.page()
    limit = "ftpwatch_limit_seconds"
    assert page.value(limit, host=HOST, clock="idle", source="advertised") == 300
    assert page.value(limit, host=HOST, clock="idle", source="observed") == 58


def test_the_recording_and_what_it_lacks() -> None:
    tale = Tale()
    exposed = Exposed(tale.watch, unkept=7)
    tale.ready().happens(1, RecordingPaused("recording", "disk full"))
    page = exposed.page()
    assert page.value("ftpwatch_recording", ftpwatch_recording="paused") == 1
    assert page.value("ftpwatch_recording", ftpwatch_recording="recording") == 0
    assert page.value("ftpwatch_entries_not_kept") == 7
    tale.happens(2, RecordingResumed("recording", None))
    assert exposed.page().value("ftpwatch_recording", ftpwatch_recording="recording") == 1
    off = Exposed(tale.watch, recorded=False).page()
    assert off.value("ftpwatch_recording", ftpwatch_recording="off") == 1


def test_a_session_removed_goes_away_and_no_counter_goes_back() -> None:
    tale = Tale()
    exposed = Exposed(tale.watch)
    tale.ready().keeps_alive(30, 90)
    tale.happens(91, ConnectionOpening("ftp.example.com", 21, 2))
    before = exposed.page()
    assert before.value("ftpwatch_reconnects_total", session="s") == 1
    tale.happens(100, SessionRemoved())
    assert exposed.page().value("ftpwatch_session_up", session="s") is None
    assert exposed.page().value("ftpwatch_replies_total", **{"class": "2xx"}) is None
    tale.ready(200)
    after = exposed.page()
    assert after.value("ftpwatch_session_up", session="s") == 1
    for name, labels in (
        ("ftpwatch_keep_alives_sent_total", {}), ("ftpwatch_keep_alives_answered_total", {}),
        ("ftpwatch_reconnects_total", {}), ("ftpwatch_reply_seconds_count", {}),
        ("ftpwatch_replies_total", {"class": "2xx"}),
    ):  # fmt: skip
        was, now = before.value(name, **labels), after.value(name, **labels)
        assert was is not None and now is not None and now >= was


def test_what_is_remembered_of_sessions_that_are_gone_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counts, "_FEW", 10)
    tale = Tale()
    exposed = Exposed(tale.watch)
    tale.ready(session="stays").asks(1, "NOOP", session="stays")
    for n in range(100):
        name = f"s{n}"
        facts = TargetFacts(name, f"h{n}", 21, "bob", "off", None, "NOOP")
        tale.happens(n + 2, SessionAdded(facts), name)
        tale.happens(n + 2, ConnectionOpening(f"h{n}", 21, 1), name)
        tale.says(n + 2, 220, "hi", Role.GREETING, name)
        tale.happens(n + 2, SessionRemoved(), name)
    kept = exposed.observer.seen.counts
    assert len(kept.sessions) <= 20 and len(kept.hosts) <= 20
    assert exposed.page().value("ftpwatch_keep_alives_sent_total", session="stays") == 1


NAMES = ['a"b', "a\\b", "a\nb", "größe ✓", "\x1b[31mred", "‮x", "{}=,", "", " ", "x" * 5_000,
         "x" * 4_999 + "y", "\x1b", "␛"]  # fmt: skip


def test_names_of_any_characters_stay_apart_and_are_not_obeyed() -> None:
    tale = Tale()
    exposed = Exposed(tale.watch)
    for n, name in enumerate(NAMES):
        facts = TargetFacts(name, name, 21, "bob", "off", None, "NOOP")
        tale.happens(n, SessionAdded(facts), name)
        tale.happens(n, ConnectionOpening("h", 21, 1), name)
    page = exposed.page()
    labels = [sample.labels for sample in page.family("ftpwatch_session_up").samples]
    assert len({label["session"] for label in labels}) == len(NAMES)
    assert len({label["host"] for label in labels}) == len(NAMES)
    assert all(part.isprintable() for label in labels for part in label.values())
    assert max(len(label["session"]) for label in labels) < 300
    assert not {"\x1b", "‮"} & set(page.text)


def test_test_sessions_are_not_exposed_and_others_by_host_only() -> None:
    tale = Tale()
    exposed = Exposed(tale.watch)
    twin = TargetFacts("t", "h", 21, "bob", "off", None, "NOOP", twin=True)
    tale.happens(0, SessionAdded(twin), "t")
    tale.happens(0, ConnectionOpening("h", 21, 1), "t")
    assert exposed.page().family("ftpwatch_session_up").samples == []
    other = Tale()
    exposed = Exposed(other.watch)
    other.happens(0, SourceOpened(SourceKind.TAP, "x", None, True))
    other.ready()
    page = exposed.page()
    assert "ftpwatch_session_up" not in page.families
    assert page.value("ftpwatch_replies_total", host=HOST, **{"class": "2xx"}) == 2


def test_an_entry_costs_no_more_with_many_sessions() -> None:
    """Counted, not timed: the maps share what they do not change."""
    tale = Tale()
    exposed = Exposed(tale.watch)
    for n in range(300):
        tale.ready(session=f"s{n}")
    before = exposed.observer.seen.counts
    tale.asks(50, "NOOP", session="s7")
    after = exposed.observer.seen.counts
    changed = [name for name in after.sessions if after.sessions[name] is not before.sessions[name]]
    assert changed == ["s7"] and after.hosts is before.hosts


@pytest.mark.long
def test_5000_sessions_are_one_page_that_prometheus_can_take_and_made_with_rests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rests: list[float] = []
    monkeypatch.setattr(unhurried.time, "sleep", rests.append)
    tale = Tale()
    exposed = Exposed(tale.watch)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for n in range(5_000):
        facts = TargetFacts(f"s{n}", "h", 21, "bob", "off", 30.0, "NOOP")
        tale.watch.receive(Entry(n + 1, at, 0.0, f"s{n}", 1, SessionAdded(facts)))
    text = exposed.page().text
    assert text.count("ftpwatch_session_up{") == 5_000
    lines = text.count("\n")
    assert lines < 11 * 5_000 and len(text) < 4_000_000
    assert len(rests) * unhurried.PORTION > lines
    # What Prometheus waits for by itself is 10 s.
    assert 2 * len(rests) * unhurried.REST_SECONDS < 10
