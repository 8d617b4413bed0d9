"""What can happen: facts seen on the wire, and decisions of ftpwatch or its user. Frozen values.

Each class is one kind of event of the contract; its tag is the class name in snake case. Lengths
of time are seconds. Nothing here is derived: phases, causes and verdicts are not events. Numbers
have bounds that decoding checks: what a recording holds may be damaged. One file on purpose: it is
the contract's table, read from top to bottom.
"""

import re
from typing import Final

import msgspec

from ftpwatch.core.bounds import Code, Count, Gap, Port, Seconds
from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.ftp.reply import joined
from ftpwatch.core.ftp.target import TargetFacts
from ftpwatch.core.journal.vocabulary import (
    Cause,
    ChangedBy,
    ClockName,
    ClosedBy,
    Jump,
    LimitSource,
    Manner,
    Role,
    SourceKind,
    Stage,
)

__all__ = [
    "LEFT_BY_US", "LOGIN_NOT_TRIED", "NO_FTP", "AnyEvent", "CheckMade", "ClockJumped",
    "CommandSent", "ConnectionClosed", "ConnectionFailed", "ConnectionOpened", "ConnectionOpening",
    "DataConnectionClosed", "DataConnectionOpened", "EntriesUnreadable", "InReplyTo",
    "KeepAliveChanged", "KeepAliveSkipped", "LimitKnown", "MalformedReply", "MarkSet",
    "ReconnectAbandoned", "ReconnectScheduled", "RecordingMoved", "RecordingPaused",
    "RecordingResumed", "RepliesSkipped", "ReplyOverdue", "ReplyReceived", "SessionAdded",
    "SessionFailed", "SessionRemoved", "SourceOpened", "SubscriberDropped", "TlsEstablished",
    "WatchStarted", "WatchStopped",
]  # fmt: skip

# The problem of an attempt that we left before it was decided.
LEFT_BY_US: Final = "stopped by us before it stood"
NO_FTP: Final = "it is no FTP"
_QUESTIONS: Final = frozenset({"SYST", "FEAT", "OPTS", "CLNT", "LANG", "HOST"})
_REQUIRED: Final = frozenset({"AUTH", "PBSZ", "PROT", "PASV", "USER", "PASS", "ACCT"})
# The problem of an attempt that ends before its login, as another of this account was refused.
LOGIN_NOT_TRIED: Final = "the login was not tried: another session of this account was refused"


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Event(msgspec.Struct, frozen=True, gc=False, tag_field="event", tag=_snake):
    """Base of all events."""


class WatchStarted(Event, frozen=True):
    """A watch begins: the versions of ftpwatch and Python, and what it runs on."""

    version: str
    python: str
    platform: str


class WatchStopped(Event, frozen=True):
    """It ends; `why` in fixed words."""

    why: str


class SessionAdded(Event, frozen=True):
    """A target is watched from now on."""

    target: TargetFacts


class SessionRemoved(Event, frozen=True):
    """It is watched no longer."""


class LimitKnown(Event, frozen=True):
    """A limit of the server at `host` and `port`; `source` is advertised, observed, measured or
    remembered, `reset_by` the verbs that reset the clock.
    """

    host: str
    port: Port
    clock: ClockName
    limit_seconds: Seconds
    source: LimitSource
    reset_by: tuple[str, ...] = ()


class CheckMade(Event, frozen=True):
    """A check of the network or server beside the session: `result` is prose."""

    check: str
    host: str
    port: Port
    ok: bool
    seconds: Seconds
    result: str


class ConnectionOpening(Event, frozen=True):
    """An attempt begins, the `attempt`th since the last that lasted."""

    host: str
    port: Port
    attempt: Count


class ConnectionOpened(Event, frozen=True):
    """TCP stands, between `local` and `peer`, each host:port."""

    local: str
    peer: str


class TlsEstablished(Event, frozen=True):
    """The handshake is done (RFC 4217); names and `not_after` are of a certificate that was
    verified.
    """

    protocol: str
    cipher: str
    verified: bool
    subject: str | None
    issuer: str | None
    not_after: str | None


class ConnectionFailed(Event, frozen=True):
    """An attempt did not get ready: how far it came, and `problem` in prose."""

    stage: Stage
    problem: str


class CommandSent(Event, frozen=True):
    """The `number`th command of the connection went out; `argument` is masked where it is
    secret.
    """

    number: Count
    verb: str
    argument: str | None
    purpose: Purpose

    @property
    def is_quit(self) -> bool:
        """The user-PI takes its leave."""
        return _is_quit(self.verb, self.purpose)

    @property
    def is_keep_alive(self) -> bool:
        """It is there to keep the session."""
        return _is_keep_alive(self.verb, self.purpose)


class InReplyTo(msgspec.Struct, frozen=True, gc=False):
    """The command that a reply answers; `number` is 0 where a log does not show the command and
    the code alone says what was asked.
    """

    number: Count
    verb: str
    purpose: Purpose

    @property
    def is_quit(self) -> bool:
        """The user-PI takes its leave."""
        return _is_quit(self.verb, self.purpose)

    @property
    def is_keep_alive(self) -> bool:
        """It is there to keep the session."""
        return _is_keep_alive(self.verb, self.purpose)


class ReplyReceived(Event, frozen=True):
    """A reply (RFC 959 §4.2): `lines` without code and separator, `raw` only where they cannot
    rebuild it. `code` is None in logs that hide it, and these show refusals only. `rtt_seconds` is
    the kernel's smoothed round-trip time then, or 0.05 s before; None where nobody knows it.
    """

    code: Code | None
    lines: tuple[str, ...]
    encoding: str
    raw: bytes | None
    truncated_bytes: Count
    role: Role
    in_reply_to: InReplyTo | None
    latency_seconds: Seconds | None
    rtt_seconds: Seconds | None = None

    @property
    def text(self) -> str:
        """The lines joined by line feeds, as much of them as anybody judges by."""
        return joined(self.lines)

    @property
    def is_negative(self) -> bool:
        """It does not accept what it answers."""
        return self.code is None or 400 <= self.code < 600

    @property
    def declines_a_question(self) -> bool:
        """The server does not know one of the questions that clients ask after a login, which costs
        nothing (RFC 959 §4.2.1: 500, 502, 504; RFC 2389 §3.1).
        """
        asked = self.in_reply_to
        if asked is None or self.code not in (500, 501, 502, 504):
            return False
        is_ours = asked.purpose is Purpose.SETUP and asked.verb not in _REQUIRED
        return is_ours or (asked.purpose is Purpose.CLIENT and asked.verb in _QUESTIONS)


class MalformedReply(Event, frozen=True):
    """Bytes that are no reply, and why not."""

    raw: bytes
    problem: str


class ReplyOverdue(Event, frozen=True):
    """A reply that is owed to a command, or to an attempt, has not come in time."""

    number: Count | None
    verb: str | None
    stage: Stage
    waited_seconds: Seconds


class KeepAliveChanged(Event, frozen=True):
    """Another interval, None for off, or another command."""

    interval_seconds: Seconds | None
    command: str
    by: ChangedBy


class KeepAliveSkipped(Event, frozen=True):
    """A keep-alive that was wanted or due was not sent; or what became of its command."""

    why: str


class ClockJumped(Event, frozen=True):
    """The machine slept, wall time was set, or our own loop stood still for `gap_seconds`."""

    gap_seconds: Gap
    kind: Jump


class ConnectionClosed(Event, frozen=True):
    """The control connection ended: whose end came first, how, and after what announcement. What a
    log does not say is None; `reset_ttl_differs` where a capture shows that the RST came from
    further or nearer than the server's packets.
    """

    by: ClosedBy | None
    manner: Manner | None
    solicited: bool
    announced_by: Code | None
    idle_seconds: Seconds | None
    open_seconds: Seconds | None
    reset_ttl_differs: bool | None = None

    @property
    def by_us(self) -> bool:
        """The user-PI closed it."""
        return self.by is ClosedBy.USER_PI


class ReconnectScheduled(Event, frozen=True):
    """The session comes back after `delay_seconds`, for the `cause` that ended it."""

    delay_seconds: Seconds
    attempt: Count
    cause: Cause


class ReconnectAbandoned(Event, frozen=True):
    """It does not come back by itself."""

    attempts: Count
    cause: Cause


class SubscriberDropped(Event, frozen=True):
    """Somebody who was told of entries raised, and is told no more."""

    name: str
    problem: str


class SessionFailed(Event, frozen=True):
    """An error of our own cost an explanation, a row or a session; the watch goes on."""

    problem: str


class RepliesSkipped(Event, frozen=True):
    """Replies of a flood that were counted and not kept: `count` of them in `seconds`."""

    count: Count
    bytes: Count
    seconds: Seconds


class RecordingMoved(Event, frozen=True):
    """What follows is kept at `path`, as the place before fell away."""

    path: str
    problem: str


class EntriesUnreadable(Event, frozen=True):
    """A recording is damaged from entry `first` to `last`; only a replay publishes it."""

    first: Count
    last: Count
    problem: str


class RecordingPaused(Event, frozen=True):
    """Entries do not reach the disk."""

    name: str
    problem: str


class RecordingResumed(Event, frozen=True):
    """They do again; `problem` says what was lost meanwhile."""

    name: str
    problem: str | None


class SourceOpened(Event, frozen=True):
    """What others saw is read from `name`: a log of `format`, or a capture. Without times (`timed`
    is False) its entries have an order and no moments; `notes` say how its times were read.
    """

    kind: SourceKind
    name: str
    format: str | None
    timed: bool
    notes: tuple[str, ...] = ()


class DataConnectionOpened(Event, frozen=True):
    """A data connection for the `number`th command, 0 where that is not known: to `peer`, opened
    `by` the user-PI (passive) or the server-PI (active).
    """

    number: Count
    peer: str | None
    by: ClosedBy | None


class DataConnectionClosed(Event, frozen=True):
    """It ended, or did not come about: what went over it, how long it stood, whose end came first
    and how. None for what the source does not show.
    """

    number: Count
    bytes_sent: Count | None = None
    bytes_received: Count | None = None
    seconds: Seconds | None = None
    by: ClosedBy | None = None
    manner: Manner | None = None
    problem: str | None = None


class MarkSet(Event, frozen=True):
    """The user left a mark."""

    text: str


AnyEvent = (
    WatchStarted
    | WatchStopped
    | SessionAdded
    | SessionRemoved
    | LimitKnown
    | CheckMade
    | ConnectionOpening
    | ConnectionOpened
    | TlsEstablished
    | ConnectionFailed
    | CommandSent
    | ReplyReceived
    | MalformedReply
    | ReplyOverdue
    | KeepAliveChanged
    | KeepAliveSkipped
    | ClockJumped
    | ConnectionClosed
    | ReconnectScheduled
    | ReconnectAbandoned
    | SubscriberDropped
    | SessionFailed
    | RepliesSkipped
    | RecordingMoved
    | EntriesUnreadable
    | RecordingPaused
    | RecordingResumed
    | MarkSet
    | SourceOpened
    | DataConnectionOpened
    | DataConnectionClosed
)


def _is_quit(verb: str, purpose: Purpose) -> bool:
    return purpose is Purpose.QUIT or (verb == "QUIT" and purpose is Purpose.CLIENT)


def _is_keep_alive(verb: str, purpose: Purpose) -> bool:
    return purpose is Purpose.KEEP_ALIVE or (verb == "NOOP" and purpose is Purpose.CLIENT)
