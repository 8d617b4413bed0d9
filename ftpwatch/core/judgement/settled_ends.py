"""Ends of connections, told once, when nothing new will be said of them.

An explanation may be revised until two seconds after the close: only then it is known who ended
together. Who counts or alarms hears of an end then, with all that ended on its host meanwhile.
"""

from collections.abc import Callable

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import ConnectionClosed, ConnectionFailed
from ftpwatch.core.journal.vocabulary import Cause, ClosedBy
from ftpwatch.core.judgement.context import TOGETHER_SECONDS
from ftpwatch.core.judgement.incidents import LONGEST_SECONDS, PAUSE_SECONDS
from ftpwatch.core.judgement.watch import Update, Watch
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import HostKey, SessionState, aim_key, host_key

__all__ = ["Ended", "SettledEnds"]


class Ended(msgspec.Struct, frozen=True):
    """A connection that ended, or an attempt that did not come about: by which entry, its session
    at that moment, and how it is explained, None where an error of ours cost that.
    """

    entry: Entry
    session: SessionState
    explained: Explained | None

    @property
    def cause(self) -> Cause:
        """Why, as far as it is known."""
        cause = self.explained.explanation.cause if self.explained is not None else None
        return cause or Cause.UNKNOWN

    @property
    def by(self) -> ClosedBy | None:
        """Who closed; None where nothing had stood."""
        event = self.entry.event
        return event.by if isinstance(event, ConnectionClosed) else None

    @property
    def was_ready(self) -> bool:
        """It had logged in."""
        facts = self.session.connection
        return facts is not None and facts.ready_at is not None


class _Together:
    """Ends of one host, from a first on."""

    def __init__(self, first: Ended) -> None:
        self.ends = [first]
        self.first_at = self.last_at = first.entry.elapsed_seconds

    @property
    def due_at(self) -> float:
        return self.last_at + TOGETHER_SECONDS

    def takes(self, at: float) -> bool:
        since = at - self.first_at
        goes_on = at - self.last_at <= PAUSE_SECONDS and since <= LONGEST_SECONDS
        return since <= TOGETHER_SECONDS or goes_on

    def add(self, ended: Ended) -> None:
        self.ends.append(ended)
        self.last_at = ended.entry.elapsed_seconds


class SettledEnds:
    """Subscribes itself to `watch`. Call `settle` when `settles_at` has come: time may go on
    without entries. Test sessions are left out.
    """

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._hearers: list[Callable[[tuple[Ended, ...]], None]] = []
        # In the order in which they are due, each under an address and the name that it has.
        self._waiting: dict[_Together, set[HostKey]] = {}
        self._open: dict[HostKey, _Together] = {}
        watch.subscribe(self._receive, "settled ends")

    def subscribe(self, hear: Callable[[tuple[Ended, ...]], None]) -> None:
        """`hear` is told what ended together on one host, one or many, each end once."""
        self._hearers.append(hear)

    @property
    def settles_at(self) -> float | None:
        """The moment of the watch at which `settle` has something to do."""
        first = next(iter(self._waiting), None)
        return None if first is None else first.due_at

    def settle(self, now: float) -> None:
        """Tell all of which by the moment `now` nothing new will be said."""
        self._watch.settle(now)
        while (together := next(iter(self._waiting), None)) is not None and together.due_at <= now:
            for key in self._waiting.pop(together):
                if self._open.get(key) is together:
                    del self._open[key]
            ends = tuple(map(self._newest, together.ends))
            for hear in self._hearers:
                hear(ends)

    def _receive(self, update: Update) -> None:
        due, now = self.settles_at, update.state.at
        if due is not None and due <= now:
            self.settle(now)
        entry = update.entry
        session = update.state.sessions.get(entry.session or "") if entry is not None else None
        if entry is None or session is None or session.target.twin or not _ends(entry, session):
            return
        self._add(Ended(entry, session, update.judgement))

    def _add(self, ended: Ended) -> None:
        keys = {host_key(ended.session), aim_key(ended.session)}
        known = (self._open.get(key) for key in sorted(keys))
        at = ended.entry.elapsed_seconds
        together = next((one for one in known if one is not None and one.takes(at)), None)
        if together is not None:
            together.add(ended)
            keys |= self._waiting.pop(together)  # it is due later now
        else:
            together = _Together(ended)
        self._open |= dict.fromkeys(keys, together)
        self._waiting[together] = keys

    def _newest(self, ended: Ended) -> Ended:
        explained = ended.explained
        newest = self._watch.explanation_of(explained.of) if explained is not None else None
        return ended if newest is None else msgspec.structs.replace(ended, explained=newest)


def _ends(entry: Entry, session: SessionState) -> bool:
    """A close; or an attempt that failed before there was anything to close."""
    match entry.event:
        case ConnectionClosed():
            return True
        case ConnectionFailed():
            return session.connection is not None and session.connection.opened_at is None
        case _:
            return False
