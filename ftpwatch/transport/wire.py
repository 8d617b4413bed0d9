"""Bytes, FIN and RST of a control connection, the moment asyncio sees them.

asyncio's own StreamReader throws away what it buffered when an RST follows; this one buffers
nothing and hands everything to a `Wire` at once, with no task in between. It survives start_tls.
"""

import asyncio
import os
import select
import socket
import ssl
from typing import Any, Protocol

from ftpwatch.core.journal.vocabulary import ClosedBy, Manner
from ftpwatch.core.state.closure import Ending

__all__ = [
    "Wire", "WireReader", "ending_of", "fin_ending", "left_in_kernel", "something_waits",
]  # fmt: skip

_LEFT_OVER_LIMIT = 65_536


class Wire(Protocol):
    """Who is told what arrives."""

    def bytes_received(self, data: bytes) -> None: ...

    def fin_received(self) -> None: ...

    def connection_broken(self, error: Exception) -> None: ...


class WireReader(asyncio.StreamReader):
    """A StreamReader that keeps nothing."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._wire = wire

    def feed_data(self, data: Any) -> None:
        self._wire.bytes_received(bytes(data))

    def feed_eof(self) -> None:
        super().feed_eof()
        self._wire.fin_received()

    def set_exception(self, exc: Any) -> None:
        super().set_exception(exc)
        self._wire.connection_broken(exc)


def ending_of(error: Exception) -> Ending:
    """How an error of asyncio says that the connection ended."""
    if isinstance(error, ssl.SSLError):
        return Ending(ClosedBy.SERVER_PI, Manner.TLS_CLOSE)
    if isinstance(error, (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)):
        return Ending(ClosedBy.SERVER_PI, Manner.RESET)
    return Ending(ClosedBy.NETWORK, Manner.TIMEOUT)


def fin_ending(tls: ssl.SSLObject | None) -> Ending:
    """A FIN, under TLS with or without its close_notify."""
    if tls is None:
        return Ending(ClosedBy.SERVER_PI, Manner.FIN)
    try:
        said_goodbye = tls.read(1) == b""
    except ssl.SSLZeroReturnError:
        said_goodbye = True
    except (ssl.SSLError, ValueError):
        said_goodbye = False
    return Ending(ClosedBy.SERVER_PI, Manner.TLS_CLOSE if said_goodbye else Manner.FIN)


def something_waits(transport: asyncio.BaseTransport | None) -> bool:
    """The kernel holds bytes or an end that the loop has not read; True where it cannot tell."""
    wrapped = transport.get_extra_info("socket") if transport is not None else None
    if wrapped is None or wrapped.fileno() < 0 or not hasattr(select, "poll"):
        return True
    poll = select.poll()
    poll.register(wrapped.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def left_in_kernel(transport: asyncio.BaseTransport) -> bytes:
    """What the kernel still holds after a failed write: asyncio closes without reading it."""
    wrapped = transport.get_extra_info("socket")
    if wrapped is None or wrapped.fileno() < 0:
        return b""
    try:
        with socket.socket(fileno=os.dup(wrapped.fileno())) as copy:
            copy.setblocking(False)
            return copy.recv(_LEFT_OVER_LIMIT)
    except OSError:
        return b""
