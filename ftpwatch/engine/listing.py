"""A small LIST over a passive data connection: the keep-alive that resets every clock a command
can reset. What is listed is thrown away.
"""

import re
from typing import Final

import aioftp

from ftpwatch.core.ftp.reply import ReplyClass, reply_class
from ftpwatch.core.journal.events import KeepAliveSkipped
from ftpwatch.engine.control_connection import ControlConnection
from ftpwatch.transport.waiting import Overdue, unless, within

__all__ = ["list_briefly"]

_MOST_BYTES: Final = 65_536
_PIECE: Final = 8_192
_EPSV: Final = re.compile(r"\((\W)\1\1(\d{1,5})\1\)")  # RFC 2428 §3
_PASV: Final = re.compile(r"(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})")


async def list_briefly(connection: ControlConnection) -> None:
    """LIST (RFC 959 §4.1.3) over EPSV or PASV; it is said where no data connection came about.
    Raises ConnectionEnded, and Overdue where the server owed a reply for too long.
    """
    offered, is_refused = await _passive(connection)
    if is_refused:
        return
    try:
        stream = None if offered is None else await connection.open_data(offered)
    except (OSError, Overdue) as error:
        stream = None
        why = str(error) or "it did not open in time"
    else:
        why = "the reply names no port"
    if stream is None:
        connection.own.publish(KeepAliveSkipped(f"no data connection for LIST: {why}"))
        return
    try:
        code, _ = await connection.command("LIST", "xxx")
        if reply_class(int(code)) is not ReplyClass.PRELIMINARY:
            return
        await _drain(connection, stream)
    finally:
        stream.close()
    await connection.command(None, "xxx", "1xx")


async def _passive(connection: ControlConnection) -> tuple[int | None, bool]:
    """The port that the server listens on, None for nonsense; and whether it refused both."""
    code, lines = await connection.command("EPSV", "xxx", "1xx")
    if match := _EPSV.search(" ".join(lines)) if code.matches("229") else None:
        return int(match[2]), False
    if connection.own.facts.announcement is not None:
        return None, True  # it was answered by the end
    code, lines = await connection.command("PASV", "xxx", "1xx")
    if not code.matches("2xx"):
        return None, True
    numbers = _PASV.search(" ".join(lines))
    return (int(numbers[5]) * 256 + int(numbers[6]) if numbers else None), False


async def _drain(connection: ControlConnection, stream: aioftp.ThrottleStreamIO) -> None:
    seconds = connection.target.timeout_seconds
    try:
        reading = unless(connection.receiver.ended, _read(connection, stream))
        await within(connection.clock, seconds, reading)
    except (OSError, Overdue, EOFError):
        pass  # the reply on the control connection tells


async def _read(connection: ControlConnection, stream: aioftp.ThrottleStreamIO) -> None:
    await connection.protect(stream)  # after the preliminary reply (RFC 4217 §7)
    left = _MOST_BYTES
    while left > 0 and (piece := await stream.read(_PIECE)):
        left -= len(piece)
