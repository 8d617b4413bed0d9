"""Ends that belong together: three sessions or more of one host within two seconds, and what
follows them without a pause. Pure.

An incident is judged when it is recognised, and once more when two seconds have passed since its
first end, with all that is known by then. In between an end that looks like one of the others is
told as that one was, so that what 500 ends cost is what their kinds cost.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.judgement.context import INCIDENT_SESSIONS, TOGETHER_SECONDS, Context, End
from ftpwatch.core.state.explanation import Explanation
from ftpwatch.core.state.state import HostKey, Incident, SessionState, aim_key, host_key

__all__ = ["Incidents", "ObservedEnd", "Occurrence", "kind_of_end"]

PAUSE_SECONDS: Final = 0.5
LONGEST_SECONDS: Final = 10.0
_ConnectionKey = tuple[str, int]


class ObservedEnd(msgspec.Struct, frozen=True):
    """An end as it was told: the seq `of` what is explained, by which entry, and its context.
    `closed` where it is the end itself, not yet only what announces it.
    """

    of: int
    by: Entry
    context: Context
    end: End
    closed: bool

    @property
    def connection(self) -> _ConnectionKey:
        """Whose end it is: an announcement and the close after it are one."""
        return self.context.session.name, self.context.connection.number


class Occurrence:
    """Ends of one host within two seconds of the first, or right after one another; a name with
    several addresses is one host.
    """

    def __init__(self, first: ObservedEnd) -> None:
        self._addresses: set[HostKey] = set()
        self._name = aim_key(first.context.session)
        self._observed: dict[_ConnectionKey, ObservedEnd] = {}
        self._sessions: set[str] = set()
        self._closed: set[str] = set()
        self._first_close: ObservedEnd | None = None
        self._before: tuple[int, ...] = ()
        self._first_at = self._last_at = first.end.at
        self.settled = False
        self.cause: Cause | None = None
        self.by_kind: dict[str, Explanation] = {}
        self.add(first)

    @property
    def is_shared(self) -> bool:
        """So many take part that one that looks like another is told as that one was."""
        return len(self._sessions) >= INCIDENT_SESSIONS

    @property
    def is_incident(self) -> bool:
        """So many sessions ended that it is one event."""
        return len(self._closed) >= INCIDENT_SESSIONS

    @property
    def observed(self) -> tuple[ObservedEnd, ...]:
        """All that take part, in their order."""
        return tuple(self._observed.values())

    @property
    def ends(self) -> tuple[End, ...]:
        """How those ended that did."""
        return tuple(observed.end for observed in self._observed.values() if observed.closed)

    @property
    def sessions(self) -> frozenset[str]:
        """Who takes part."""
        return frozenset(self._sessions)

    @property
    def settles_at(self) -> float:
        """When it is known who took part."""
        first = self._first_at if self._first_close is None else self._first_close.end.at
        return first + TOGETHER_SECONDS

    def takes(self, at: float) -> bool:
        """An end at the moment `at` belongs to it."""
        since = at - self._first_at
        goes_on = at - self._last_at <= PAUSE_SECONDS and since <= LONGEST_SECONDS
        return since <= TOGETHER_SECONDS or goes_on

    def add(self, observed: ObservedEnd) -> None:
        """One more; the close of a connection takes the place of what announced it."""
        was_incident = self.is_incident
        if not was_incident:
            self._before = tuple(dict.fromkeys((*self._before, observed.of)))
        self._observed[observed.connection] = observed
        self._addresses.add(host_key(observed.context.session))
        self._sessions.add(observed.end.session)
        self._last_at = max(self._last_at, observed.end.at)
        if observed.closed:
            self._first_close = self._first_close or observed
            self._closed.add(observed.end.session)
        if self.is_incident and not was_incident:
            self.by_kind.clear()  # what was said of one alone is not said of all

    def leave(self, connection: _ConnectionKey) -> None:
        """What was announced did not come: it is no end."""
        if connection in self._observed and not self._observed[connection].closed:
            gone = self._observed.pop(connection)
            if gone.end.session not in self._closed:
                self._sessions.discard(gone.end.session)

    def incident(self, cause: Cause | None) -> Incident | None:
        """As the state keeps it; None while it is none."""
        if self._first_close is None or not self.is_incident:
            return None
        host, port = next(iter(self._addresses)) if len(self._addresses) == 1 else self._name
        return Incident(
            seq=self._first_close.by.seq,
            host=host,
            port=port,
            sessions=len(self._closed),
            first_at=self._first_close.end.at,
            last_at=self._last_at,
            cause=cause,
            before=self._before,
        )


class Incidents:
    """The occurrences under way, by the address and by the name of their host."""

    def __init__(self) -> None:
        self._open: dict[HostKey, Occurrence] = {}

    def of(self, session: SessionState, at: float) -> Occurrence | None:
        """The one that an end of `session` at the moment `at` would be part of."""
        known = (self._open.get(key) for key in _keys(session))
        return next((one for one in known if one is not None and one.takes(at)), None)

    def add(self, observed: ObservedEnd) -> Occurrence:
        """Take one more end in; gives what it is part of."""
        session = observed.context.session
        occurrence = self.of(session, observed.end.at)
        if occurrence is None:
            occurrence = Occurrence(observed)
        else:
            occurrence.add(observed)
        self._open |= dict.fromkeys(_keys(session), occurrence)
        return occurrence

    def settle(self, now: float) -> Iterator[Occurrence]:
        """Those of which is known by `now` who took part, each once; old ones are let go."""
        for key, occurrence in list(self._open.items()):
            if not occurrence.settled and occurrence.settles_at <= now:
                occurrence.settled = True
                yield occurrence
            if occurrence.settled and not occurrence.takes(now):
                del self._open[key]

    @property
    def are_open(self) -> bool:
        """Some are kept: they settle, or are let go, as time goes on."""
        return bool(self._open)

    @property
    def next_at(self) -> float | None:
        """When the next one settles."""
        moments = [o.settles_at for o in self._open.values() if not o.settled]
        return min(moments, default=None)


def _keys(session: SessionState) -> tuple[HostKey, ...]:
    """The address that answered, and the name that was asked for."""
    return tuple(dict.fromkeys((host_key(session), aim_key(session))))


def kind_of_end(context: Context) -> str:
    """What makes ends look alike: the words, or how the connection ended without any."""
    if context.reply is not None:
        return f"{context.phase} {context.reply.code} {context.reply.text}"
    if context.failure is not None and context.closure is None:
        return f"{context.failure.stage} {context.failure.problem}"
    if context.closure is not None:
        return f"{context.phase} {context.closure.event.by} {context.closure.event.manner}"
    return str(context.phase)
