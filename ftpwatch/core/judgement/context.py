"""What an Advisor is told of a close or refusal: the facts of the connection, its session, its
host, and the moments counted from the trigger. All lengths of time are seconds.
"""

from typing import Final

import msgspec

from ftpwatch.core.journal.events import (
    ConnectionFailed,
    DataConnectionClosed,
    ReplyReceived,
    SourceOpened,
)
from ftpwatch.core.journal.vocabulary import ClockName, Manner, SourceKind
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import ClockLimit, Closure, ConnectionFacts, HostFacts, SessionState

__all__ = ["INCIDENT_SESSIONS", "TOGETHER_SECONDS", "Context", "End"]

TOGETHER_SECONDS: Final = 2.0
INCIDENT_SESSIONS: Final = 3
_AT_ONCE_SECONDS: Final = 0.5


class End(msgspec.Struct, frozen=True):
    """How one session of several ended, as they are compared. `kind` is what the server said or
    did, the same for ends that look the same.
    """

    session: str
    at: float
    kind: str
    idle_seconds: float | None


class Context(msgspec.Struct, frozen=True):
    """The facts to judge by. `reply` is what the server said, `phase` where the session was
    then, `at` the moment counted from; `closure` and `failure` are there once they happened,
    `slept_seconds` where we were away for so long and have heard nothing since. `lives_on`: the
    session answered a command after it. `ends` are all that ended together, this one included,
    where they are an incident; `living` says how many sessions of the host outlived them, and is
    None while that is not known. `source` is where others' sessions are read from, None for ours;
    `phase` is None where a log does not show it, `data` how a data connection failed that is
    explained.
    """

    session: SessionState
    connection: ConnectionFacts
    host: HostFacts
    at: float
    phase: Phase | None
    reply: ReplyReceived | None = None
    closure: Closure | None = None
    failure: ConnectionFailed | None = None
    slept_seconds: float | None = None
    lives_on: bool = False
    ends: tuple[End, ...] = ()
    living: int | None = None
    source: SourceOpened | None = None
    data: DataConnectionClosed | None = None

    @property
    def timed(self) -> bool:
        """Moments and lengths of time are known."""
        return self.source is None or self.source.timed

    @property
    def user(self) -> str:
        """Who holds the session, in a sentence."""
        return "we" if self.source is None else "the client"

    @property
    def burst(self) -> tuple[ReplyReceived, ...]:
        """`reply`, and further announcements that came with it."""
        if self.reply is None:
            return ()
        announcement = self.connection.announcement
        return (
            (self.reply, *announcement.burst)
            if announcement and announcement.reply == self.reply
            else (self.reply,)
        )

    @property
    def idle_seconds(self) -> float | None:
        """Since the last command, or since the connection stood where none was sent.

        A reply that came sooner than the network can answer did not answer the last command:
        then idleness counts from the command before.
        """
        facts = self.connection
        if not self.timed:
            return None
        is_hidden = self.source is not None and self.source.kind is SourceKind.CAPTURE
        if is_hidden and facts.tls is not None:  # commands under TLS are not in a capture
            return self.closure.event.idle_seconds if self.closure is not None else None
        moments = facts.announcement or facts
        since, before = moments.last_command_at, moments.command_before_at
        latency = self.reply.latency_seconds if self.reply else None
        if latency is not None and facts.least_rtt is not None and latency < facts.least_rtt:
            since = before
        since = since if since is not None else facts.opened_at
        return None if since is None else max(0.0, self.at - since)

    @property
    def seconds_since_transfer(self) -> float | None:
        """Since the last transfer ended, or since login where there was none."""
        facts = self.connection
        if not self.timed:
            return None
        since = facts.transfer_ended_at or facts.ready_at
        return None if since is None else max(0.0, self.at - since)

    @property
    def open_seconds(self) -> float | None:
        """Since the control connection stood."""
        opened = self.connection.opened_at if self.timed else None
        return None if opened is None else max(0.0, self.at - opened)

    @property
    def solicited(self) -> bool:
        """We had sent QUIT, and not only to leave after the refusal that is judged here, or while
        the answer to another command was still to come.
        """
        goodbye = self.reply is not None and self.reply.code == 221
        asked = self.reply.in_reply_to if self.reply is not None else None
        refused = asked is not None and asked.verb != "QUIT" and not goodbye
        # Nothing was owed when it came: QUIT was sent after it.
        refused = refused or (self.reply is not None and asked is None and not goodbye)
        return self.connection.quit_sent and not refused and (self.failure is None or goodbye)

    @property
    def unreadable(self) -> str | None:
        """Why we stopped reading and closed, where we did: what came had no end."""
        facts, closure = self.connection, self.closure
        if self.source is not None or closure is None or facts.malformed is None:
            return None
        if not closure.event.by_us:
            return None
        at_once = closure.at - (facts.malformed_at or 0.0) <= _AT_ONCE_SECONDS
        return facts.malformed.problem if at_once and not facts.quit_sent else None

    def limit(self, clock: ClockName) -> ClockLimit | None:
        """What was known best of a clock before: what this end itself taught proves nothing."""
        return self.host.limit(clock, before=self.at)

    @property
    def earlier_silent_gaps(self) -> tuple[float, ...]:
        """Idle times after which this host's connections were cut without a word before."""
        return tuple(
            closure.event.idle_seconds
            for closure in self._earlier
            if closure.event.announced_by is None
            and not closure.event.solicited
            and closure.event.idle_seconds is not None
            and closure.event.manner in (Manner.RESET, Manner.TIMEOUT)
        )

    @property
    def earlier_idle_closes(self) -> tuple[float, ...]:
        """Idle times at which this host closed our sessions before."""
        return tuple(
            closure.event.idle_seconds
            for closure in self._earlier
            if closure.event.announced_by == 421
            and closure.event.idle_seconds is not None
            and closure.phase in (Phase.READY, Phase.LOGIN)
        )

    @property
    def _earlier(self) -> tuple[Closure, ...]:
        """Closes of this host before this one: what struck together struck once."""
        first = min((end.at for end in self.ends), default=self.at)
        before = min(first, self.at) - TOGETHER_SECONDS
        return tuple(closure for closure in self.host.closures if closure.at < before)
