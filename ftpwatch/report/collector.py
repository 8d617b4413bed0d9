"""Collects what a report says while a Watch folds the entries of a recording, a log, a capture.

Bounded memory, however many entries come: ends are told in full only until others have pushed them
out, then counted in their groups. `take` each entry, let the Watch fold it, and `finish`.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    ConnectionOpened,
    EntriesUnreadable,
    ReplyReceived,
    SessionAdded,
    SourceOpened,
    WatchStarted,
)
from ftpwatch.core.journal.filter import Filter
from ftpwatch.core.judgement.ends import Ends
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import WatchState
from ftpwatch.report.around import Around
from ftpwatch.report.ending import ORDERLY, Ending, Sighting, ending_of, sighted
from ftpwatch.report.groups import Groups
from ftpwatch.report.names import Names
from ftpwatch.report.tallies import OPENED, REFUSED, Buckets, Distinct
from ftpwatch.report.together import Together
from ftpwatch.report.wanted import Wanted

__all__ = ["Collector", "Seen"]

_TOLD_IN_FULL: Final = 5_000
_NEWEST: Final = 20
_FIRST: Final = 5


class Seen(msgspec.Struct):
    """What was read: how much of it, from when to when, and by whom it was written. `sessions` are
    those that were watched, `spanned` those entries that are of the time that is asked about.
    """

    entries: int = 0
    spanned: int = 0
    unreadable: int = 0
    first: Entry | None = None
    last: Entry | None = None
    started: WatchStarted | None = None
    source: SourceOpened | None = None


class Collector:
    """A view of the Watch, and of the entries before it gets them. `place_of` names where an entry
    stands, by the line or packet that it came with.
    """

    def __init__(
        self, wanted: Filter, names: Names, place_of: Callable[[Entry, int], str] = lambda *_: ""
    ) -> None:
        self._wanted, self._names, self._place_of = Wanted(wanted), names, place_of
        self._around = Around()
        self._ends = Ends(self._count, _TOLD_IN_FULL)
        self._sightings: dict[int, Sighting] = {}
        self._place = ""
        self.seen, self.state = Seen(), WatchState()
        self.sessions, self.hit = Distinct(), Distinct()
        self.groups, self.together, self.buckets = Groups(), Together(), Buckets()
        self.went_on = self.opened = 0
        self.first: list[Ending] = []
        self.newest: deque[Ending] = deque(maxlen=_NEWEST)
        self.incidents: set[int] = set()

    def take(self, entry: Entry, line: int = 0) -> None:
        """What `entry` says by itself; before the Watch folds it."""
        seen = self.seen
        seen.entries += 1
        self._place = self._place_of(entry, line)
        self._around.take(entry)
        self._names.take(entry)
        match entry.event:
            case WatchStarted() as started:
                seen.started = seen.started or started
            case SourceOpened() as source:
                seen.source = source
            case EntriesUnreadable(first, last):
                seen.unreadable += max(1, last - first + 1)
            case SessionAdded(target) if not target.twin:
                self.sessions.add(target.name)
        if self._wanted.spans(entry) and not isinstance(entry.event, EntriesUnreadable):
            self._take_spanned(entry)

    def _take_spanned(self, entry: Entry) -> None:
        self.seen.spanned += 1
        self.seen.first = self.seen.first or entry
        self.seen.last = entry
        match entry.event:
            case ConnectionOpened():
                self.opened += 1
                self.buckets.add(_order(entry), OPENED)
            case ReplyReceived() as reply if reply.is_negative:
                self.buckets.add(_order(entry), REFUSED)

    def receive(self, update: Update) -> None:
        """What is explained, anew or as it was."""
        self.state = update.state
        self.together.receive(update)
        for explained in update.explained:
            self._note(explained, explained.by, update.state)
        if update.judgement is not None and update.entry is not None:
            self._note(update.judgement, update.entry, update.state)
        self._ends.receive(update)
        while len(self._sightings) > 2 * _TOLD_IN_FULL:  # those that Ends forgot
            del self._sightings[next(iter(self._sightings))]

    def _note(self, explained: Explained, entry: Entry, state: WatchState) -> None:
        if (entry.session, entry.connection) != (explained.session, explained.connection):
            return
        before = self._sightings.get(explained.of)
        if before is not None and before.closing is not None:
            return
        seen = sighted(entry, state, self._place, before=before)
        session = explained.session
        matched = self._wanted.matched(entry, self._around.hosts(session))
        if before is not None:
            both = zip(before.matched, matched, strict=True)
            matched = tuple(one or other for one, other in both)
        user = seen.user or self._around.user(session)
        self._sightings[explained.of] = msgspec.structs.replace(seen, user=user, matched=matched)

    def _count(self, explained: Explained) -> None:
        """It is told for the last time."""
        seen = self._sightings.pop(explained.of, None)
        if seen is None or seen.is_test:
            return
        why = explained.explanation
        if not self._wanted.accepts(seen.matched, why.cause):
            return
        if why.cause is None:
            self.went_on += 1
            return
        ending = ending_of(explained, seen)
        self.groups.add(ending)
        if why.cause in ORDERLY:
            return
        self.hit.add(explained.session)
        self.buckets.add(seen.order, why.cause.value)
        self.newest.append(ending)
        if len(self.first) < _FIRST:
            self.first.append(ending)
        if explained.incident is not None:
            self.incidents.add(explained.incident)

    def finish(self) -> None:
        """Nothing more comes."""
        for explained in self._ends.all():
            self._count(explained)

    def end_of_time(self) -> datetime | None:
        """The last moment that is known; None where there is none."""
        last = self.seen.last
        return last.at if last is not None and last.timed else None


def _order(entry: Entry) -> float:
    return entry.at.timestamp() if entry.timed else float(entry.seq)
