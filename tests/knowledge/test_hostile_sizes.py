"""Text of any size, through parser, fold, explanation, words and screen: nothing raises, nothing
takes long.
"""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftpwatch.core.ftp.reply_parser import ReplyParser
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.history import Row
from ftpwatch.core.journal.vocabulary import Role
from ftpwatch.core.text.durations import LONGEST_LIMIT, stated
from ftpwatch.core.text.phrasing import phrase
from ftpwatch.core.text.tone import Tone
from ftpwatch.knowledge.finding import stated_seconds
from ftpwatch.tui.signs import ASCII, UNICODE
from ftpwatch.tui.widgets.row_text import TimeColumn, lines_of
from ftpwatch.wiring.explaining import Asked, explain
from knowledge.contexts import ADVISOR, Tale

UNITS = st.sampled_from(["s", "sec", "seconds", "min", "minutes", "hours", ""])
DIGITS = st.integers(1, 5_000).flatmap(
    lambda n: st.text("0123456789٣४௧", min_size=min(n, 400), max_size=min(n, 400)).map(
        lambda text: (text * (n // len(text) + 1))[:n]
    )
)
WORDS = st.sampled_from(
    ["Timeout (", "No transfer timeout (", "Idle for ", "You will be disconnected after ",
     "Session timeout in seconds is ", "too many connections ", "max ", "\x1b[31m", "[/b]"]
)  # fmt: skip


@st.composite
def hostile_text(draw: st.DrawFn) -> str:
    words, digits, unit = draw(WORDS), draw(DIGITS), draw(UNITS)
    return (f"{words}{digits} {unit} of inactivity." + draw(st.text(max_size=30))) * draw(
        st.sampled_from([1, 1, 1, 50])
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(hostile_text(), st.sampled_from([421, 221, 220, 530, 226, 0, 999]))
def test_hostile_sizes_pass_through_the_whole_way(text: str, code: int) -> None:
    raw = f"{code:03d} {text}\r\n".encode("utf-8", "replace")
    parser = ReplyParser()
    items = [*parser.feed(raw), *parser.finish()]
    lines = tuple(line for item in items for line in getattr(item, "lines", ())) or (text,)
    text = "\n".join(lines)
    tale = Tale().opened().says(0, 220, text, Role.GREETING)
    tale.asks(1, "STAT").says(1.1, 211, text, Role.FINAL)
    tale.says(30, code, text).closes(30.1, code if code in (421, 221) else None)
    for what in ("GREETING", "STAT", "SITE"):
        for limit in ADVISOR.limits_in(what, lines):
            assert 0 < limit.limit_seconds <= LONGEST_LIMIT
    why = tale.told()
    assert why.cause is not None
    assert not (why.limit_seconds or 0) > LONGEST_LIMIT
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for signs in (UNICODE, ASCII):
        event = tale.watch.state.sessions["s"].connection.last_reply  # type: ignore[union-attr]
        assert event is not None
        row = Row(Entry(1, now, 1.0, "s", 1, event))
        for line in lines_of(row, None, time=TimeColumn.WALL, unfold=True, signs=signs):
            assert "\x1b" not in line.body
    assert phrase(Entry(1, now, 1.0, "s", 1, event)).tone in tuple(Tone)


@settings(max_examples=60, deadline=None)
@given(hostile_text(), st.sampled_from(["421 ", "221-", "", "500 OOPS "]))
def test_what_is_pasted_may_be_of_any_size(text: str, before: str) -> None:
    try:
        told = explain(Asked(text=before + text, as_object=True))
    except ValueError as error:
        assert "reply code" in str(error) or "nothing to explain" in str(error)
    else:
        assert told.isascii()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Timeout (300 seconds)", 300.0), ("after 15 minutes", 900.0), ("2 hours", 7200.0),
        (f"Timeout ({'9' * 309} s)", None), (f"Timeout ({'9' * 5_000} s)", None),
        ("Timeout (0 seconds)", None), ("999999999 minutes", None), ("1.5 seconds", None),
    ],
)  # fmt: skip
def test_a_length_that_no_server_means_is_none(text: str, seconds: float | None) -> None:
    assert stated_seconds(text) == seconds


@given(st.text(max_size=20), st.floats(allow_nan=True, allow_infinity=True))
def test_stated_limits_are_believable_or_none(digits: str, unit: float) -> None:
    found = stated(digits, unit)
    assert found is None or 0 < found <= LONGEST_LIMIT


@pytest.mark.usefixtures("timed")
@pytest.mark.parametrize(
    "piece",
    ["9", " ", "\t", "a", "1 ", "(", "closed ", "idle for ", "too many ", "connections from ",
     "maximum number of ", "timeout (", "\n", "é", "server is closing ", "user x ", "1 s 2 m ",
     "zeit", "слишком много ", "пароль", "登录", "1.2.3.4 ", "from a.b.c ", "::", "conection "],
)  # fmt: skip
def test_no_text_makes_a_pattern_wander(piece: str) -> None:
    text = (piece * 70_000)[:70_000]
    tale = Tale().ready(greeting=text)
    tale.asks(1, "NOOP").says(2, 200, text, Role.FINAL)
    began = time.process_time()
    tale.says(30, 421, text).closes(30.1, 421).told()
    assert time.process_time() - began < 1
