"""Where demo servers are reached: free loopback ports, or a network in a test's memory."""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

__all__ = ["Loopback", "Venue"]

Factory = Callable[[], asyncio.Protocol]
_HOST: Final = "127.0.0.1"


class Venue(Protocol):
    """Opens ports."""

    async def open(self, factory: Factory, port: int = 0) -> tuple[int, Callable[[], None]]:
        """Listen on `port`, or on a free one for 0; gives the port and what ends it."""
        ...


class Loopback:
    """Real sockets on 127.0.0.1, not reachable from elsewhere."""

    async def open(self, factory: Factory, port: int = 0) -> tuple[int, Callable[[], None]]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(factory, _HOST, port, reuse_address=True)
        return server.sockets[0].getsockname()[1], server.close
