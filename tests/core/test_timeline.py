"""Sessions on an axis of time: views, lanes, brackets, boxes, density, labels."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from knowledge.contexts import Tale

from ftpwatch.core.bounds import TEN_YEARS
from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.ftp.target import TargetFacts
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    AnyEvent,
    CommandSent,
    ConnectionClosed,
    ConnectionOpened,
    ConnectionOpening,
    DataConnectionClosed,
    InReplyTo,
    LimitKnown,
    ReconnectScheduled,
    ReplyReceived,
    SessionAdded,
)
from ftpwatch.core.journal.stretch import (
    MOST_ENTRIES,
    Buckets,
    Stretch,
    bucket_of,
    in_brief,
    is_drop,
)
from ftpwatch.core.journal.vocabulary import (
    Cause,
    ClockName,
    ClosedBy,
    LimitSource,
    Manner,
    Role,
    Stage,
)
from ftpwatch.core.judgement.past_ends import PastEnds
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.timeline.axis import Anchor, labels_of
from ftpwatch.core.timeline.brackets import seconds_words
from ftpwatch.core.timeline.density import by_host, host_lanes
from ftpwatch.core.timeline.lanes import (
    Box,
    Ends,
    Lane,
    Moment,
    apart,
    boxes_of,
    entries_by_session,
    lane_of,
)
from ftpwatch.core.timeline.marks import Mark, cells_of, mark_of
from ftpwatch.core.timeline.spans import Line
from ftpwatch.core.timeline.telling import end_words, entry_words, line_words
from ftpwatch.core.timeline.view import STEPS, View, fitting, following

NO_TRANSFER = "No transfer timeout (300 seconds): closing control connection"
moments = st.floats(0, TEN_YEARS)
views = st.builds(
    lambda at, step, columns: View(bucket_of(at, STEPS[step]), step, columns),
    moments, st.integers(0, len(STEPS) - 1), st.integers(1, 250),
)  # fmt: skip
TENS = STEPS.index(10.0)


class Seen(Tale):
    """A tale whose entries are read again, as a recording would give them."""

    def __init__(self) -> None:
        super().__init__()
        self.ends, self.entries = PastEnds(self.watch), list[Entry]()
        self.watch.subscribe(self._note)
        self.connection: dict[str, int] = {}

    def _note(self, update: Update) -> None:
        if update.entry is not None:
            self.entries.append(update.entry)

    def happens(self, at: float, event: AnyEvent, session: str = "s") -> None:
        self._seq += 1
        when = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=at)
        number = self.connection.get(session, 1)
        self.watch.receive(Entry(self._seq, when, at, session, number, event))

    def moment(self, view: View, now: float | None = None) -> Moment:
        state = self.watch.state
        entries = [e for e in self.entries if view.since <= e.elapsed_seconds < view.until]
        return Moment(
            view, state, state.at if now is None else now, stretch(view.buckets, entries),
            by_host(state),
        )  # fmt: skip

    def known(self) -> Ends:
        return Ends(self.ends.all())

    def lane(self, view: View, session: str = "s", now: float | None = None) -> Lane:
        moment = self.moment(view, now)
        entries = entries_by_session(moment.stretch).get(session, [])
        return lane_of(session, moment, entries, self.known())


def stretch(buckets: Buckets, entries: Sequence[Entry]) -> Stretch:
    counts, drops = [0] * buckets.count, [0] * buckets.count
    for entry in entries:
        at = buckets.of(entry.elapsed_seconds)
        counts[at] += 1
        drops[at] += is_drop(entry)
    return Stretch(buckets, tuple(entries), tuple(counts), tuple(drops))


def drawn(lane: Lane) -> str:
    """Lines, and the marks over them."""
    lines = {None: " ", Line.CONNECTED: "-", Line.OPENING: ":", Line.WAITING: "~"}
    marks = {Mark.KEEP_ALIVE: ".", Mark.ENDED: "x", Mark.OPENED: "[", Mark.TALK: "|"}
    signs = [lines.get(line, "=") for line in lane.lines]
    for column, cell in lane.cells.items():
        signs[column] = marks.get(cell.mark, "o")
    return "".join(signs).rstrip()


# --- views -------------------------------------------------------------------------------------


@given(moments, st.sampled_from(STEPS))
def test_a_moment_is_in_the_bucket_that_begins_at_it_or_before(at: float, seconds: float) -> None:
    number = bucket_of(at, seconds)
    assert number * seconds <= at < (number + 1) * seconds


@given(views, st.integers(0, 249))
def test_the_first_moment_of_a_column_is_in_it(view: View, column: int) -> None:
    assert view.column(view.moment(column)) == column


@given(moments, st.integers(0, len(STEPS) - 1), st.integers(1, 250))
def test_who_follows_sees_now(now: float, step: int, columns: int) -> None:
    view = following(now, step, columns)
    assert 0 <= view.column(now) < columns
    assert view.first >= 0


@given(views, moments, st.integers(-3, 3), st.integers(-500, 500))
def test_panning_and_zooming_leave_neither_the_start_nor_now(
    view: View, now: float, by: int, columns: int
) -> None:
    for moved in (view.panned(columns, now), view.zoomed(by, view.moment(3), now)):
        assert 0 <= moved.first <= bucket_of(now, moved.seconds)
        assert moved.columns == view.columns


@given(st.integers(100, 10**6), st.integers(5, 20), st.integers(0, 79))
def test_what_is_zoomed_at_keeps_its_column(first: int, step: int, column: int) -> None:
    view = View(first, step, 80)
    at = view.moment(column)
    assert view.zoomed(-1, at, 1e13).column(at) == column


@given(views, moments)
def test_what_is_to_be_shown_is_in_view(view: View, at: float) -> None:
    assert 0 <= view.showing(at).column(at) < view.columns


@given(st.floats(0, TEN_YEARS), st.integers(20, 250))
@example(9.0, 20)
def test_all_of_a_time_fits(seconds: float, columns: int) -> None:
    assert following(seconds, fitting(seconds, columns), columns).first == 0


def test_moments_beyond_all_bounds_are_outside_and_cost_nothing() -> None:
    view = View(0, 0, 80)
    for at in (float("inf"), -float("inf"), 1e300, -1e300):
        assert not 0 <= view.column(at) < 80


# --- lanes -------------------------------------------------------------------------------------


def a_day_at_work() -> Seen:
    """Ready at 0, keep-alives each 30 s, ended by the no-transfer clock at 300, back at 340."""
    tale = Seen()
    tale.ready(greeting="ProFTPD Server ready.", keep_alive=30)
    tale.keeps_alive(30, 290)
    tale.says(300, 421, NO_TRANSFER).closes(300, 421)
    tale.happens(300.5, ReconnectScheduled(40, 1, Cause.NO_TRANSFER_TIMEOUT))
    tale.watch.settle(310)
    return tale


def test_a_lane_has_keep_alives_as_ticks_and_waits_as_spans() -> None:
    lane = a_day_at_work().lane(View(0, TENS, 40))  # 10 s a column
    assert drawn(lane) == "[--.--.--.--.--.--.--.--.--.--x~~~~"


def test_the_limit_that_struck_is_a_bracket_as_long_as_the_limit() -> None:
    lane = a_day_at_work().lane(View(0, TENS, 40))
    (bracket,) = lane.brackets
    assert (bracket.clock, bracket.since, bracket.until) == (ClockName.NO_TRANSFER, 0, 300)
    assert bracket.words[0] == "300 s no transfer" and bracket.struck
    (column,) = lane.ends
    words = end_words(lane.ends[column])
    assert words.startswith("no-transfer limit · certain · 300 s no transfer struck"), words


def test_a_stretch_in_the_middle_knows_what_began_before_and_ends_after() -> None:
    tale = a_day_at_work()
    lane = tale.lane(View(10, TENS, 10))  # 100 s to 200 s
    assert drawn(lane) == "--.--.--.-"
    (bracket,) = lane.brackets
    assert bracket.since < 100 and bracket.until > 200
    nothing = Moment(View(10, TENS, 10), tale.watch.state, 300, None)
    assert drawn(lane_of("s", nothing, [], tale.known())) == "-" * 10


def test_a_clock_that_runs_against_a_known_limit_is_a_bracket_into_the_future() -> None:
    tale = Seen()
    tale.ready()
    tale.happens(0, LimitKnown("192.0.2.1", 21, ClockName.IDLE, 60.0, LimitSource.ADVERTISED))
    tale.asks(20, "NOOP").says(20.1, 200, "ok", Role.FINAL)
    lane = tale.lane(View(0, 9, 100), now=32)
    (bracket,) = lane.brackets
    assert (bracket.since, bracket.until, bracket.runs) == (20, 80, True)
    assert bracket.words[0] == "idle 12 of 60 s"
    words = line_words(lane, 32, tale.moment(View(0, 9, 100), now=32))
    assert words == "s  ready · idle 12 s of 60 s, no transfer 32 s, session 32 s"


def test_transfers_are_spans_by_their_replies_or_their_data_connections() -> None:
    tale = Seen()
    tale.ready()
    tale.asks(10, "RETR", Purpose.USER).says(11, 150, "here", Role.PRELIMINARY)
    tale.says(20, 226, "done", Role.FINAL)
    tale.happens(50, DataConnectionClosed(9, 1, 1, 10.0, ClosedBy.SERVER_PI, Manner.FIN))
    lines = tale.lane(View(0, 9, 100), now=60).lines
    transfers = [at for at, line in enumerate(lines) if line is Line.TRANSFER]
    assert transfers == [*range(10, 21), *range(40, 51)]


def test_a_transfer_whose_command_is_not_in_view_is_as_long_as_its_reply_took() -> None:
    asked = InReplyTo(7, "RETR", Purpose.USER)
    done = ReplyReceived(226, ("done",), "utf-8", None, 0, Role.FINAL, asked, 5.0)
    tale = Seen()
    tale.ready()
    tale.happens(50, done)
    lines = tale.lane(View(30, 9, 40), now=60).lines
    assert [at for at, line in enumerate(lines) if line is Line.TRANSFER] == [*range(15, 21)]


def test_an_end_that_was_wanted_is_none_against_our_will_and_has_no_bracket() -> None:
    tale = Seen()
    tale.ready()
    tale.asks(20, "QUIT", Purpose.QUIT).says(20, 221, "Bye", Role.FINAL)
    tale.closes(20, 221, solicited=True)
    lane = tale.lane(View(0, 9, 60))
    assert lane.cells[20].mark is Mark.CLOSED
    assert lane.brackets == ()


def test_the_most_important_of_a_column_is_shown_and_the_others_are_counted() -> None:
    tale = Seen()
    tale.ready()
    tale.says(0.5, 550, "no", Role.FINAL).asks(0.6, "NOOP")
    lane = tale.lane(View(0, 9, 10))
    cell = lane.cells[0]
    assert cell.mark is Mark.REFUSED and cell.count > 5
    assert entry_words(lane, 0).endswith(f"(+{cell.count - 1} here)")


def test_a_log_without_times_has_no_brackets() -> None:
    tale = a_day_at_work()
    moment = tale.moment(View(0, TENS, 40))
    untimed = [
        Entry(e.seq, e.at, e.elapsed_seconds, e.session, e.connection, e.event, timed=False)
        for e in tale.entries
    ]
    ends = Ends([type(end)(untimed[end.seq - 1], end.hosts, end.told) for end in tale.ends.all()])
    assert lane_of("s", moment, untimed, ends).brackets == ()


def test_brackets_never_overlap_and_the_one_that_struck_stays() -> None:
    tale = Seen()
    tale.ready(greeting="ProFTPD Server ready.").keeps_alive(30, 290)
    tale.says(300, 421, NO_TRANSFER).closes(300, 421)
    tale.connection["s"] = 2
    tale.happens(301, ConnectionOpening("ftp.example.com", 21, 1))
    tale.happens(301, ConnectionOpened("10.0.0.1:4", "192.0.2.1:21"))
    tale.happens(310, ConnectionClosed(ClosedBy.SERVER_PI, Manner.RESET, False, None, 9.0, 9.0))
    brackets = tale.lane(View(0, TENS, 40)).brackets
    assert [(b.since, b.until, b.struck) for b in brackets] == [(0, 300, True), (301, 310, False)]


numbers = st.one_of(st.floats(0, 1e6), st.sampled_from([0.0, TEN_YEARS, 1e-9]))
events = st.one_of(
    st.builds(CommandSent, st.integers(0, 5), st.sampled_from(["NOOP", "RETR"]), st.none(),
              st.sampled_from(Purpose)),
    st.builds(ConnectionClosed, st.sampled_from(ClosedBy), st.sampled_from(Manner), st.booleans(),
              st.none(), numbers, numbers),
    st.builds(ConnectionOpening, st.just("h"), st.just(21), st.just(1)),
    st.builds(ConnectionOpened, st.just("a:1"), st.just("b:21")),
    st.builds(ReconnectScheduled, numbers, st.just(1), st.just(Cause.UNKNOWN)),
    st.builds(DataConnectionClosed, st.integers(0, 5), st.none(), st.none(), numbers, st.none(),
              st.none(), st.none()),
)  # fmt: skip


@given(st.lists(st.tuples(st.floats(0, 1e5), st.integers(0, 3), events), max_size=25), views)
def test_any_entries_make_a_lane_as_wide_as_the_view(
    told: list[tuple[float, int, AnyEvent]], view: View
) -> None:
    tale = Seen()
    facts = TargetFacts("s", "ftp.example.com", 21, "bob", "off", None, "NOOP")
    tale.happens(0, SessionAdded(facts))
    for at, connection, event in sorted(told, key=lambda one: one[0]):
        tale.connection["s"] = connection
        tale.happens(at, event)
    view = View(view.first % 1000, view.step, view.columns)
    lane = tale.lane(view)
    assert len(lane.lines) == view.columns
    assert all(0 <= column < view.columns for column in (*lane.cells, *lane.ends))
    inside = [e for e in tale.entries if 0 <= view.column(e.elapsed_seconds) < view.columns]
    shown = [e for e in inside if mark_of(e.event) is not None]
    assert sum(cell.count for cell in lane.cells.values()) == len(shown)
    assert sum(cell.count for cell in cells_of(shown, view).values()) == len(shown)
    ordered = [(b.since, b.until) for b in lane.brackets]
    assert all(a[1] <= b[0] for a, b in pairwise(ordered))


# --- what belongs together, density ------------------------------------------------------------


def storm(count: int, at: float = 60) -> Seen:
    tale = Seen()
    for n in range(count):
        tale.ready(session=f"s{n}")
    for n in range(count):
        tale.says(at, 421, "Server shutting down", session=f"s{n}")
        tale.closes(at, 421, session=f"s{n}")
    tale.watch.settle(at + 5)
    return tale


def test_ends_of_one_event_are_one_box_around_their_column() -> None:
    tale = storm(30)
    view = View(0, 9, 100)
    (box,) = boxes_of(tale.known(), view, tale.watch.state)
    assert (box.first, box.last, box.total, len(box.sessions)) == (60, 60, 30, 30)
    assert box.cause is Cause.SERVER_SHUTDOWN
    assert boxes_of(tale.known(), View(100, 9, 50), tale.watch.state) == []


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 5), st.integers(3, 99))))
def test_boxes_that_are_framed_never_touch_and_the_largest_is_one(
    boxes: list[tuple[int, int, int]],
) -> None:
    made = [
        Box(n, first, first + wide, frozenset(), total, None)
        for n, (first, wide, total) in enumerate(boxes)
    ]
    framed = apart(made)
    assert all(a.last + 2 < b.first for a, b in pairwise(framed))
    assert max((b.total for b in framed), default=0) == max((b.total for b in made), default=0)


def test_a_host_has_the_entries_and_the_drops_of_its_sessions() -> None:
    tale = storm(5)
    moment = tale.moment(View(0, 9, 100))
    (lane,) = host_lanes(moment.hosts, moment.view, moment.stretch, tale.ends.all())
    assert (lane.host, lane.sessions) == ("192.0.2.1:21", 5)
    assert sum(lane.drops) == lane.drops[60] == 5
    assert sum(lane.counts) == len(tale.entries)


def test_where_some_entries_were_read_they_stand_for_all() -> None:
    tale = storm(4)
    moment = tale.moment(View(0, 9, 100))
    assert moment.stretch is not None
    few = [e for e in tale.entries if e.elapsed_seconds == 60][:2]
    sampled = Stretch(
        moment.view.buckets, tuple(few), tuple(1000 * (at == 60) for at in range(100)), (0,) * 100
    )
    assert sampled.is_sampled
    (lane,) = host_lanes(moment.hosts, moment.view, sampled, ())
    assert sum(lane.counts) == lane.counts[60] == 1000


def test_the_next_end_and_the_one_before_are_found_among_those_in_question() -> None:
    tale = Seen()
    for at, name in ((50, "a"), (60, "b"), (70, "a")):
        tale.happens(at, ConnectionClosed(ClosedBy.SERVER_PI, Manner.FIN, False, None, 1, 1), name)
    ends = tale.known()

    def seq(found: object) -> int:
        return getattr(found, "seq", 0)

    assert [seq(ends.after(at, {"a", "b"})) for at in (0, 50, 51, 71)] == [1, 1, 2, 0]
    assert [seq(ends.before(at, {"a", "b"})) for at in (100, 70, 60, 50)] == [3, 2, 1, 0]
    assert seq(ends.after(51, {"a"})) == 3 and seq(ends.before(70, {"a"})) == 1


# --- the axis ----------------------------------------------------------------------------------


START = datetime(2026, 3, 1, 23, 58, 57, 250_000, UTC)


def test_labels_stand_at_round_times_of_the_wall() -> None:
    labels = labels_of(View(0, 9, 100), Anchor(0.0, START), lambda at: at)
    texts = [label.text for label in labels]
    assert texts == ["23:59:00", "23:59:15", "23:59:30", "23:59:45", "03-02 00:00", "00:00:15"]
    assert labels[0].column == 2  # 2.75 s after the start
    east = timezone(timedelta(hours=5, minutes=30))
    there = labels_of(View(0, 9, 60), Anchor(0.0, START), lambda at: at.astimezone(east))
    assert there[0].text == "05:29:00"


@given(views, st.datetimes(datetime(1970, 1, 2), datetime(8999, 1, 1)))
def test_labels_are_in_view_and_apart_at_any_time(view: View, start: datetime) -> None:
    anchor = Anchor(0.0, start.replace(tzinfo=UTC))
    labels = labels_of(view, anchor, lambda at: at)
    columns = [label.column for label in labels]
    assert all(0 <= c < view.columns for c in columns)
    assert all(b - a >= 11 for a, b in pairwise(columns))
    assert all(c + len(label.text) < view.columns for c, label in zip(columns, labels, strict=True))


def test_a_log_without_times_has_no_labels() -> None:
    assert labels_of(View(0, 9, 100), None, lambda at: at) == []


# --- hostile -----------------------------------------------------------------------------------


def test_what_comes_from_the_wire_is_told_neutralised_and_short() -> None:
    tale = Seen()
    name = "evil\x1b[31m"
    tale.ready(session=name).says(60, 421, "\x1b]0;gone\x07" + "x" * 100_000, session=name)
    tale.closes(60, 421, session=name)
    lane = tale.lane(View(0, 9, 100), name)
    words = entry_words(lane, 60) + line_words(lane, 30, tale.moment(View(0, 9, 100)))
    assert "\x1b" not in words and "\x07" not in words
    (long,) = [
        e for e in tale.entries if isinstance(e.event, ReplyReceived) and e.event.code == 421
    ]
    brief = in_brief(long).event
    assert isinstance(brief, ReplyReceived) and len(brief.lines[0]) == 400


@pytest.mark.parametrize("count", [MOST_ENTRIES])
def test_all_in_one_millisecond_are_one_cell(count: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    sent = CommandSent(1, "NOOP", None, Purpose.KEEP_ALIVE)
    entries = [Entry(n + 1, at, 5.0001, "s", 1, sent) for n in range(count)]
    (cell,) = cells_of(entries, View(0, 0, 100).panned(4990, 5.1)).values()
    assert (cell.count, cell.entry.seq) == (count, count)


def test_a_failed_attempt_is_an_end_that_is_seen() -> None:
    tale = Seen()
    tale.opening(10).fails(12, Stage.CONNECT, "connection refused")
    assert tale.lane(View(0, 9, 30)).cells[12].mark is Mark.ENDED


def test_an_end_that_was_not_read_is_shown_all_the_same_and_one_by_us_is_calm() -> None:
    tale = a_day_at_work()
    view = View(0, TENS, 40)
    keep_alive = [e for e in tale.entries if isinstance(e.event, CommandSent)][-1:]
    sampled = Stretch(view.buckets, tuple(keep_alive), (9,) * 40, (0,) * 40)
    moment = Moment(view, tale.watch.state, 310, sampled)
    lane = lane_of("s", moment, keep_alive, tale.known())
    assert lane.cells[30].mark is Mark.ENDED and not moment.whole
    ours = Seen()
    ours.ready()
    ours.closes(20, by=ClosedBy.USER_PI, manner=Manner.LOCAL)
    assert ours.lane(View(0, 9, 30)).cells[20].mark is Mark.CLOSED


def test_a_connection_does_not_begin_before_it_is_seen_to_open() -> None:
    tale = Seen()
    tale.ready(50)
    tale.happens(60, ConnectionClosed(ClosedBy.SERVER_PI, Manner.FIN, False, None, 1, 60))
    lines = tale.lane(View(0, 9, 80)).lines
    assert [at for at, line in enumerate(lines) if line is not None] == [*range(50, 61)]


@pytest.mark.parametrize("columns", range(60, 200, 7))
def test_all_of_the_time_fills_most_of_the_view(columns: int) -> None:
    nine_hours = 8 * 3600 + 59 * 60
    view = following(nine_hours, fitting(nine_hours, columns), columns)
    assert view.since == 0.0 and nine_hours < view.until < 1.5 * nine_hours


@pytest.mark.parametrize(("seconds", "words"), [(300, "300 s"), (5090, "1h24m"), (28_800, "8h00m")])
def test_long_times_are_read_at_once(seconds: float, words: str) -> None:
    assert seconds_words(seconds) == words
