"""Bytes, FIN and RST of a control connection, the moment asyncio sees them.

asyncio's own StreamReader throws away what it buffered when an RST follows; this one buffers
nothing and hands everything to a `Wire` at once, with no task in between. It survives start_tls.
"""

import asyncio
import contextlib
import os
import select
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any, Protocol

from aiohappyeyeballs import AddrInfoType as AddrInfo
from aiohappyeyeballs import start_connection

from ftpwatch.core.journal.vocabulary import ClosedBy, Manner
from ftpwatch.core.state.closure import Ending

__all__ = [
    "Connect",
    "Wire",
    "WireReader",
    "addresses_of",
    "ending_of",
    "fin_ending",
    "left_in_kernel",
    "real_network",
    "something_waits",
]

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


class Connect(Protocol):
    """Opens a transport: the network, or a server in memory."""

    async def __call__(
        self,
        factory: Callable[[], asyncio.StreamReaderProtocol],
        host: str,
        port: int,
        resolved: Callable[[], None] = lambda: None,
    ) -> asyncio.Transport:
        """A transport to `host` and `port`; `resolved` is called when the name is one no more."""
        ...


async def real_network(
    factory: Callable[[], asyncio.StreamReaderProtocol],
    host: str,
    port: int,
    resolved: Callable[[], None] = lambda: None,
) -> asyncio.Transport:
    """TCP to the address that answers first (RFC 8305). Raises OSError."""
    found = await addresses_of(host, port)
    resolved()
    used = await start_connection(found, happy_eyeballs_delay=0.25, interleave=1)
    transport, _ = await asyncio.get_running_loop().create_connection(factory, sock=used)
    return transport


async def addresses_of(host: str, port: int) -> list[AddrInfo]:
    """What `host` resolves to. Raises socket.gaierror.

    In a thread of its own that nobody waits for: a resolver that hangs would keep asyncio's pool,
    and with it the end of the program.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[AddrInfo]] = loop.create_future()

    def tell(found: list[AddrInfo] | OSError) -> None:
        if answer.done():
            return
        if isinstance(found, OSError):
            answer.set_exception(found)
        else:
            answer.set_result(found)

    def ask() -> None:
        found: Any
        try:
            found = list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            found = error
        except UnicodeError:
            found = socket.gaierror(socket.EAI_NONAME, "it is no valid host name")
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(tell, found)

    threading.Thread(target=ask, daemon=True, name=f"resolve {host!r}").start()
    return await answer


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
