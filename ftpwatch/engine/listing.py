"""Listings over a passive data connection: to read one, and a small one that is thrown away, the
keep-alive that resets every clock a command can reset.
"""

import re
from collections.abc import Callable
from typing import Final

import aioftp

from ftpwatch.core.ftp.command import Command, Purpose
from ftpwatch.core.ftp.reply import ReplyClass, reply_class
from ftpwatch.core.journal.events import KeepAliveSkipped
from ftpwatch.engine.control_connection import ControlConnection
from ftpwatch.transport.problems import problem_in_words
from ftpwatch.transport.waiting import Overdue, unless, within

__all__ = ["Entries", "NotListed", "list_briefly", "read_listing"]

_MOST_BYTES: Final = 65_536
_PIECE: Final = 8_192
_EPSV: Final = re.compile(r"\((\W)\1\1(\d{1,5})\1\)")  # RFC 2428 §3
_PASV: Final = re.compile(r"(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})")


class NotListed(Exception):
    """There is no listing: `problem` says why no data connection came about, or how it broke; None
    where the server's reply refuses it.
    """

    def __init__(self, problem: str | None) -> None:
        super().__init__(problem or "the server's reply refuses it")
        self.problem = problem


class Entries:
    """Counts the lines of a LIST; the `total` that some servers put first is none."""

    def __init__(self) -> None:
        self._lines, self._head, self._last = 0, b"", b""

    @property
    def count(self) -> int:
        """So far."""
        return self._lines + (self._last not in (b"", b"\n")) - self._head.startswith(b"total ")

    def take(self, piece: bytes) -> None:
        """The next bytes."""
        self._lines += piece.count(b"\n")
        self._head = (self._head + piece)[:6]
        self._last = piece[-1:]


async def list_briefly(connection: ControlConnection) -> None:
    """LIST (RFC 959 §4.1.3), of which the first bytes are read and thrown away; it is said where no
    data connection came about. Raises ConnectionEnded, and Overdue where the server owed a reply
    for too long.
    """
    try:
        stream = await _data_connection(connection, Purpose.SETUP)
    except NotListed as error:
        if error.problem is not None:
            why = f"no data connection for LIST: {error.problem}"
            connection.own.publish(KeepAliveSkipped(why))
        return
    try:
        code, _ = await connection.ask(Command("LIST"), Purpose.KEEP_ALIVE, past_preliminary=False)
        if reply_class(code) is not ReplyClass.PRELIMINARY:
            return
        # How it went, the reply on the control connection tells.
        await _drain(connection, stream, lambda _: None, _MOST_BYTES)
    finally:
        stream.close()
    await connection.next_reply()


async def read_listing(
    connection: ControlConnection, command: Command, take: Callable[[bytes], None]
) -> None:
    """Give what `command` (LIST, NLST, MLSD) lists to `take`, in pieces, for as long as a reply may
    take. Raises NotListed, ConnectionEnded, and Overdue where the server owed a reply for too long.
    """
    stream = await _data_connection(connection, Purpose.PROBE)
    try:
        code, _ = await connection.ask(command, Purpose.PROBE, past_preliminary=False)
        if reply_class(code) is not ReplyClass.PRELIMINARY:
            raise NotListed(None)
        problem = await _drain(connection, stream, take, None)
    finally:
        stream.close()
    code, _ = await connection.next_reply()
    if reply_class(code) is not ReplyClass.COMPLETION:
        raise NotListed(None)
    if problem is not None:
        raise NotListed(problem)


async def _data_connection(
    connection: ControlConnection, purpose: Purpose
) -> aioftp.ThrottleStreamIO:
    """Opened to the port of EPSV or PASV. Raises NotListed."""
    port = await _passive(connection, purpose)
    try:
        return await connection.open_data(port)
    except OSError as error:
        raise NotListed(problem_in_words(error, connection.target, port)) from None
    except Overdue:
        raise NotListed("it did not open in time") from None


async def _passive(connection: ControlConnection, purpose: Purpose) -> int:
    """The port that the server listens on. Raises NotListed where it refuses both or names none."""
    code, lines = await connection.ask(Command("EPSV"), purpose)
    if match := _EPSV.search(" ".join(lines)) if code == 229 else None:
        return int(match[2])
    if connection.own.facts.announcement is not None:
        raise NotListed(None)  # it was answered by the end
    code, lines = await connection.ask(Command("PASV"), purpose)
    if reply_class(code) is not ReplyClass.COMPLETION:
        raise NotListed(None)
    numbers = _PASV.search(" ".join(lines))
    if numbers is None:
        raise NotListed("the reply names no port")
    return int(numbers[5]) * 256 + int(numbers[6])


async def _drain(
    connection: ControlConnection,
    stream: aioftp.ThrottleStreamIO,
    take: Callable[[bytes], None],
    most_bytes: int | None,
) -> str | None:
    """Read until it ends, or `most_bytes` are there; what went wrong, None where nothing did."""
    seconds = connection.target.timeout_seconds
    try:
        reading = unless(connection.receiver.ended, _read(connection, stream, take, most_bytes))
        await within(connection.clock, seconds, reading)
    except Overdue:
        return f"it did not end within {seconds:g} s"
    except (OSError, EOFError) as error:
        return str(error) or type(error).__name__
    return None


async def _read(
    connection: ControlConnection,
    stream: aioftp.ThrottleStreamIO,
    take: Callable[[bytes], None],
    most_bytes: int | None,
) -> None:
    await connection.protect(stream)  # after the preliminary reply (RFC 4217 §7)
    left = most_bytes
    while (left is None or left > 0) and (piece := await stream.read(_PIECE)):
        take(piece)
        left = None if left is None else left - len(piece)
