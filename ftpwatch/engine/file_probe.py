"""Whether a file is there and when it was changed last: by MDTM, else by MLST (RFC 3659 §3, §7),
else by what LIST says of it. Nothing is fetched.

A server that does not know a command (RFC 959 §4.2.2: 202, 500 to 504) is asked by the next; any
other refusal is about the file.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, tzinfo
from pathlib import PurePosixPath
from typing import Final

from ftpwatch.core.ftp.command import Command, Purpose
from ftpwatch.core.ftp.file_time import file_time
from ftpwatch.core.state.probed import SeenFile
from ftpwatch.engine.control_connection import ControlConnection
from ftpwatch.engine.listing import read_listing

__all__ = ["FileNotSeen", "look_at_file"]

_UNKNOWN_COMMAND: Final = (202, 500, 501, 502, 503, 504)
_LONGEST_LINE: Final = 8_192
_MOST_LINES: Final = 1_000
# Some servers take `MDTM 20261126071800 NAME` for a wish to set the time; LIST takes `-a`.
_MISREAD: Final = re.compile(r"-|\d{14}\s")
_Look = Callable[[ControlConnection, str], Awaitable[SeenFile | None]]


class FileNotSeen(Exception):
    """It is not there, or its time is not to be had: `problem` in our words, None where the reply
    of the server says it.
    """

    def __init__(self, problem: str | None = None) -> None:
        super().__init__(problem or "the server's reply says it")
        self.problem = problem


async def look_at_file(connection: ControlConnection, path: str, zone: tzinfo) -> SeenFile:
    """When the file at `path` was changed last; a listing is read in `zone`. Raises FileNotSeen,
    NotListed, ConnectionEnded, and Overdue where the server owed a reply for too long.
    """
    path = f"./{path}" if _MISREAD.match(path) else path
    for look in (_by_mdtm, _by_mlst):
        if (seen := await look(connection, path)) is not None:
            return seen
    return await _by_list(connection, path, zone)


async def _by_mdtm(connection: ControlConnection, path: str) -> SeenFile | None:
    code, lines = await connection.ask(Command("MDTM", path), Purpose.PROBE)
    if code == 213:
        modified = file_time(" ".join(lines))
        return None if modified is None else SeenFile(modified, "MDTM")
    if code not in _UNKNOWN_COMMAND:
        raise FileNotSeen
    return None


async def _by_mlst(connection: ControlConnection, path: str) -> SeenFile | None:
    code, lines = await connection.ask(Command("MLST", path), Purpose.PROBE)
    if code not in (250, *_UNKNOWN_COMMAND):
        raise FileNotSeen
    for line in lines[1:-1] if code == 250 else ():
        _, facts = connection.parse_mlsx_line(line.strip())
        if str(facts.get("type", "file")).lower() != "file":
            raise FileNotSeen("it is a folder, not a file")
        if (modified := file_time(str(facts.get("modify", "")))) is not None:
            return SeenFile(modified, "MLST")
    return None


async def _by_list(connection: ControlConnection, path: str, zone: tzinfo) -> SeenFile:
    lines = _Lines()
    await read_listing(connection, Command("LIST", path), lines.take)
    name = PurePosixPath(path).name
    for line in lines.all():
        try:
            listed, info = connection.parse_list_line(line)
            modified = datetime.strptime(str(info["modify"]), "%Y%m%d%H%M%S")
        except (ValueError, KeyError, IndexError):
            continue
        if listed.name == name and info.get("type") != "dir":
            return SeenFile(modified.replace(tzinfo=zone).astimezone(UTC), "LIST")
    raise FileNotSeen("MDTM and MLST are not known there, and LIST shows no such file with a time")


class _Lines:
    """The first lines of a listing; what is too long for one is none."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._open = b""

    def take(self, piece: bytes) -> None:
        """The next bytes."""
        *whole, self._open = (self._open + piece).split(b"\n")
        self._lines += [line for line in whole if len(line) <= _LONGEST_LINE]
        del self._lines[_MOST_LINES:]
        self._open = self._open[: _LONGEST_LINE + 1]

    def all(self) -> list[bytes]:
        """Those that are there now."""
        return [*self._lines, self._open]
