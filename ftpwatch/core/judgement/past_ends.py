"""Every end of a watch, the newest MOST_PAST_ENDS of them, with how each was explained and when.

What happened before it began to listen, as where a recording is opened at its end, is `unread`:
whoever has the entries gives them to `fill`. Test sessions are there to be closed and left out.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import ConnectionClosed, ConnectionFailed
from ftpwatch.core.judgement.watch import Update, Watch
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.past_end import PastEnd
from ftpwatch.core.state.state import SessionState, WatchState

__all__ = ["MOST_PAST_ENDS", "PastEnds"]

MOST_PAST_ENDS: Final = 5_000


class PastEnds:
    """Subscribes itself to `watch`. `changes` counts what became otherwise."""

    def __init__(self, watch: Watch, most: int = MOST_PAST_ENDS) -> None:
        self._watch, self._most = watch, most
        self.changes = 0
        self._begin()
        watch.subscribe(self._receive, "the table of ends")

    def _begin(self) -> None:
        """From the moment at which the watch stands."""
        self._ends: dict[int, PastEnd] = {}
        self._of: dict[int, int] = {}
        self._origin, self._began = self._watch.origin, self._watch.state
        self._before = self._watch.explanations()
        self.unread = self._began.seq
        self.changes += 1

    def all(self) -> tuple[PastEnd, ...]:
        """In their order, as they are known now."""
        self._keep_up()
        return tuple(self._ends.values())

    def at(self, state: WatchState) -> tuple[PastEnd, ...]:
        """As they were known when `state` was."""
        if state.seq >= self._watch.state.seq:
            return self.all()
        return tuple(end.as_of(state.seq) for end in self.all() if end.seq <= state.seq)

    def fill(self, upto: int, entries: Sequence[Entry]) -> None:
        """Take in ends and failures of before, oldest first, as far as the entry `upto`; nothing
        where the watch has been brought to another moment since that was asked for.
        """
        self._keep_up()
        if upto != self.unread:
            return
        self.unread = 0
        kept = self._began
        sessions = {s.name: s for s in chain(kept.ended.values(), kept.sessions.values())}
        before = _Before(self._before)
        ends: dict[int, PastEnd] = {}
        for entry in entries:
            session = sessions.get(entry.session or "")
            if not _is_twin(session):
                gone, known = before.of(entry)
                ends.pop(gone, None)
                told = () if known is None else ((known.by.seq, known),)
                ends[entry.seq] = PastEnd(entry, _hosts(session), told)
                self._of |= {one.of: entry.seq for _, one in told}
        self._ends = ends | self._ends
        self._before = ()
        self._trim()

    def _keep_up(self) -> None:
        if self._origin is not self._watch.origin:
            self._begin()

    def _receive(self, update: Update) -> None:
        self._keep_up()
        for explained in update.explained:
            self._tell_anew(update.state.seq, explained)
        entry = update.entry
        session = update.state.sessions.get(entry.session or "") if entry is not None else None
        if entry is None or not _ends(entry, session) or _is_twin(session):
            return
        known = update.judgement or self._watch.explanation_at(entry)
        told = () if known is None else ((entry.seq, known),)
        self._ends[entry.seq] = PastEnd(entry, _hosts(session), told)
        self._of |= {one.of: entry.seq for _, one in told}
        self._trim()

    def _tell_anew(self, seq: int, explained: Explained) -> None:
        end = self._ends.get(self._of.get(explained.of, 0))
        if end is not None:
            self._ends[end.seq] = end.told_anew(seq, explained)
            self.changes += 1

    def _trim(self) -> None:
        self.changes += 1
        while len(self._ends) > self._most:
            oldest = self._ends.pop(next(iter(self._ends)))
            for _, explained in oldest.told:
                self._of.pop(explained.of, None)


class _Before:
    """Which explanation was whose, by session and connection; a session that was removed and added
    anew has the numbers of the former again.
    """

    def __init__(self, explanations: Iterable[Explained]) -> None:
        self._by_place: dict[tuple[str, int], list[Explained]] = {}
        for one in sorted(explanations, key=lambda explained: explained.of):
            self._by_place.setdefault((one.session, one.connection), []).append(one)
        self._last: dict[str, Entry] = {}

    def of(self, entry: Entry) -> tuple[int, Explained | None]:
        """The seq of the failure that `entry`, the close after it, takes the place of, or 0; and
        how it is explained.
        """
        last = self._last.get(entry.session or "")
        self._last[entry.session or ""] = entry
        failed = last is not None and isinstance(last.event, ConnectionFailed)
        same = failed and last is not None and last.connection == entry.connection
        gone = last.seq if same and last is not None else 0
        known = self._by_place.get((entry.session or "", entry.connection or 0), [])
        at = bisect_right(known, entry.seq, key=lambda explained: explained.of) - 1
        if at < 0 or (not same and last is not None and known[at].of <= last.seq):
            return gone, None
        return gone, known[at]


def _ends(entry: Entry, session: SessionState | None) -> bool:
    """A close; or an attempt that failed before there was anything to close."""
    match entry.event:
        case ConnectionClosed():
            return True
        case ConnectionFailed():
            facts = session.connection if session is not None else None
            return facts is not None and facts.opened_at is None
        case _:
            return False


def _is_twin(session: SessionState | None) -> bool:
    return session is not None and session.target.twin


def _hosts(session: SessionState | None) -> tuple[str, ...]:
    """The target and the peer, each with its port and without."""
    if session is None:
        return ()
    target, facts = session.target, session.connection
    peer = facts.peer if facts is not None else None
    hosts = [target.host, f"{target.host}:{target.port}"]
    if facts is not None and peer:
        hosts += [peer, peer.rpartition(":")[0]]
    return tuple(dict.fromkeys(host.replace("[", "").replace("]", "").lower() for host in hosts))
