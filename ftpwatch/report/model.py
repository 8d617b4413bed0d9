"""A report, as every format tells it: facts, cleaned, none of them in words of a format.

Moments are UTC, None where the source has no times; lengths of time are seconds. What is cut off is
counted beside it.
"""

from datetime import datetime

import msgspec

from ftpwatch.core.journal.vocabulary import Cause, ClockName
from ftpwatch.core.state.explanation import Confidence, Explanation
from ftpwatch.report.tallies import Bucket

__all__ = [
    "CauseRow", "EndRow", "IncidentRow", "KeepAliveRow", "LimitRow", "Read", "Report", "Timeline",
    "Versions",
]  # fmt: skip


class Read(msgspec.Struct, frozen=True):
    """What was read: `kind` is recording, log, capture or tap; `entries` in all, of which `spanned`
    are of the time that is asked about, and `unreadable` are damaged. `filtered` is what was asked
    for, `left_out` the kinds of names that are placeholders.
    """

    name: str
    kind: str
    form: str | None
    timed: bool
    entries: int
    spanned: int
    unreadable: int
    since: datetime | None
    until: datetime | None
    sessions: int
    connections: int
    filtered: str
    left_out: tuple[str, ...]


class EndRow(msgspec.Struct, frozen=True):
    """One end. `place` is its line or packet, where the source has those."""

    at: datetime | None
    seq: int
    place: str
    session: str
    connection: int
    host: str
    user: str
    closed: str
    idle_seconds: float | None
    open_seconds: float | None
    incident: int | None
    explanation: Explanation


class CauseRow(msgspec.Struct, frozen=True):
    """The ends of one host for one cause: how many after the login, before it, and attempts that
    nobody answered; how surely each is told; the surest as an `example`, and the newest.
    """

    cause: Cause
    host: str
    ends: int
    sessions: int
    after_login: int
    before_login: int
    unanswered: int
    orderly: bool
    confidence: dict[Confidence, int]
    first_at: datetime | None
    last_at: datetime | None
    incidents: int
    users: tuple[str, ...]
    addresses: tuple[str, ...]
    example: EndRow
    newest: tuple[EndRow, ...]


class IncidentRow(msgspec.Struct, frozen=True):
    """Several sessions that ended together; no cause where they ended for different ones."""

    at: datetime | None
    seq: int
    host: str
    sessions: int
    seconds: float
    cause: Cause | None


class Timeline(msgspec.Struct, frozen=True):
    """The time in pieces of `width`: seconds since 1970, or numbers of entries where there are no
    times.
    """

    start: float
    end: float
    width: float
    timed: bool
    buckets: tuple[Bucket, ...]


class LimitRow(msgspec.Struct, frozen=True):
    """A clock of a host: what the server promised, in an answer or in the words of a close; its
    default; what was seen, measured, known before; what our ends showed, from least to most.
    """

    host: str
    clock: ClockName
    advertised_seconds: float | None
    stated_seconds: float | None
    default: str | None
    observed_seconds: float | None
    measured_seconds: float | None
    remembered_seconds: float | None
    shown_least_seconds: float | None
    shown_most_seconds: float | None
    kept: str


class KeepAliveRow(msgspec.Struct, frozen=True):
    """Whether the keep-alive of a session held it; `interval_seconds` None means off."""

    session: str
    command: str
    interval_seconds: float | None
    verdict: str
    words: str


class Versions(msgspec.Struct, frozen=True):
    """Who wrote this, who wrote what was read, and by what it was judged."""

    ftpwatch: str
    knowledge: str
    recorded_by: str | None
    python: str | None
    platform: str | None


class Report(msgspec.Struct, frozen=True):
    """All of it. `causes` are ranked: what nobody asked for first, the most frequent first."""

    read: Read
    causes: tuple[CauseRow, ...]
    causes_more: int
    went_on: int
    hit_sessions: int
    incidents: tuple[IncidentRow, ...]
    incidents_more: int
    timeline: Timeline
    first: tuple[EndRow, ...]
    newest: tuple[EndRow, ...]
    limits: tuple[LimitRow, ...]
    keep_alives: tuple[KeepAliveRow, ...]
    versions: Versions
    failures: int

    @property
    def unasked(self) -> list[CauseRow]:
        """The ends that nobody asked for."""
        return [row for row in self.causes if not row.orderly]

    @property
    def ends(self) -> int:
        """How many nobody asked for."""
        return sum(row.ends for row in self.unasked)

    @property
    def orderly(self) -> int:
        """How many were asked for."""
        return sum(row.ends for row in self.causes if row.orderly)
