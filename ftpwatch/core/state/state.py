"""What is known of a watch: facts folded from its entries. Frozen; `fold` makes the next one.

Moments are seconds since watch_started, as in the entries. Nothing here is a judgement. What never
refers back to itself, Python's garbage collector need not look at: `gc=False`, here and of events.
One file: what is known, from a command to the whole watch, is read from top to bottom.
"""

from enum import StrEnum, auto
from math import inf
from operator import attrgetter
from typing import Final

import msgspec
from immutables import Map

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.ftp.target import TargetFacts
from ftpwatch.core.journal.events import (
    CheckMade,
    ClockJumped,
    ConnectionClosed,
    ConnectionFailed,
    DataConnectionClosed,
    LimitKnown,
    MalformedReply,
    ReplyReceived,
    SourceOpened,
)
from ftpwatch.core.journal.vocabulary import Cause, ClockName, LimitSource
from ftpwatch.core.state.phases import TRANSFER_VERBS, Phase
from ftpwatch.core.state.verdict import Judged

__all__ = [
    "ANNOUNCING_CODES",
    "DATA_FAILURE_CODES",
    "RTT_KEPT",
    "SOURCES",
    "Announcement",
    "Answer",
    "ClockLimit",
    "Closure",
    "ConnectionFacts",
    "HostFacts",
    "Incident",
    "KeepAliveRefusal",
    "LastReady",
    "OwedReply",
    "PlannedReconnect",
    "RecordingStatus",
    "SessionState",
    "Tls",
    "WatchState",
    "aim_key",
]  # fmt: skip

ANNOUNCING_CODES: Final = frozenset({421, 221})
DATA_FAILURE_CODES: Final = frozenset({425, 426})
PASSIVE_CODES: Final = frozenset({227, 229})
_AROUND_TRANSFERS: Final = TRANSFER_VERBS | {
    "PASV", "EPSV", "PORT", "EPRT", "TYPE", "REST", "ABOR", "NOOP", "QUIT",
}  # fmt: skip
RTT_KEPT: Final = 60
SOURCES: Final = tuple(LimitSource)
CLOSURES_KEPT: Final = 50
RECENT_CLOSURES_KEPT: Final = 2_000
LIMITS_KEPT: Final = 4
ENDED_KEPT: Final = 50
RECENT_SECONDS: Final = 10.0
HostKey = tuple[str, int]


class OwedReply(msgspec.Struct, frozen=True, gc=False):
    """A command that waits for its final reply."""

    number: int
    verb: str
    purpose: Purpose
    sent_at: float


class KeepAliveRefusal(msgspec.Struct, frozen=True, gc=False):
    """The keep-alive `command` was refused with a 5xx to `verb`, `times` in a row; a listing is
    refused where PASV is.
    """

    command: str
    verb: str
    code: int | None
    times: int = 1


class Answer(msgspec.Struct, frozen=True, gc=False):
    """The last final reply to a verb."""

    code: int | None
    at: float
    lines: tuple[str, ...]


class Announcement(msgspec.Struct, frozen=True, gc=False):
    """A reply that says the connection ends (421, 221, a refusal in place of a greeting) or that
    refuses a login, with the phase and the commands before it. `burst` holds further ones that
    came with it.
    """

    seq: int
    at: float
    reply: ReplyReceived
    phase: Phase
    last_command_at: float | None
    command_before_at: float | None
    burst: tuple[ReplyReceived, ...] = ()


class Closure(msgspec.Struct, frozen=True, gc=False):
    """How a connection ended, with what had been announced, and the reply that was still owed."""

    seq: int
    at: float
    session: str
    connection: int
    event: ConnectionClosed
    phase: Phase
    owing: OwedReply | None = None


class Tls(msgspec.Struct, frozen=True, gc=False):
    """The TLS under a control connection; names and `not_after`, as OpenSSL writes it, are of a
    certificate that was verified.
    """

    protocol: str
    verified: bool
    cipher: str = ""
    subject: str | None = None
    issuer: str | None = None
    not_after: str | None = None


class PlannedReconnect(msgspec.Struct, frozen=True, gc=False):
    """A reconnect that is due."""

    attempt: int
    due_at: float
    cause: Cause


class ConnectionFacts(msgspec.Struct, frozen=True, gc=False):
    """Facts of one control connection, its moments in seconds of the watch.

    number, host, port, attempt: which connection of its session, where to, since which try
    opening_at, opened_at, greeting_at, ready_at: when it was tried, stood, was greeted, logged in
    peer, local: both ends, host:port
    tls: what was agreed on
    last_command_at, command_before_at: when commands were sent last
    last_user_command_at: when one of the login or the user was sent last
    longest_gap: the longest silence after which a command was still answered
    sent_at, answered: by verb, when it was sent last and how its last final reply was
    greeting, last_reply, last_reply_at: what the server said first and last
    owed: commands without a final reply, oldest first
    overdue, overdue_at: how often the reply that is owed was reported since a reply came, and when
    transfer_began_at, transfer_ended_at: of the last transfer
    keep_alives_sent, keep_alives_answered, keep_alives_refused: commands of that purpose
    keep_alive_turns: those, and listings that came to nothing for want of a data connection
    keep_alive_at, keep_alive_command, keep_alive_answer: the last one, as sent, and its reply
    keep_alive_refusal: where the last was refused
    logins_lost: keep-alives in a row that were answered with 530
    failed_logins: refusals of USER, PASS and ACCT
    quit_sent: we have said QUIT
    least_rtt, rtts: how fast it answers; None in rtts for a reply that stayed away
    announcement, refusal: the words that announce its end, or that refused the login
    data_failure: the last reply that no data connection came about, or that one broke
    data_opened_at, data_closed_at, data_closed: of the last data connection, where that is seen
    malformed, malformed_at: the last bytes that were no reply
    failure, closure: how the attempt failed and how the connection ended, once it did
    """

    number: int
    host: str
    port: int
    opening_at: float
    attempt: int = 1
    peer: str | None = None
    local: str | None = None
    opened_at: float | None = None
    greeting_at: float | None = None
    ready_at: float | None = None
    tls: Tls | None = None
    last_command_at: float | None = None
    command_before_at: float | None = None
    last_user_command_at: float | None = None
    longest_gap: float = 0.0
    last_reply_at: float | None = None
    sent_at: dict[str, float] = {}
    answered: dict[str, Answer] = {}
    greeting: tuple[str, ...] = ()
    last_reply: ReplyReceived | None = None
    owed: tuple[OwedReply, ...] = ()
    overdue: int = 0
    overdue_at: float = 0.0
    transfer_began_at: float | None = None
    transfer_ended_at: float | None = None
    keep_alives_sent: int = 0
    keep_alives_answered: int = 0
    keep_alives_refused: int = 0
    keep_alive_turns: int = 0
    keep_alive_at: float | None = None
    keep_alive_command: str | None = None
    keep_alive_refusal: KeepAliveRefusal | None = None
    logins_lost: int = 0
    keep_alive_answer: ReplyReceived | None = None
    failed_logins: int = 0
    quit_sent: bool = False
    least_rtt: float | None = None
    rtts: tuple[float | None, ...] = ()
    announcement: Announcement | None = None
    refusal: Announcement | None = None
    data_failure: Announcement | None = None
    data_opened_at: float | None = None
    data_closed_at: float | None = None
    data_closed: DataConnectionClosed | None = None
    malformed: MalformedReply | None = None
    malformed_at: float | None = None
    failure: ConnectionFailed | None = None
    closure: Closure | None = None

    @property
    def owing(self) -> OwedReply | None:
        """The oldest command without a final reply."""
        return self.owed[0] if self.owed else None

    @property
    def has_unused_offer(self) -> bool:
        """The last PASV or EPSV was granted, and no transfer came of it; nothing else either, but
        what goes with transfers.
        """
        granted = [
            answer.at
            for verb in ("PASV", "EPSV")
            if (answer := self.answered.get(verb)) is not None and answer.code in PASSIVE_CODES
        ]
        if not granted:
            return False
        used = [self.transfer_began_at, self.transfer_ended_at, self.data_opened_at]
        used += [at for verb, at in self.sent_at.items() if verb not in _AROUND_TRANSFERS]
        return max(granted) > max((at for at in used if at is not None), default=-1.0)

    @property
    def ended_by_us(self) -> bool:
        """We closed it, and not for anything that the server said, or did not say."""
        provoked = self.announcement or self.refusal or self.failure or self.malformed
        by_us = self.closure is not None and self.closure.event.by_us
        return by_us and not provoked and self.overdue == 0


class LastReady(msgspec.Struct, frozen=True, gc=False):
    """The last connection of a session that got ready."""

    at: float
    address: str
    greeting: tuple[str, ...]


class SessionState(msgspec.Struct, frozen=True, gc=False):
    """One target watched, across reconnects.

    name, target: as the user names it and where it is aimed; its keep-alive is that of now
    place: the seq of its session_added, by which sessions are ordered
    phase: where it is
    connection, connections: its newest connection, and how many there were
    retry, given_up: the reconnect that is due, or that there is none
    ended_badly, was_open: an end against our will, and a connection, at any time
    worked: the last connection that got ready
    keep_alive_since: when it was changed to another command or a longer interval
    kept_before: how many keep-alives were answered well on this connection before that
    turns_before: how many turns there were before the command changed
    refused_commands: what the server refused since the user last chose
    stopped: its refusals ended the keep-alive
    auto: ftpwatch chooses the keep-alive
    checks, checks_of: made while that connection was the newest; let go when it ends
    replies: how many there were of each code as it is shown, across its connections
    replies_skipped: those of a flood that were counted and not kept
    """

    name: str
    target: TargetFacts
    place: int = 0
    phase: Phase = Phase.CLOSED
    connection: ConnectionFacts | None = None
    connections: int = 0
    retry: PlannedReconnect | None = None
    given_up: bool = False
    ended_badly: bool = False
    was_open: bool = False
    worked: LastReady | None = None
    keep_alive_since: float = 0.0
    kept_before: int = 0
    turns_before: int = 0
    refused_commands: frozenset[str] = frozenset()
    stopped: bool = False
    auto: bool = False
    checks: tuple[CheckMade, ...] = ()
    checks_of: int = 0
    replies: dict[str, int] = {}
    replies_skipped: int = 0

    @property
    def is_connected(self) -> bool:
        """Its newest connection has not ended, or is being opened."""
        return self.connection is not None and self.connection.closure is None

    @property
    def has_opened(self) -> bool:
        """Its newest connection stands: there is one that can be closed."""
        facts = self.connection
        return facts is not None and facts.opened_at is not None and facts.closure is None

    @property
    def silent(self) -> bool:
        """A reply is overdue."""
        return self.connection is not None and self.connection.overdue > 0


class ClockLimit(msgspec.Struct, frozen=True, gc=False):
    """A limit of a clock, how it is known, which verbs reset the clock as far as that was seen, and
    since which moment of the watch it is known.
    """

    clock: ClockName
    limit_seconds: float
    source: LimitSource
    reset_by: tuple[str, ...] = ()
    known_at: float = 0.0

    def as_event(self, host: str, port: int) -> LimitKnown:
        """As it is known of one host."""
        return LimitKnown(
            host=host,
            port=port,
            clock=self.clock,
            limit_seconds=self.limit_seconds,
            source=self.source,
            reset_by=self.reset_by,
        )


class HostFacts(msgspec.Struct, frozen=True, gc=False):
    """What our sessions to one host and port saw together.

    sessions: all that are or were aimed there, by name, with the number of their connection
    open_sessions: those of them that are connected
    closures: how connections ended, those of late and the last of before
    said: its answers to the greeting, SYST, FEAT, NOOP and STAT: by that a server is recognised
    limits: the last few of each clock and source, oldest first
    """

    sessions: Map[str, int] = Map()
    open_sessions: Map[str, int] = Map()
    closures: tuple[Closure, ...] = ()
    said: dict[str, tuple[str, ...]] = {}
    limits: tuple[ClockLimit, ...] = ()

    def limit(self, clock: ClockName, before: float = inf) -> ClockLimit | None:
        """What was known best of a clock before the moment `before`: measured, observed,
        advertised, remembered; of one source the newest.
        """
        if not self.limits:
            return None
        known = [k for k in reversed(self.limits) if k.clock == clock and k.known_at < before]
        return min(known, key=lambda limit: SOURCES.index(limit.source), default=None)


class Incident(msgspec.Struct, frozen=True, gc=False):
    """Three sessions or more of one host that ended within two seconds of one another: `seq` is
    that of the first end, `sessions` how many took part, the moments those of the first and the
    last end. `cause` is the common one, None where they ended for different reasons; `before` are
    the seqs of what was explained before it was seen to be one event.
    """

    seq: int
    host: str
    port: int
    sessions: int
    first_at: float
    last_at: float
    cause: Cause | None = None
    before: tuple[int, ...] = ()


class RecordingStatus(StrEnum):
    """Whether entries reach the disk."""

    YES = auto()
    PAUSED = auto()


class WatchState(msgspec.Struct, frozen=True, gc=False):
    """Everything folded so far. Maps share their structure with those before: none is copied whole.

    seq, at: those of the last entry
    sessions, hosts: by name; by address and port
    kept, stopped: whether entries reach the disk, and that the watch is over
    jump: the last gap in time, and when it was noticed
    ended: sessions that are no longer watched, by their place
    verdicts: on keep-alives, by session; set by the Watch
    incidents: those of late, by their seq; set by the Watch
    source: what others saw, where that is read
    """

    seq: int = 0
    at: float = 0.0
    sessions: Map[str, SessionState] = Map()
    hosts: Map[HostKey, HostFacts] = Map()
    kept: RecordingStatus = RecordingStatus.YES
    stopped: bool = False
    jump: tuple[float, ClockJumped] | None = None
    ended: Map[int, SessionState] = Map()
    verdicts: Map[str, Judged] = Map()
    incidents: Map[int, Incident] = Map()
    source: SourceOpened | None = None

    @property
    def timed(self) -> bool:
        """Moments and lengths of time are known; a log may have none."""
        return self.source is None or self.source.timed

    def in_order(self) -> list[SessionState]:
        """The sessions as they were added."""
        return sorted(self.sessions.values(), key=attrgetter("place"))

    def host_of(self, session: SessionState) -> HostFacts:
        """What is known of the host that `session` is connected to."""
        return self.hosts.get(host_key(session), HostFacts())

    def sessions_at(self, key: HostKey) -> list[SessionState]:
        """The sessions of one host."""
        host = self.hosts.get(key)
        there = [self.sessions.get(name) for name in host.sessions] if host is not None else []
        return [s for s in there if s is not None and host_key(s) == key]

    def count(self, *phases: Phase) -> int:
        """How many sessions are in one of `phases`."""
        return sum(session.phase in phases for session in self.sessions.values())


def aim_key(session: SessionState) -> HostKey:
    """Host and port that were asked for."""
    return session.target.host, session.target.port


def host_key(session: SessionState) -> HostKey:
    """Host and port that tell servers apart: the peer's address where one answered."""
    facts = session.connection
    if facts is not None and facts.peer:
        return facts.peer.rpartition(":")[0], facts.port
    return session.target.host, session.target.port
