"""What lasted: connections, transfers, waits for a reconnect, as spans of a session.

They follow from what is read of a stretch, from the ends that are known, and from the state; what
began before the stretch, or ends after it, is known by these.
"""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import pairwise

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    DataConnectionClosed,
    DataConnectionOpened,
    InReplyTo,
    ReconnectScheduled,
    ReplyReceived,
)
from ftpwatch.core.journal.vocabulary import Role
from ftpwatch.core.state.past_end import PastEnd
from ftpwatch.core.state.phases import TRANSFER_VERBS, Phase
from ftpwatch.core.state.state import SessionState

__all__ = ["Known", "Line", "Span", "spans_of"]


class Line(IntEnum):
    """What a session is doing; where two are in one column, the greater is shown."""

    CONNECTED = 1
    OPENING = 2
    WAITING = 3
    TRANSFER = 4


class Span(msgspec.Struct, frozen=True):
    """From `since` to `until`, in seconds of the watch."""

    line: Line
    since: float
    until: float


class Known(msgspec.Struct, frozen=True):
    """What is known of one session up to the moment `now`.

    state: None where it is watched no longer
    ends: around the stretch, oldest first
    entries: those of the stretch, oldest first, which goes from `since` to `until`; where it is
    not `whole`, some of them
    """

    state: SessionState | None
    ends: Sequence[PastEnd]
    entries: Sequence[Entry]
    since: float
    until: float
    now: float
    whole: bool = True


def spans_of(known: Known) -> list[Span]:
    """Its spans that reach into the stretch, in no order."""
    spans = [*_ended(known), *_standing(known), *_heard(known), *_waits(known), *_transfers(known)]
    return [s for s in spans if s.until >= known.since and s.since < known.until]


def _ended(known: Known) -> Iterator[Span]:
    """Connections whose end is known, not from before they are seen to open."""
    opened = {
        entry.connection: entry.elapsed_seconds
        for entry in known.entries
        if isinstance(entry.event, ConnectionOpened)
    }
    for end in known.ends:
        lived, at = end.lived_seconds, end.entry.elapsed_seconds
        if lived is not None:
            seen = opened.get(end.entry.connection, 0.0)
            yield Span(Line.CONNECTED, max(seen if seen <= at else 0.0, at - lived), at)


def _standing(known: Known) -> Iterator[Span]:
    """The connection that stands now, or is being opened, and the wait that is under way."""
    state = known.state
    facts = state.connection if state is not None else None
    if state is None or facts is None:
        return
    stands = facts.closure is None and facts.failure is None
    if facts.opened_at is not None and stands:
        yield Span(Line.CONNECTED, facts.opened_at, known.now)
    if facts.ready_at is None and stands:
        yield Span(Line.OPENING, facts.opening_at, known.now)
    if state.phase is Phase.TRANSFER and facts.transfer_began_at is not None:
        yield Span(Line.TRANSFER, facts.transfer_began_at, known.now)
    if state.retry is not None:
        ended = [end.entry.elapsed_seconds for end in known.ends]
        began = facts.closure.at if facts.closure is not None else max(ended, default=known.now)
        yield Span(Line.WAITING, min(began, state.retry.due_at), state.retry.due_at)


def _heard(known: Known) -> Iterator[Span]:
    """Connections of which something is heard in the stretch, as far as that shows."""
    by_connection: dict[int, list[Entry]] = {}
    for entry in known.entries:
        if entry.connection is not None:
            by_connection.setdefault(entry.connection, []).append(entry)
    for entries in by_connection.values():
        opened = [e for e in entries if isinstance(e.event, ConnectionOpened)]
        opening = [e for e in entries if isinstance(e.event, ConnectionOpening)]
        talk = [e for e in entries if isinstance(e.event, CommandSent | ReplyReceived)]
        closed = isinstance(entries[-1].event, ConnectionClosed | ReconnectScheduled)
        if not opened and not talk:
            continue
        first = (opened or opening or talk)[0].elapsed_seconds
        before = not opened and not opening and known.whole
        began = known.since if before else first
        yield Span(Line.CONNECTED, began, _last(entries, closed=closed))
        if opening:
            yield Span(Line.OPENING, opening[0].elapsed_seconds, began)


def _last(entries: Sequence[Entry], *, closed: bool) -> float:
    """The end of a connection, or the last that is heard of it."""
    ends = [e for e in entries if isinstance(e.event, ConnectionClosed)]
    return (ends[-1] if closed and ends else entries[-1]).elapsed_seconds


def _waits(known: Known) -> Iterator[Span]:
    """From an end to the attempt after it; what is planned, no further than that."""
    openings = [e for e in known.entries if isinstance(e.event, ConnectionOpening)]
    ends = {end.seq: end.entry for end in known.ends}
    ends |= {
        e.seq: e for e in known.entries if isinstance(e.event, ConnectionClosed | ConnectionFailed)
    }
    both = sorted([*ends.values(), *openings], key=lambda entry: entry.seq)
    for before, after in pairwise(both) if known.whole else ():
        if isinstance(after.event, ConnectionOpening) and before.seq in ends:
            yield Span(Line.WAITING, before.elapsed_seconds, after.elapsed_seconds)
    for entry in known.entries:
        if isinstance(entry.event, ReconnectScheduled):
            later = (o.elapsed_seconds for o in openings if o.seq > entry.seq)
            due = entry.elapsed_seconds + entry.event.delay_seconds
            yield Span(Line.WAITING, entry.elapsed_seconds, min(due, next(later, due)))


def _transfers(known: Known) -> Iterator[Span]:
    """Data connections where they are seen, else from the command to its final reply."""
    began: dict[tuple[int | None, int], float] = {}
    for entry in known.entries:
        at, event = entry.elapsed_seconds, entry.event
        match event:
            case CommandSent(number=number, verb=verb) if verb in TRANSFER_VERBS:
                began[entry.connection, number] = at
            case DataConnectionOpened(number=number):
                began.setdefault((entry.connection, number), at)
            case DataConnectionClosed(number=number, seconds=seconds):
                start = began.get((entry.connection, number), at - (seconds or 0.0))
                yield Span(Line.TRANSFER, start, at)
            case ReplyReceived(role=Role.FINAL, in_reply_to=InReplyTo(number=number, verb=verb)):
                if verb in TRANSFER_VERBS:
                    asked_at = at - (event.latency_seconds or 0.0)
                    start = began.pop((entry.connection, number), asked_at)
                    yield Span(Line.TRANSFER, start, at)
            case ConnectionClosed():
                for key in [key for key in began if key[0] == entry.connection]:
                    yield Span(Line.TRANSFER, began.pop(key), at)
            case _:
                pass
