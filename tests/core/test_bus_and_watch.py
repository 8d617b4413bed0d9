"""RecordingStatus before shown; one bad subscriber harms no other; fold and explanations."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from engine.memory import FakeClock

from ftpwatch.core.journal.bus import EventBus
from ftpwatch.core.journal.entry import Entry, decode_event, encode_event, entry_line
from ftpwatch.core.journal.events import (
    MarkSet,
    RecordingPaused,
    RecordingResumed,
    ReplyReceived,
    SubscriberDropped,
)
from ftpwatch.core.journal.vocabulary import Role
from ftpwatch.core.judgement.watch import Update, Watch
from ftpwatch.knowledge.advisor import KnowledgeAdvisor


class Turns:
    """A loop whose turns are taken by hand."""

    def __init__(self) -> None:
        self.due: list[Callable[[], None]] = []

    def take(self) -> None:
        while self.due:
            self.due.pop(0)()


class Keeper:
    def __init__(self) -> None:
        self.kept: list[Entry] = []
        self.held: list[Entry] = []
        self.batches = 0
        self.broken = False

    def keep(
        self, take: Callable[[], Sequence[Entry]], done: Callable[[int, str | None], None]
    ) -> None:
        entries = take()
        if self.broken:
            done(0, "the disk is full")
            return
        self.batches += 1
        self.kept += entries
        done(len(entries), None)

    def hold(self, entries: Sequence[Entry]) -> None:
        self.held += entries

    def wait(self, seconds: float) -> None:
        pass


def make() -> tuple[EventBus, Turns, Keeper, FakeClock, list[Entry]]:
    turns, keeper, clock, seen = Turns(), Keeper(), FakeClock(), list[Entry]()
    bus = EventBus(clock, turns.due.append, keeper)
    bus.subscribe("view", seen.append)
    return bus, turns, keeper, clock, seen


def test_entries_are_kept_together_once_a_turn_before_anybody_sees_them() -> None:
    bus, turns, keeper, _, seen = make()
    bus.subscribe("check", lambda entry: seen.remove(entry) if entry not in keeper.kept else None)
    for n in range(3):
        bus.publish(MarkSet(str(n)))
    assert not seen
    turns.take()
    assert keeper.batches == 1
    assert [entry.seq for entry in seen] == [1, 2, 3]


def test_a_subscriber_that_raises_is_dropped_and_that_is_an_event() -> None:
    bus, turns, _, _, seen = make()

    def bad(entry: Entry) -> None:
        raise RuntimeError("oh")

    bus.subscribe("bad", bad)
    bus.publish(MarkSet("a"))
    turns.take()
    bus.publish(MarkSet("b"))
    turns.take()
    assert [type(entry.event) for entry in seen] == [MarkSet, SubscriberDropped, MarkSet]


async def test_recording_pauses_says_so_retries_and_loses_nothing() -> None:
    bus, turns, keeper, clock, seen = make()
    keeper.broken = True
    bus.publish(MarkSet("a"))
    turns.take()
    bus.publish(MarkSet("b"))
    turns.take()
    assert keeper.held == seen
    assert bus.unkept == len(seen)
    keeper.broken = False
    await clock.advance(2)
    bus.publish(MarkSet("c"))
    turns.take()
    assert bus.unkept == 0
    kinds = [type(entry.event) for entry in seen]
    assert kinds.count(RecordingPaused) == kinds.count(RecordingResumed) == 1
    assert [entry.seq for entry in keeper.kept] == [entry.seq for entry in seen]


def test_an_event_comes_back_from_its_json() -> None:
    event = ReplyReceived(421, ("a\x1bb",), "utf-8", b"\xff\x00", 7, Role.FINAL, None, 0.25)
    assert decode_event(encode_event(event)) == event


def test_a_line_of_json_is_printable_ascii_and_splices_the_event() -> None:
    event = ReplyReceived(220, ("Grüße \x9b\u202e😀",), "utf-8", None, 0, Role.GREETING, None, None)
    line = entry_line(Entry(1, datetime(2026, 11, 21, tzinfo=UTC), 0.5, "eu-1", 1, event))
    assert all(" " <= char <= "~" for char in line)
    assert line.startswith(
        '{"v":1,"seq":1,"at":"2026-11-21T00:00:00.000000Z","elapsed_seconds":0.5,'
        '"session":"eu-1","connection":1,"event":"reply_received","code":220,'
    )
    assert r"Gr\u00fc\u00dfe \u009b\u202e\ud83d\ude00" in line


def test_who_unsubscribes_is_told_no_more() -> None:
    watch, told = Watch(KnowledgeAdvisor()), list[Update]()
    leaving = list[Update]()

    def leave_at_once(update: Update) -> None:
        leaving.append(update)
        watch.unsubscribe(leave_at_once)

    watch.subscribe(leave_at_once)
    watch.subscribe(told.append)
    for seq in (1, 2):
        watch.receive(Entry(seq, datetime.now(UTC), float(seq), None, None, MarkSet("x")))
    assert (len(leaving), len(told)) == (1, 2)
