"""The stage: demo servers on free loopback ports, and the steps of a scenario in their time."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from ftpwatch.core.protocols import Clock
from ftpwatch.demo.actor import Troupe
from ftpwatch.demo.scenario import Scenario, Step

__all__ = ["Stage"]

_HOST = "127.0.0.1"


class _House:
    """One server's listening socket, which may close and come back on the same port."""

    def __init__(self, troupe: Troupe) -> None:
        self.troupe = troupe
        self.port = 0
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self.troupe.new, _HOST, self.port, reuse_address=True
        )
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


async def _listen(factory: Callable[[], asyncio.Protocol]) -> tuple[int, Callable[[], None]]:
    """Listen on a free loopback port for one data connection."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(factory, _HOST, 0)
    return server.sockets[0].getsockname()[1], server.close


class Stage:
    """Use it as an async context manager: inside, all servers listen."""

    def __init__(self, scenario: Scenario, clock: Clock) -> None:
        self._scenario = scenario
        self._clock = clock
        self._houses = {s.name: _House(Troupe(s, clock, _listen)) for s in scenario.server}
        self._exits = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for house in self._houses.values():
            await house.open()
            self._exits.callback(house.close)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._exits.aclose()

    def port_of(self, server: str) -> int:
        """The port on which `server` listens."""
        return self._houses[server].port

    async def play(self, tell: Callable[[str], None]) -> None:
        """Play all steps from now on; `tell` gets the line of each."""
        began = self._clock.elapsed()
        for step in self._scenario.step:
            await self._clock.sleep_until(began + step.at)
            tell(step.look)
            await self._perform(step)
        await self._clock.sleep_until(began + self._scenario.seconds)

    async def _perform(self, step: Step) -> None:
        if step.server is None:
            return
        house = self._houses[step.server]
        if step.down:
            house.close()
        house.troupe.cue(step.does)
        if step.up:
            await house.open()
