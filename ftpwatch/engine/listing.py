"""A small LIST over a passive data connection: the keep-alive that resets every clock a command
can reset. What is listed is thrown away.
"""

import asyncio
from typing import Final

import aioftp

from ftpwatch.core.events import KeepAliveSkipped
from ftpwatch.engine.control_connection import ControlConnection
from ftpwatch.engine.waiting import Overdue, within

__all__ = ["list_briefly"]

_MOST_BYTES: Final = 65_536
_PIECE: Final = 8_192


async def list_briefly(connection: ControlConnection) -> int | None:
    """LIST (RFC 959 §4.1.3) over EPSV or PASV; its last reply code, None where no LIST was sent.
    Raises ConnectionEnded, and Overdue where the server owed a reply for too long.
    """
    try:
        stream = await connection.get_stream("LIST", "1xx")
    except aioftp.StatusCodeError as refused:
        return int(refused.received_codes[-1])
    except (OSError, Overdue) as error:
        if connection.intake.dialogue.owed is not None:
            raise Overdue from error
        why = str(error) or "it did not open in time"
        connection.publish(KeepAliveSkipped(f"no data connection for LIST: {why}"))
        return None
    try:
        await within(connection.clock, connection.target.timeout_seconds, _read(connection, stream))
    except (OSError, Overdue, asyncio.IncompleteReadError):
        pass  # the reply on the control connection tells
    finally:
        stream.close()
    code, _ = await connection.command(None, "xxx", "1xx")
    return int(code)


async def _read(connection: ControlConnection, stream: aioftp.ThrottleStreamIO) -> None:
    await connection.protect(stream)  # after the preliminary reply (RFC 4217 §7)
    left = _MOST_BYTES
    while left > 0 and (piece := await stream.read(_PIECE)):
        left -= len(piece)
