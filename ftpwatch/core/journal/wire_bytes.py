"""The bytes that an event stands for: those of a reply or a command as they went over the wire, but
for what is masked, and for what a bound left out.

A reply keeps its bytes only where its lines cannot rebuild them (RFC 959 §4.2), so they are rebuilt
here. Telnet commands (RFC 854) are not among them.
"""

import msgspec

from ftpwatch.core.ftp.command import MASK, RAW_MASK
from ftpwatch.core.journal.events import AnyEvent, CommandSent, MalformedReply, ReplyReceived

__all__ = ["WireBytes", "bytes_of"]

_END: bytes = b"\r\n"


class WireBytes(msgspec.Struct, frozen=True):
    """`data` with asterisks from each of the offsets `masked` on, `len(RAW_MASK)` of them, in place
    of what is secret; `left_out` bytes came and were not kept.
    """

    data: bytes
    masked: tuple[int, ...] = ()
    left_out: int = 0

    def is_masked(self, offset: int) -> bool:
        """An asterisk stands there for something else."""
        return any(start <= offset < start + len(RAW_MASK) for start in self.masked)


def bytes_of(event: AnyEvent) -> WireBytes | None:
    """Those of `event`; None for what is no line of the dialogue, and for words without a code."""
    match event:
        case MalformedReply(raw):
            return WireBytes(raw)
        case CommandSent(verb=verb, argument=argument):
            return _encoded(verb if argument is None else f"{verb} {argument}", "utf-8")
        case ReplyReceived(raw=bytes() as raw, truncated_bytes=left_out):
            return WireBytes(raw, left_out=left_out)
        case ReplyReceived(code=int() as code, truncated_bytes=left_out) as reply:
            rebuilt = _encoded(_written(code, reply.lines), reply.encoding)
            return WireBytes(rebuilt.data, rebuilt.masked, left_out)
        case _:
            return None


def _written(code: int, lines: tuple[str, ...]) -> str:
    *before, last = lines or ("",)
    if not before:
        return f"{code:03d} {last}"
    return "\r\n".join((f"{code:03d}-{before[0]}", *before[1:], f"{code:03d} {last}"))


def _encoded(text: str, encoding: str) -> WireBytes:
    """`text` and its line end, in what the parser knows of encodings."""
    known = encoding if encoding in ("utf-8", "latin-1") else "utf-8"
    data, masked = bytearray(), list[int]()
    first, *others = text.split(MASK)
    data += first.encode(known, "replace")
    for piece in others:
        masked.append(len(data))
        data += RAW_MASK + piece.encode(known, "replace")
    return WireBytes(bytes(data) + _END, tuple(masked))
