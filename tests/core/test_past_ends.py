"""Every end of a watch, as it was known at any moment, and what a filter asks of it."""

from datetime import UTC, datetime

import pytest
from knowledge.contexts import ADVISOR, Tale

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import ConnectionClosed, ConnectionFailed, SessionRemoved
from ftpwatch.core.journal.filter import parse_filter
from ftpwatch.core.journal.vocabulary import Cause, Role, Stage
from ftpwatch.core.judgement.past_ends import PastEnds
from ftpwatch.core.judgement.watch import Update, Watch
from ftpwatch.core.state.past_end import PastEnd
from ftpwatch.core.text.cause_title import cause_title
from ftpwatch.core.text.end_matching import end_test

IDLE = "Idle for 60 seconds, closing."


def summary(ends: PastEnds) -> list[tuple[str, Cause | None, float | None]]:
    return [(end.session, end.cause, end.lived_seconds) for end in ends.all()]


def test_a_close_and_an_attempt_that_failed_are_ends_and_a_421_alone_is_none() -> None:
    tale = Tale()
    ends = PastEnds(tale.watch)
    tale.ready(session="a").says(60, 421, IDLE, session="a")
    assert summary(ends) == []
    tale.closes(60, 421, session="a")
    tale.opening(70, session="b").fails(71, Stage.CONNECT, "connection refused", session="b")
    tale.opened(80, session="c").greets(at=80, session="c")
    tale.fails(81, Stage.LOGIN, "530 no", session="c").closes(82, session="c")
    assert [(name, lived) for name, _, lived in summary(ends)] == [
        ("a", 60), ("b", None), ("c", 2),
    ]  # fmt: skip
    assert [cause for _, cause, _ in summary(ends)][:2] == [
        Cause.IDLE_TIMEOUT, Cause.SERVER_UNREACHABLE,
    ]  # fmt: skip


def test_what_was_known_at_a_moment_holds_no_later_judgement_and_no_later_end() -> None:
    tale = Tale()
    ends = PastEnds(tale.watch)
    for name in "abcd":
        tale.ready(session=name)
    tale.closes(50, session="a")
    alone = tale.watch.state
    for name in "bcd":
        tale.closes(50.1, session=name)
    tale.watch.settle(53)
    tale.asks(60, "NOOP", session="a")
    assert {end.cause for end in ends.all()} == {Cause.SERVER_SHUTDOWN}
    (then,) = ends.at(alone)
    assert then.session == "a" and then.cause is not Cause.SERVER_SHUTDOWN
    assert then.explained is not None and then.explained.incident is None


def test_the_newest_are_kept() -> None:
    tale = Tale()
    ends = PastEnds(tale.watch, most=3)
    tale.ready(session="s")
    for n in range(10):
        tale.closes(100 + 10 * n, session="s")
    assert [end.entry.elapsed_seconds for end in ends.all()] == [170, 180, 190]


def noted(tale: Tale) -> tuple[Tale, list[Entry]]:
    entries: list[Entry] = []

    def note(update: Update) -> None:
        if update.entry is not None:
            entries.append(update.entry)

    tale.watch.subscribe(note)
    return tale, entries


def test_what_happened_before_is_filled_in_and_a_name_used_anew_keeps_its_ends_apart() -> None:
    tale, entries = noted(Tale())
    tale.ready().says(60, 421, IDLE).closes(60, 421)
    tale.happens(61, SessionRemoved())
    tale.ready(70).says(90, 421, "Server shutting down").closes(90, 421)
    tale.opening(100, session="x").fails(101, Stage.CONNECT, "connection refused", session="x")
    tale.opened(110, session="y").greets(at=110, session="y")
    tale.fails(111, Stage.LOGIN, "530 no", session="y").closes(112, session="y")
    tale.watch.settle(200)
    later = Watch(ADVISOR)
    later.restore(tale.watch.state, tale.watch.explanations())
    ends = PastEnds(later)
    assert ends.unread == tale.watch.state.seq and ends.all() == ()
    closes = [e for e in entries if isinstance(e.event, ConnectionClosed | ConnectionFailed)]
    ends.fill(ends.unread, closes)
    assert [(e.session, e.cause) for e in ends.all()][:3] == [
        ("s", Cause.IDLE_TIMEOUT), ("s", Cause.SERVER_SHUTDOWN), ("x", Cause.SERVER_UNREACHABLE),
    ]  # fmt: skip
    assert [(e.session, e.lived_seconds) for e in ends.all()][3:] == [("y", 2)]
    assert ends.unread == 0


def test_a_watch_brought_to_another_moment_begins_anew_and_an_old_answer_is_not_taken() -> None:
    tale, entries = noted(Tale().ready())
    ends = PastEnds(tale.watch)
    tale.closes(50)
    assert len(ends.all()) == 1
    state, unread = tale.watch.state, ends.unread
    tale.watch.restore(state, tale.watch.explanations())
    assert ends.all() == () and ends.unread == state.seq
    ends.fill(unread - 1, entries[-1:])
    assert ends.all() == ()
    ends.fill(ends.unread, entries[-1:])
    assert len(ends.all()) == 1


def an_end() -> PastEnd:
    tale = Tale()
    ends = PastEnds(tale.watch)
    tale.ready(session="eu-1").says(60, 421, IDLE, session="eu-1").closes(60, 421, session="eu-1")
    return ends.all()[0]


@pytest.mark.parametrize(
    "text",
    ["idle", "*dle for*", '"idle limit" !nothing', "eu", "code:421", "code:4xx !code:5xx",
     "session:eu-*", "host:192.0.2.1", "host:ftp.example.com:21", "cause:idle*",
     "event:connection_closed", "since:2025-12-31", "keep", "idle_timeout"],
)  # fmt: skip
def test_an_end_matches(text: str) -> None:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    assert end_test(parse_filter(text, now))(an_end())


@pytest.mark.parametrize(
    "text",
    ["zzz", "!idle", "code:221", "code:5xx", "session:us-*", "cause:kicked", "since:2026-01-02",
     "host:198.51.100.1", "purpose:login", "!session:eu-1"],
)  # fmt: skip
def test_an_end_does_not_match(text: str) -> None:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    assert not end_test(parse_filter(text, now))(an_end())


def test_a_cause_has_a_title_in_words() -> None:
    assert all("_" not in cause_title(cause) for cause in Cause)
    assert cause_title(None) == "not explained"


def test_an_expected_end_is_one_that_we_wanted() -> None:
    tale = Tale()
    ends = PastEnds(tale.watch)
    tale.ready().asks(50, "QUIT", Purpose.QUIT)
    tale.says(50, 221, "Goodbye.", Role.FINAL).closes(50, 221, solicited=True)
    assert [end.is_expected for end in ends.all()] == [True]
    assert not an_end().is_expected


def test_a_watch_that_is_brought_to_another_moment_has_its_ends_to_be_read() -> None:
    there, tale = Tale(), Tale()
    there.ready(session="a").closes(50, session="a")
    ends = PastEnds(tale.watch)
    tale.watch.become(there.watch)
    assert ends.all() == () and ends.unread == there.watch.state.seq
