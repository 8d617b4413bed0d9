"""An entry: an event as the journal keeps it, and its one line of JSON.

One codec for recording, json mode and export: the event is its tagged struct, spliced after the
entry's head. Lines are printable ASCII.
"""

import re
from datetime import UTC, datetime
from typing import Final

import msgspec

from ftpwatch.core.journal.events import AnyEvent

__all__ = [
    "UNTIMED",
    "VERSION",
    "Entry",
    "UnreadableEvent",
    "ascii_json",
    "decode_event",
    "encode_event",
    "entry_line",
    "kind_of",
    "moments",
    "untimed",
    "utc_text",
]

VERSION: Final = 1
UNTIMED: Final = ""
_UTC_LENGTH: Final = len("2026-01-01T00:00:00.000000Z")
LONGEST_EVENT: Final = 2 * 1024 * 1024
_NOT_PRINTABLE_ASCII: Final = re.compile(r"[^\x20-\x7e]")
_events: Final[msgspec.json.Decoder[AnyEvent]] = msgspec.json.Decoder(AnyEvent)
_encoder: Final = msgspec.json.Encoder()


class UnreadableEvent(ValueError):
    """Bytes that are no event of this version."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """An event with its place: `seq` counts from 1, `at` is UTC, `elapsed_seconds` is since
    watch_started; `session` and `connection` are None for events of the watch. Where `timed` is
    False a log has no times: both moments only keep the order, and nothing may be made of them.
    """

    seq: int
    at: datetime
    elapsed_seconds: float
    session: str | None
    connection: int | None
    event: AnyEvent
    timed: bool = True


def encode_event(event: AnyEvent) -> bytes:
    """The event as JSON, tag first; bytes are base64."""
    return _encoder.encode(event)


def decode_event(body: bytes) -> AnyEvent:
    """Inverse of `encode_event`. Raises UnreadableEvent, also for numbers out of bounds, JSON that
    is nested without an end, and more bytes than any event has.
    """
    if len(body) > LONGEST_EVENT:
        raise UnreadableEvent(f"{len(body)} bytes are more than any event has")
    try:
        return _events.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise UnreadableEvent(str(error)) from error


def kind_of(event: AnyEvent) -> str:
    """The event's name in the contract: its class in snake case."""
    return str(event.__struct_config__.tag)


def untimed(elapsed_seconds: float) -> datetime:
    """What stands in `at` where there is no moment: it keeps the order."""
    return datetime.fromtimestamp(elapsed_seconds, UTC)


def utc_text(at: datetime) -> str:
    """`at` as in NDJSON: UTC with microseconds and Z."""
    # A tenth of the time that isoformat takes; without microseconds it leaves the fraction out.
    text = str(msgspec.to_builtins(at if at.tzinfo is UTC else at.astimezone(UTC)))
    return text if len(text) == _UTC_LENGTH else f"{text[:-1]}.000000Z"


def moments(entry: Entry) -> dict[str, object]:
    """`at` and `elapsed_seconds` as in NDJSON, None where there are none."""
    if not entry.timed:
        return {"at": None, "elapsed_seconds": None}
    return {"at": utc_text(entry.at), "elapsed_seconds": round(entry.elapsed_seconds, 6)}


def entry_line(entry: Entry) -> str:
    """The NDJSON line of `entry`, without a line end."""
    head = {
        "v": VERSION,
        "seq": entry.seq,
        **moments(entry),
        "session": entry.session,
        "connection": entry.connection,
    }
    body = encode_event(entry.event)
    return ascii_json(_encoder.encode(head)[:-1] + b"," + body[1:])


def ascii_json(encoded: bytes) -> str:
    """JSON text in printable ASCII: every other character, all inside strings, as \\uXXXX."""
    return _NOT_PRINTABLE_ASCII.sub(_escape, encoded.decode())


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
