"""What is known of a row: its pair, the clocks at its moment, its certificate's days."""

from datetime import UTC, datetime, timedelta

import pytest
from knowledge.contexts import ADVISOR, Tale

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    CommandSent,
    ConnectionOpening,
    LimitKnown,
    RepliesSkipped,
    SourceOpened,
    TlsEstablished,
)
from ftpwatch.core.journal.vocabulary import ClockName, Role, SourceKind
from ftpwatch.core.judgement.inspection import ClockReading, Inspection, Pair, inspected
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.certificate import days_left, valid_until
from ftpwatch.core.state.state import WatchState
from ftpwatch.core.text.code_digits import digit_words


class Noted(Tale):
    """Keeps each entry with the state after it."""

    def __init__(self) -> None:
        super().__init__()
        self.states: list[tuple[Entry, WatchState]] = []
        self.watch.subscribe(self._note)

    def _note(self, update: Update) -> None:
        if update.entry is not None:
            self.states.append((update.entry, update.state))

    def inspect(self, number: int) -> Inspection:
        """The entry of that number as a row of its own."""
        entry, state = self.states[number]
        is_command = isinstance(entry.event, CommandSent)
        pair = Pair(entry, command=entry) if is_command else Pair(entry)
        explained = self.watch.explanation_at(entry)
        session = state.sessions.get(entry.session or "")
        said = state.host_of(session).said if session is not None else {}
        return inspected(pair, state, explained, ADVISOR.clocks(said))


def clock(inspection: Inspection, name: ClockName) -> ClockReading:
    return next(one for one in inspection.clocks if one.clock is name)


def test_the_clocks_stand_where_they_stood_and_the_one_that_struck_is_marked() -> None:
    tale = Noted()
    tale.ready(0).keeps_alive(30, 290)
    tale.happens(291, LimitKnown("192.0.2.1", 21, ClockName.IDLE, 900, "advertised"))
    tale.says(300, 421, "No transfer timeout (300 seconds): closing control connection")
    tale.closes(300, 421)
    tale.watch.settle(400)
    end = tale.inspect(-1)
    struck = [one for one in end.clocks if one.struck]
    assert [one.clock for one in struck] == [ClockName.NO_TRANSFER]
    assert struck[0].seconds == pytest.approx(300) and struck[0].struck_seconds == 300
    idle = clock(end, ClockName.IDLE)
    assert idle.seconds == pytest.approx(30) and idle.limit is not None
    assert (idle.limit.limit_seconds, idle.struck) == (900, False)
    assert clock(end, ClockName.SESSION).seconds == pytest.approx(300)
    assert not clock(end, ClockName.LOGIN).runs


def test_an_earlier_row_knows_nothing_of_what_came_later() -> None:
    tale = Noted()
    tale.ready(0).keeps_alive(30, 90)
    tale.happens(95, LimitKnown("192.0.2.1", 21, ClockName.IDLE, 900, "advertised"))
    sent = [n for n, (e, _) in enumerate(tale.states) if getattr(e.event, "verb", "") == "NOOP"]
    second = tale.inspect(sent[1])
    idle = clock(second, ClockName.IDLE)
    assert idle.seconds == pytest.approx(30) and idle.limit is None
    assert clock(second, ClockName.NO_TRANSFER).seconds == pytest.approx(60)
    assert second.facts is not None and second.facts.keep_alives_sent == 2


def test_without_times_no_clock_says_how_far_it_is() -> None:
    tale = Noted()
    opened = SourceOpened(SourceKind.LOG, "x.log", "curl", timed=False)
    tale.happens(0, opened, session=None)  # type: ignore[arg-type]
    tale.ready(1).says(2, 421, "Timeout.")
    assert {one.seconds for one in tale.inspect(-1).clocks} == {None}


def test_replies_are_counted_by_code_across_connections_and_those_of_floods() -> None:
    tale = Noted()
    tale.ready(0).keeps_alive(30, 90).says(100, 421, "Timeout.").closes(100, 421)
    tale.happens(110, ConnectionOpening("ftp.example.com", 21, 1))
    tale.greets(at=111)
    tale.happens(120, RepliesSkipped(400, 9_000, 1.0))
    session = tale.inspect(-1).session
    assert session is not None
    assert session.replies == {"200": 3, "220": 2, "230": 1, "331": 1, "421": 1}
    assert session.replies_skipped == 400


def test_the_state_keeps_what_was_agreed_on_of_tls() -> None:
    tale = Noted()
    tale.opened(0, tls="require").greets()
    tale.happens(
        1, TlsEstablished("TLSv1.3", "X", True, "CN=a", "CN=b", "Jan  9 12:00:00 2026 GMT")
    )
    facts = tale.inspect(-1).facts
    assert facts is not None and facts.tls is not None
    known = (facts.tls.cipher, facts.tls.subject, facts.tls.issuer, facts.tls.not_after)
    assert known == ("X", "CN=a", "CN=b", "Jan  9 12:00:00 2026 GMT")


def test_a_keep_alive_ends_a_silence_and_a_421_in_its_place_does_not() -> None:
    for code, role, silence in ((200, Role.FINAL, 30.0), (421, Role.FINAL, 0.01)):
        tale = Noted()
        tale.ready(0).asks(30, "NOOP", Purpose.KEEP_ALIVE).says(30.01, code, "x", role)
        (command, _), (reply, state) = tale.states[-2:]
        shown = inspected(Pair(command, command=command, reply=reply), state, None, ())
        assert clock(shown, ClockName.IDLE).seconds == pytest.approx(silence)


def test_how_long_a_reply_took_is_known_or_is_not() -> None:
    tale = Noted()
    tale.ready(0).asks(30, "NOOP").says(30.5, 200, "x", Role.FINAL)
    (command, _), (reply, _) = tale.states[-2:]
    assert Pair(command, command=command, reply=reply).seconds == 0.01  # as it was measured
    assert Pair(command, command=command).seconds is None


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("Jan  5 09:34:43 2018 GMT", datetime(2018, 1, 5, 9, 34, 43, tzinfo=UTC)),
        ("Dec 31 23:59:59 9999 GMT", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("Feb 30 09:34:43 2018 GMT", None),
        ("Jan  5 09:34:60 2018 GMT", None),
        ("Foo  5 09:34:43 2018 GMT", None),
        ("Jan  5 09:34:43 0000 GMT", None),
        ("Jan  ٥ 09:34:43 2018 GMT", None),
        ("9" * 400, None),
        ("", None),
    ],
)
def test_the_end_of_a_certificate_is_read_or_is_none(text: str, until: datetime | None) -> None:
    assert valid_until(text) == until


def test_days_are_whole_and_counted_from_the_moment_shown() -> None:
    until = datetime(2026, 1, 15, 12, tzinfo=UTC)
    assert days_left(until, until - timedelta(days=14)) == 14
    assert days_left(until, until - timedelta(days=13, hours=23)) == 13
    assert days_left(until, until + timedelta(minutes=1)) == -1


@pytest.mark.parametrize("code", [0, 100, 200, 331, 421, 553, 631, 777, 999])
def test_every_code_has_two_digits_with_a_meaning(code: int) -> None:
    first, second = digit_words(code)
    assert first[0] == f"{code:03d}"[0] + ".." and second[0] == "." + f"{code:03d}"[1] + "."
    assert first[1] and second[1]
