"""A line of NDJSON as an entry: the way back from `entry_line`. What is derived is passed over."""

from datetime import datetime
from typing import Final

import msgspec

from ftpwatch.core.bounds import TEN_YEARS, Count, Seconds
from ftpwatch.core.ftp.command import MASK, SECRET_VERBS
from ftpwatch.core.journal.entry import VERSION, Entry, UnreadableEvent, decode_event, untimed
from ftpwatch.core.journal.events import CommandSent

__all__ = ["entry_of_line", "is_entry_line"]

_DERIVED: Final = ("explained", "verdict_changed")
_EARLIEST, _LATEST = 1970, 9_000


class _Head(msgspec.Struct):
    v: int
    event: str
    seq: Count | None = None
    at: datetime | None = None
    elapsed_seconds: Seconds | None = None
    session: str | None = None
    connection: Count | None = None


_heads: Final = msgspec.json.Decoder(_Head)


def is_entry_line(line: bytes) -> bool:
    """It is a line of NDJSON that ftpwatch wrote, of whatever version."""
    try:
        _heads.decode(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False
    return True


def entry_of_line(line: bytes) -> Entry | None:
    """The entry in `line`; None for what is derived. Raises UnreadableEvent."""
    try:
        head = _heads.decode(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise UnreadableEvent(f"is not an entry: {error}") from error
    if head.v > VERSION:
        raise UnreadableEvent(f"is of version {head.v}; this ftpwatch reads up to {VERSION}")
    if head.event in _DERIVED:
        return None
    if not head.seq:
        raise UnreadableEvent("has no seq")
    timed = head.at is not None and head.elapsed_seconds is not None
    elapsed = head.elapsed_seconds if head.elapsed_seconds is not None else float(head.seq)
    at = head.at if timed and head.at is not None else untimed(min(elapsed, TEN_YEARS))
    if at.tzinfo is None or not _EARLIEST <= at.year <= _LATEST:
        raise UnreadableEvent(f"is of {at.isoformat()!r}, which has no offset or is out of range")
    event = decode_event(line)
    if isinstance(event, CommandSent) and event.verb in SECRET_VERBS and event.argument:
        event = msgspec.structs.replace(event, argument=MASK)
    return Entry(
        seq=head.seq,
        at=at,
        elapsed_seconds=min(elapsed, TEN_YEARS),
        session=head.session,
        connection=head.connection,
        event=event,
        timed=timed,
    )
