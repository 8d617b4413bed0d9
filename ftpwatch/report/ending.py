"""One end as a report speaks of it: how it is explained, and the facts around it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import ConnectionClosed
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.state.explanation import Confidence, Explained, Explanation
from ftpwatch.core.state.state import ConnectionFacts, SessionState, WatchState
from ftpwatch.core.text.phrasing import closed_by

__all__ = ["ORDERLY", "Ending", "Reached", "Sighting", "ending_of", "sighted", "surest"]

ORDERLY: Final = (Cause.CLIENT_QUIT, Cause.LOCAL)
_SURE: Final = (Confidence.CERTAIN, Confidence.LIKELY, Confidence.POSSIBLE)


class Reached(msgspec.Struct, frozen=True):
    """How far a connection had come: its transport stood, and it was logged in."""

    opened: bool = False
    logged_in: bool = False


class Sighting(msgspec.Struct, frozen=True):
    """What is known of an end beside its explanation; empty and None for what is not."""

    seq: int
    at: datetime | None
    order: float
    host: str = ""
    user: str = ""
    local: str = ""
    reached: Reached = Reached()
    closed: str = ""
    idle_seconds: float | None = None
    open_seconds: float | None = None
    place: str = ""
    closing: int | None = None
    is_test: bool = False
    matched: tuple[bool, ...] = ()


class Ending(msgspec.Struct, frozen=True):
    """An end that is reported."""

    session: str
    connection: int
    incident: int | None
    explanation: Explanation
    seen: Sighting


def surest(endings: Iterator[Ending]) -> Ending | None:
    """The one that is told most surely; of several the newest."""
    best: Ending | None = None
    for ending in endings:
        rank = _SURE.index(ending.explanation.confidence)
        if best is None or rank <= _SURE.index(best.explanation.confidence):
            best = ending
    return best


def sighted(entry: Entry, state: WatchState, place: str, *, before: Sighting | None) -> Sighting:
    """What `entry` shows of the end that it announces or is; with what was known of it before."""
    session = state.sessions.get(entry.session or "")
    seen = before or Sighting(
        seq=entry.seq,
        at=entry.at if entry.timed else None,
        order=entry.at.timestamp() if entry.timed else float(entry.seq),
        place=place,
    )
    if session is not None:
        seen = _with_session(seen, session, entry)
    if isinstance(entry.event, ConnectionClosed):
        closed = entry.event
        seen = msgspec.structs.replace(
            seen,
            closed=closed_by(closed),
            idle_seconds=closed.idle_seconds,
            open_seconds=closed.open_seconds,
            closing=entry.seq,
        )
    return seen


def _with_session(seen: Sighting, session: SessionState, entry: Entry) -> Sighting:
    facts, target = session.connection, session.target
    if facts is None or facts.number != entry.connection:
        return msgspec.structs.replace(seen, is_test=target.twin)
    host, port = facts.host or target.host, facts.port
    if not host and facts.peer:
        host = facts.peer.rpartition(":")[0]
    return msgspec.structs.replace(
        seen,
        host=seen.host or (f"{host}:{port}" if host else ""),
        user=seen.user or target.user,
        local=seen.local or (facts.local or ""),
        reached=Reached(_is_opened(facts), facts.ready_at is not None),
        is_test=target.twin,
    )


def _is_opened(facts: ConnectionFacts) -> bool:
    """Its transport stood; of a log, which may not say so, that somebody answered."""
    return facts.opened_at is not None or facts.last_reply_at is not None


def ending_of(explained: Explained, seen: Sighting) -> Ending:
    """Both together."""
    return Ending(
        session=explained.session,
        connection=explained.connection,
        incident=explained.incident,
        explanation=explained.explanation,
        seen=seen,
    )
