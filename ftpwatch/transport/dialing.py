"""A TCP connection to whichever address of a name answers first (RFC 8305)."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, Protocol

from aiohappyeyeballs import AddrInfoType as AddrInfo
from aiohappyeyeballs import start_connection

__all__ = ["Connect", "addresses_of", "real_network"]

READ_BYTES: Final = 16_384


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
    loop = asyncio.get_running_loop()
    addresses = await addresses_of(host, port)
    resolved()
    if [address[0] for address in addresses] == [socket.AF_INET]:
        # No race to be run, which would take longer than all else of an opening.
        opening = loop.create_connection(factory, str(addresses[0][4][0]), port)
    else:
        used = await start_connection(addresses, happy_eyeballs_delay=0.25, interleave=1)
        opening = loop.create_connection(factory, sock=used)
    transport, _ = await opening
    if hasattr(transport, "max_size"):
        # asyncio's own 256 KiB are taken from the system, and given back, at every read.
        transport.max_size = READ_BYTES
    return transport


async def addresses_of(host: str, port: int) -> list[AddrInfo]:
    """What `host` resolves to. Raises socket.gaierror.

    A name is asked for in a thread of its own that nobody waits for: a resolver that hangs would
    keep asyncio's pool, and with it the end of the program.
    """
    with contextlib.suppress(OSError, UnicodeError):
        # The index of a zone (RFC 4007 §11) changes as its interface comes and goes.
        look = _looked_up if "%" in host else _known
        return list(look(host, port))
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[AddrInfo]] = loop.create_future()

    def settle(result: list[AddrInfo] | OSError) -> None:
        if answer.done():
            return
        if isinstance(result, OSError):
            answer.set_exception(result)
        else:
            answer.set_result(result)

    def ask() -> None:
        result: Any
        try:
            result = list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            result = error
        except UnicodeError:
            result = socket.gaierror(socket.EAI_NONAME, "it is no valid host name")
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result)

    threading.Thread(target=ask, daemon=True, name=f"resolve {host!r}").start()
    return await answer


def _looked_up(host: str, port: int) -> tuple[AddrInfo, ...]:
    """What an address is to the system. Raises OSError where `host` is a name."""
    flags = socket.AI_NUMERICHOST
    return tuple(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags))


_known = lru_cache(maxsize=256)(_looked_up)  # thousands of sessions may have one
