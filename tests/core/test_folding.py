"""What is folded, and that nothing is lost by it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.density import BUCKETS, Density
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    AnyEvent,
    ClockJumped,
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    InReplyTo,
    KeepAliveSkipped,
    MarkSet,
    ReconnectScheduled,
    ReplyOverdue,
    ReplyReceived,
)
from ftpwatch.core.journal.folded import FoldedSum
from ftpwatch.core.journal.folding import MOST_KEEP_ALIVES, MOST_OF_A_LOGIN, Folding
from ftpwatch.core.journal.vocabulary import Cause, ClosedBy, Jump, Manner, Role, Stage
from ftpwatch.core.text.matching import is_problem

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


class Told:
    """Entries, and which row stands for each in the end."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.rows: dict[int, int | None] = {}
        self.folding = Folding()
        self._number = 0

    def happens(self, event: AnyEvent, session: str | None = "s") -> "Told":
        seq = len(self.entries) + 1
        at = BEGAN + timedelta(seconds=seq)
        entry = Entry(seq, at, float(seq), session, None if session is None else 1, event)
        self.entries.append(entry)
        self.rows[seq], released = self.folding.add(entry)
        for one in released:
            self.rows[one] = None
        return self

    def asks(self, verb: str, purpose: Purpose, code: int | None, session: str = "s") -> "Told":
        """With the answer, where there is a code."""
        self._number += 1
        self.happens(CommandSent(self._number, verb, None, purpose), session)
        if code is not None:
            asked = InReplyTo(self._number, verb, purpose)
            self.happens(reply(code, Role.FINAL, asked), session)
        return self

    def logs_in(self, session: str = "s") -> "Told":
        self.happens(ConnectionOpening("h", 21, 1), session)
        self.happens(ConnectionOpened("l:1", "p:21"), session)
        self.happens(reply(220, Role.GREETING), session)
        self.asks("USER", Purpose.LOGIN, 331, session).asks("PASS", Purpose.LOGIN, 230, session)
        return self.asks("SYST", Purpose.SETUP, 502, session)

    @property
    def shown(self) -> list[int]:
        return [seq for seq, row in self.rows.items() if row is None]

    def behind(self, head: int) -> list[int]:
        return [seq for seq, row in self.rows.items() if row == head]


def reply(code: int, role: Role = Role.SPONTANEOUS, asked: InReplyTo | None = None) -> AnyEvent:
    return ReplyReceived(code, ("x",), "utf-8", None, 0, role, asked, 0.001 if asked else None)


CLOSED = ConnectionClosed(ClosedBy.SERVER_PI, Manner.FIN, False, 421, 1.0, 2.0)


def test_a_login_is_one_row_with_the_questions_after_it() -> None:
    told = Told().logs_in()
    assert told.shown == [1]
    assert told.behind(1) == list(range(2, 10))


def test_a_login_that_fails_is_seen_whole() -> None:
    told = Told().happens(ConnectionOpening("h", 21, 1)).happens(ConnectionOpened("l:1", "p:21"))
    told.happens(reply(220, Role.GREETING)).asks("USER", Purpose.LOGIN, 331)
    told.asks("PASS", Purpose.LOGIN, 530)
    assert told.shown == list(range(1, 8))


def test_keep_alives_that_are_answered_well_are_one_row_and_others_are_not() -> None:
    told = Told()
    for _ in range(5):
        told.asks("NOOP", Purpose.KEEP_ALIVE, 200)
    assert told.shown == [1]
    told.asks("NOOP", Purpose.KEEP_ALIVE, 421).happens(CLOSED)
    assert told.shown == [1, 11, 12, 13]


def test_a_keep_alive_without_an_answer_is_seen() -> None:
    told = Told().asks("NOOP", Purpose.KEEP_ALIVE, 200).asks("NOOP", Purpose.KEEP_ALIVE, None)
    assert told.shown == [1]
    told.happens(ReplyOverdue(2, "NOOP", Stage.REPLY, 15.0))
    assert told.shown == [1, 3, 4]


def test_what_is_marked_between_keep_alives_stays_between_them() -> None:
    told = Told().asks("NOOP", Purpose.KEEP_ALIVE, 200).asks("NOOP", Purpose.KEEP_ALIVE, 200)
    told.happens(MarkSet("now"), None).asks("NOOP", Purpose.KEEP_ALIVE, 200)
    assert told.shown == [1, 5, 6]


def test_a_listing_that_keeps_alive_is_folded_with_what_prepares_it() -> None:
    told = Told()
    for _ in range(3):
        told.asks("EPSV", Purpose.SETUP, 229).asks("LIST", Purpose.KEEP_ALIVE, 226)
    assert told.shown == [1]
    told.asks("EPSV", Purpose.SETUP, 229).happens(KeepAliveSkipped("no data connection"))
    assert told.shown == [1, 13, 14, 15]


def test_when_it_comes_back_is_told_by_its_end() -> None:
    told = Told().logs_in().happens(reply(421)).happens(CLOSED)
    told.happens(ReconnectScheduled(3.0, 1, Cause.IDLE_TIMEOUT))
    assert told.shown == [1, 10, 11]
    assert told.behind(11) == [12]


STEPS = st.sampled_from([
    "login", "noop", "noop", "noop", "stat", "list", "bad noop", "silent noop", "user", "421",
    "closed", "failed", "back", "mark", "jump", "opening", "overdue",
])  # fmt: skip


def tell(steps: Iterable[tuple[str, str]]) -> Told:
    told = Told()
    events: dict[str, AnyEvent] = {
        "421": reply(421), "closed": CLOSED, "failed": ConnectionFailed(Stage.CONNECT, "refused"),
        "back": ReconnectScheduled(1.0, 2, Cause.UNKNOWN),
        "opening": ConnectionOpening("h", 21, 1), "overdue": ReplyOverdue(1, "X", Stage.REPLY, 9.0),
    }  # fmt: skip
    asked = {
        "noop": ("NOOP", Purpose.KEEP_ALIVE, 200), "stat": ("STAT", Purpose.KEEP_ALIVE, 211),
        "list": ("LIST", Purpose.KEEP_ALIVE, 226), "bad noop": ("NOOP", Purpose.KEEP_ALIVE, 500),
        "silent noop": ("NOOP", Purpose.KEEP_ALIVE, None), "user": ("STOR", Purpose.USER, 226),
    }  # fmt: skip
    for step, session in steps:
        if step == "login":
            told.logs_in(session)
        elif step in asked:
            told.asks(*asked[step], session)
        elif step in ("mark", "jump"):
            told.happens(MarkSet("") if step == "mark" else ClockJumped(9, Jump.SLEEP), None)
        else:
            told.happens(events[step], session)
    return told


@given(st.lists(st.tuples(STEPS, st.sampled_from("abc")), max_size=60))
def test_unfolded_rows_are_exactly_the_entries(steps: list[tuple[str, str]]) -> None:
    told = tell(steps)
    unfolded = [seq for head in told.shown for seq in (head, *told.behind(head))]
    assert sorted(unfolded) == [entry.seq for entry in told.entries]
    for head in told.shown:
        own = told.entries[head - 1]
        behind = [told.entries[seq - 1] for seq in told.behind(head)]
        assert all(one.seq > head and one.session == own.session for one in behind)
        assert not any(is_problem(one) or isinstance(one.event, MarkSet) for one in behind)
        total = FoldedSum(own)
        for one in behind:
            total.add(one)
        value = total.value
        keeps_alive = isinstance(own.event, CommandSent)
        finals = [e for e in behind if getattr(e.event, "role", None) is Role.FINAL]
        expected = len(finals) if keeps_alive else len(behind) + 1
        assert (value is None) == (expected < 2)
        assert value is None or value.rows == expected


@given(
    st.lists(st.tuples(STEPS, st.sampled_from("abc")), max_size=40), st.integers(0, 40)
)  # fmt: skip
def test_what_is_to_come_only_releases(steps: list[tuple[str, str]], cut: int) -> None:
    """Entry by entry: a row that stood for another either goes on doing so, or lets go of it."""
    before, after = tell(steps[:cut]).rows, tell(steps).rows
    assert all(after[seq] in (row, None) for seq, row in before.items())


def test_it_is_bounded() -> None:
    told = Told()
    for _ in range(MOST_KEEP_ALIVES * 2 + 1):
        told.asks("NOOP", Purpose.KEEP_ALIVE, 200)
    assert len(told.shown) == 3
    told = Told().logs_in()
    for _ in range(MOST_OF_A_LOGIN):
        told.asks("FEAT", Purpose.SETUP, 211)
    assert len(told.behind(1)) == MOST_OF_A_LOGIN


@given(st.lists(st.tuples(st.integers(1, 10**9), st.booleans()), max_size=60))
def test_a_density_counts_all_in_few_buckets(found: list[tuple[int, bool]]) -> None:
    density = Density()
    for seq, is_mark in found:
        density.add(seq, is_mark)
    everything = density.among(0, 2**31)
    assert (everything.problems + everything.marks) == len(found)
    assert everything.marks == sum(is_mark for _, is_mark in found)
    assert len(density._buckets) <= BUCKETS
