"""Sans-I/O parser of commands as clients write them (RFC 959 §4.1): for sessions of others.

Feed it bytes in any pieces. A line keeps at most LINE_LIMIT bytes; what is no command is given as
such, its raw bytes masked where they may hold a password.
"""

import re
from collections.abc import Iterator
from typing import Final

from ftpwatch.core.ftp.command import RAW_MASK, SECRET_VERBS, Command, Secret, is_sendable
from ftpwatch.core.ftp.reply_parser import LINE_LIMIT, Malformed

__all__ = ["CommandParser", "parse_command"]

# RFC 959 §5.3 has verbs of three and four letters, and servers know longer ones.
_COMMAND: Final = re.compile(rb"([A-Za-z]{3,12})(?:[ \t]+(.*))?\Z", re.DOTALL)
# Telnet (RFC 854): IP and DM come before an ABOR (RFC 959 §4.1.3).
_TELNET: Final = re.compile(rb"\xff(?:[\xfb-\xfe].|[^\xff])", re.DOTALL)
_SECRETIVE: Final = re.compile(rb"\b(PASS|ACCT)\b[^\r\n]*", re.IGNORECASE)


class CommandParser:
    """Bytes of a client in, commands out."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._dropped = 0

    def feed(self, data: bytes) -> Iterator[Command | Malformed]:
        """Commands that `data` completes, in their order."""
        for piece in data.splitlines(keepends=True) if b"\n" in data else (data,):
            room = LINE_LIMIT - len(self._line)
            self._line += piece[:room]
            self._dropped += max(0, len(piece) - room)
            if piece.endswith(b"\n"):
                yield self._ended()

    def finish(self) -> Iterator[Command | Malformed]:
        """The stream has ended."""
        if self._line:
            yield self._ended()

    def _ended(self) -> Command | Malformed:
        line, dropped = bytes(self._line), self._dropped
        self._line, self._dropped = bytearray(), 0
        if dropped:
            return Malformed(_masked(line), f"a command of {len(line) + dropped} bytes")
        return parse_command(line)


def parse_command(line: bytes) -> Command | Malformed:
    """The command of one line, with or without its end. The argument of PASS and ACCT is a Secret
    from here on.
    """
    text = _TELNET.sub(b"", line).strip(b"\r\n\0")
    match = _COMMAND.match(text.strip(b" \t"))
    if match is None:
        return Malformed(_masked(line), "a command begins with a word of three letters or more")
    verb, argument = match[1].decode().upper(), _decoded(match[2])
    if verb in SECRET_VERBS:
        return Command(verb, Secret(argument or "") if is_sendable(argument or "") else Secret(""))
    if argument is not None and not is_sendable(argument):
        return Malformed(_masked(line), f"a control character in {verb}: a command is text")
    return Command(verb, argument)


def _decoded(argument: bytes | None) -> str | None:
    if argument is None:
        return None
    try:
        return argument.decode("utf-8")
    except UnicodeDecodeError:
        return argument.decode("latin-1")


def _masked(line: bytes) -> bytes:
    return _SECRETIVE.sub(lambda match: match[1] + b" " + RAW_MASK, line)
