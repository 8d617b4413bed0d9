"""Sans-I/O parser of replies as servers really write them (RFC 959 §4.2).

Feed it bytes in any pieces; it gives `Reply` and `Malformed` values, the same for every way of
cutting the stream. It accepts bare LF, CR CR LF, CR NUL, telnet commands (RFC 854), any code
inside a multi-line reply, and text after the last line end once the stream has ended.
A line keeps at most LINE_LIMIT bytes and a reply REPLY_LIMIT; what exceeds them is counted, not
kept. After STREAM_LIMIT bytes without an end the parser gives up: `exhausted`.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import Final

import msgspec

from ftpwatch.core.ftp.reply import Reply

__all__ = ["LINE_LIMIT", "REPLY_LIMIT", "STREAM_LIMIT", "Malformed", "ReplyParser"]

LINE_LIMIT: Final = 4_096
REPLY_LIMIT: Final = 65_536
STREAM_LIMIT: Final = 32 * 1024 * 1024

_START: Final = re.compile(rb"(\d\d\d)(?:([ -])(.*)|)\Z", re.DOTALL)
# Nearly all that comes: one line, and nothing strange in it.
_WHOLE: Final = re.compile(rb"(\d\d\d) ([ -~]{0,1000})\r\n\Z")
_IAC, _SE, _SB, _WILL, _DONT = 255, 240, 250, 251, 254


class Malformed(msgspec.Struct, frozen=True):
    """Bytes that are no reply, with the reason in words."""

    raw: bytes
    problem: str


class _Telnet(Enum):
    TEXT = auto()
    COMMAND = auto()
    OPTION = auto()
    SUBNEGOTIATION = auto()
    SUBNEGOTIATION_COMMAND = auto()


class _Line(msgspec.Struct, gc=False):
    """A line being read: what is kept of it, and how much was not."""

    kept: bytearray
    dropped: int = 0

    def text(self) -> bytes:
        # CR NUL is how telnet writes a lone CR (RFC 854); CR CR LF is seen from servers.
        return bytes(self.kept).rstrip(b"\r\n\0").replace(b"\r\0", b"\r")


class _Open(msgspec.Struct, gc=False):
    """A multi-line reply whose last line has not come."""

    code: bytes
    lines: list[bytes]
    raw: bytearray
    dropped: int = 0


class ReplyParser:
    """Bytes in, replies out. `feed` and `finish` are lazy: iterate them to the end."""

    def __init__(self) -> None:
        self._telnet = _Telnet.TEXT
        self._line = _Line(bytearray())
        self._open: _Open | None = None
        self._given_up: bytes | None = None
        self._unended_bytes = 0
        self.exhausted = False

    @property
    def is_between_replies(self) -> bool:
        """Nothing is buffered: neither part of a line nor an open multi-line reply."""
        return not self._line.kept and self._open is None and self._telnet is _Telnet.TEXT

    def feed(self, data: bytes) -> Iterator[Reply | Malformed]:
        """Replies that `data` completes, in their order."""
        whole = _WHOLE.match(data)
        if whole is not None and self.is_between_replies and self._given_up is None:
            yield Reply(int(whole[1]), (whole[2].decode(),))
            return
        plain = self._without_telnet(data)
        for piece in plain.splitlines(keepends=True) if b"\n" in plain else (plain,):
            yield from self._feed_piece(piece)

    def finish(self) -> Iterator[Reply | Malformed]:
        """The stream has ended: what is buffered counts as a reply where it can be one."""
        if self._line.kept:
            yield from self._end_line()
        yield from self.close_open_reply("the stream ended inside a multi-line reply")

    def close_open_reply(self, problem: str) -> Iterator[Reply | Malformed]:
        """End an open multi-line reply that will not be ended by its own code.

        A last line that looks like a final line of another code is given as a reply of its own
        (bftpd opens with 530- and ends with 421).
        """
        if (opened := self._open) is None:
            return
        self._open, self._given_up = None, opened.code
        last = _START.match(opened.lines[-1]) if len(opened.lines) > 1 else None
        if last and last[2] == b" " and last[1] != opened.code:
            ending = opened.lines.pop()
            yield Malformed(bytes(opened.raw), problem)
            yield _reply(opened, rebuilt=False)
            yield _reply(_Open(last[1], [last[3]], bytearray(ending)), rebuilt=False)
        else:
            yield Malformed(bytes(opened.raw), problem)
            yield _reply(opened, rebuilt=False)

    def _feed_piece(self, piece: bytes) -> Iterator[Reply | Malformed]:
        # splitlines also cuts at a lone CR, which is text here: only LF ends a line.
        line = self._line
        ended = piece.endswith(b"\n")
        content = piece[:-1] if ended else piece
        room = LINE_LIMIT - len(line.kept)
        line.kept += content[:room]
        line.dropped += max(0, len(content) - room)
        self._unended_bytes += len(piece)
        if ended:
            line.kept += b"\n"
            yield from self._end_line()
        elif self._unended_bytes > STREAM_LIMIT:
            yield from self._give_up()

    def _end_line(self) -> Iterator[Reply | Malformed]:
        line, self._line = self._line, _Line(bytearray())
        if self._open is None:
            yield from self._first_line(line)
        else:
            yield from self._further_line(self._open, line)
        if self._open is None:
            self._unended_bytes = 0
        elif self._unended_bytes > STREAM_LIMIT:
            yield from self._give_up()

    def _first_line(self, line: _Line) -> Iterator[Reply | Malformed]:
        text = line.text()
        start = _START.match(text)
        if self._given_up is not None and (start is None or start[1] == self._given_up):
            # The rest of a reply that was ended for its server: told once, not line by line.
            self._given_up = self._given_up if start is None or start[2] == b"-" else None
            return
        self._given_up = None
        if start is None:
            yield Malformed(bytes(line.kept), _why_not_a_reply(text))
            return
        opened = _Open(start[1], [start[3] or b""], line.kept, line.dropped)
        if start[2] == b"-":
            self._open = opened
        else:
            # A code alone is another line than a code and a space.
            yield _reply(opened, rebuilt=line.kept == start[1] + b" " + opened.lines[0] + b"\r\n")

    def _further_line(self, opened: _Open, line: _Line) -> Iterator[Reply | Malformed]:
        text = line.text()
        opened.dropped += line.dropped
        last = text == opened.code or text.startswith(opened.code + b" ")
        if len(opened.raw) + len(line.kept) <= REPLY_LIMIT:
            opened.raw += line.kept
            opened.lines.append(text[4:] if last else text)
        else:
            opened.dropped += len(line.kept)
        if last:
            self._open = None
            yield _reply(opened, rebuilt=bytes(opened.raw) == _rebuild(opened))

    def _give_up(self) -> Iterator[Reply | Malformed]:
        self.exhausted = True
        kept = bytes(self._open.raw if self._open else self._line.kept)
        size = self._unended_bytes
        self._open, self._line, self._unended_bytes = None, _Line(bytearray()), 0
        yield Malformed(kept, f"no end of reply after {size} bytes, limit {STREAM_LIMIT}")

    def _without_telnet(self, data: bytes) -> bytes:
        if self._telnet is _Telnet.TEXT and _IAC not in data:
            return data
        out = bytearray()
        for byte in data:
            self._telnet = self._after_telnet(byte, out)
        return bytes(out)

    def _after_telnet(self, byte: int, out: bytearray) -> _Telnet:
        match self._telnet:
            case _Telnet.TEXT if byte == _IAC:
                return _Telnet.COMMAND
            case _Telnet.TEXT:
                out.append(byte)
            case _Telnet.COMMAND if byte == _IAC:
                out.append(byte)
            case _Telnet.COMMAND if byte == _SB:
                return _Telnet.SUBNEGOTIATION
            case _Telnet.COMMAND if _WILL <= byte <= _DONT:
                return _Telnet.OPTION
            case _Telnet.SUBNEGOTIATION if byte == _IAC:
                return _Telnet.SUBNEGOTIATION_COMMAND
            case _Telnet.SUBNEGOTIATION:
                return _Telnet.SUBNEGOTIATION
            case _Telnet.SUBNEGOTIATION_COMMAND if byte != _SE:
                return _Telnet.SUBNEGOTIATION
            case _:
                pass
        return _Telnet.TEXT


def _rebuild(opened: _Open) -> bytes:
    first, *inner, last = opened.lines
    whole = [opened.code + b"-" + first, *inner, opened.code + b" " + last]
    return b"".join(line + b"\r\n" for line in whole)


def _reply(opened: _Open, *, rebuilt: bool) -> Reply:
    lines, encoding = _decode(opened.lines)
    raw = None if rebuilt and not opened.dropped else bytes(opened.raw)
    return Reply(
        code=int(opened.code),
        lines=lines,
        encoding=encoding,
        raw=raw,
        truncated_bytes=opened.dropped,
    )


def _decode(lines: list[bytes]) -> tuple[tuple[str, ...], str]:
    try:
        return tuple(line.decode("utf-8") for line in lines), "utf-8"
    except UnicodeDecodeError:
        return tuple(line.decode("latin-1") for line in lines), "latin-1"


def _why_not_a_reply(text: bytes) -> str:
    if not text:
        return "an empty line where a reply was expected"
    if text[:3].isdigit():
        return "a reply code must be followed by a space, a hyphen or the end of the line"
    return "a reply starts with three digits"
