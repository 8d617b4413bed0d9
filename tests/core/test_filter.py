"""The filter: what it takes, what it says of the rest, and where."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record.test_record import reply

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import AnyEvent, CommandSent, MarkSet
from ftpwatch.core.journal.filter import Filter, FilterError, Term, code_ranges, parse_filter
from ftpwatch.core.journal.points_in_time import parse_moment
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.text.matching import Circumstances, matches

NOW = datetime(2026, 11, 26, 7, 0, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("NOOP", Term("word", "noop")),
        ("noo*", Term("word", "noo")),
        ("*imeou*", Term("inside", "imeou")),
        ("!noop", Term("word", "noop", inverted=True)),
        ("can't", Term("word", "can't")),
        ('"No transfer"', Term("word", "no transfer")),
        ('!"a:b"', Term("word", "a:b", inverted=True)),
        ("12:30", Term("word", "12:30")),
        ("CODE:4XX", Term("code", "4??")),
        ("code:42?", Term("code", "42?")),
        ("code:4*", Term("code", "4*")),
        ("code:421,500-510", Term("code", "421,500-510")),
        ("Session:eu-*", Term("session", "eu-*")),
        ("session:'my one'", Term("session", "my one")),
        ("host:[::1]:21", Term("host", "::1:21")),
        ("cause:IDLE_timeout", Term("cause", "idle_timeout")),
        ("event:reply_*", Term("event", "reply_*")),
        ("purpose:quit", Term("purpose", "quit")),
        ("since:2h", Term("since", "2026-11-26T04:00:00.000000Z")),
        ("until:02:30", Term("until", "2026-11-26T01:30:00.000000Z")),
        ("since:2026-11-21T02:30+05:00", Term("since", "2026-11-20T21:30:00.000000Z")),
    ],
)
def test_terms(text: str, term: Term) -> None:
    assert parse_filter(text, NOW).terms == (term,)


@pytest.mark.parametrize(
    ("text", "wrong", "words"),
    [
        ("noop code:2", "code:2", "code:4xx"),
        ("code:abc", "code:abc", "code:4xx"),
        ("code:429-421", "code:429-421", "code:420-429"),
        ("code:" + "4" * 150, "code:" + "4" * 150, "not a reply code"),
        ("code:", "code:", "needs a value"),
        ("code:421,", "code:421,", "needs a value"),
        ("a ! b", "!", "!noop"),
        ("x user:bob", "user:bob", 'session:.*"user:bob"'),
        ("cause:idle", "cause:idle", "idle_timeout"),
        ("event:reply", "event:reply", "reply_received"),
        ("purpose:x", "purpose:x", "keep_alive"),
        ("since:99:99 x", "since:99:99", "02:30"),
        ("since:9999999w", "since:9999999w", "02:30"),
        ('noop "never closed', '"never closed', "not closed"),
        ("*", "*", "everything"),
    ],
)
def test_what_is_none_is_refused_where_it_stands(text: str, wrong: str, words: str) -> None:
    with pytest.raises(FilterError, match=words) as caught:
        parse_filter(text, NOW)
    assert text[caught.value.start : caught.value.end] == wrong
    line, marks, problem = caught.value.pointing(text).splitlines()
    assert line[marks.index("^") : marks.rindex("^") + 1] == wrong and problem


def test_times_relative_to_nothing_are_refused() -> None:
    with pytest.raises(FilterError, match="not a moment"):
        parse_filter("since:2h")


@given(st.text(max_size=220))
def test_any_text_is_a_filter_or_refused_within_it(text: str) -> None:
    try:
        wanted = parse_filter(text, NOW)
    except FilterError as error:
        assert 0 <= error.start <= error.end <= max(len(text), 200)
    else:
        assert isinstance(wanted, Filter)


def test_a_clock_time_is_the_last_there_was_in_its_own_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 10, 25, 12, 0, tzinfo=berlin)  # the clock went back this night
    assert parse_moment("23:00", now) == datetime(2026, 10, 24, 23, 0, tzinfo=berlin)
    assert parse_moment("today", now).utcoffset() == timedelta(hours=2)
    assert parse_moment("7:05", now).hour == 7


def test_codes_are_runs() -> None:
    assert code_ranges("4??") == [(400, 499)]
    assert code_ranges("421,220-221,?50") == [
        (150, 150), (220, 221), (250, 250), (350, 350), (421, 421), (450, 450), (550, 550),
        (650, 650),
    ]  # fmt: skip


def entry(event: AnyEvent, session: str | None = "eu-1") -> Entry:
    return Entry(seq=1, at=NOW, elapsed_seconds=1.0, session=session, connection=1, event=event)


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("no", True), ("transf", True), ("ransfer", False), ("*ransfer", True),
        ('"no transfer"', True), ('"no trans"', True), ('"o transfer"', False), ("(300", True),
        ("code:421", True), ("!code:421", False), ("code:4xx,200", True), ("code:2xx", False),
        ("session:eu-*", True), ("session:us-*,eu-?", True), ("host:192.0.2.*", True),
        ("host:198.*", False), ("session:[eu]*", False), ("cause:no_transfer*", True),
        ("!cause:idle_timeout", True),
        ("event:reply_received", True), ("purpose:quit", False), ("since:2h", True),
        ("until:2h", False), ("eu", True), ("since:07:00 until:08:00", False),
    ],
)  # fmt: skip
def test_an_entry_matches_or_not(text: str, hits: bool) -> None:
    told = entry(reply(421, "No transfer timeout (300 seconds)"))
    around = Circumstances(("192.0.2.7",), Cause.NO_TRANSFER_TIMEOUT)
    assert matches(parse_filter(text, NOW), told, around) is hits


def test_purposes_and_marks_match() -> None:
    sent = entry(CommandSent(1, "NOOP", None, Purpose.KEEP_ALIVE))
    assert matches(parse_filter("purpose:keep_alive event:command_sent"), sent)
    assert matches(parse_filter("event:mark_set here"), entry(MarkSet("here"), None))
