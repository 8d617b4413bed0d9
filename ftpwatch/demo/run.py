"""The stage: demo servers at their ports, steps and sessions of a scenario in their time."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from types import TracebackType
from typing import Protocol, Self

from ftpwatch.core.clock import Clock
from ftpwatch.demo.scenario import Player, Scenario, Step
from ftpwatch.demo.server import DemoServer
from ftpwatch.demo.venue import Venue

__all__ = ["Audience", "DemoRun"]


class Audience(Protocol):
    """Who watches: is told each step, lets sessions join, wishes what a user would."""

    async def step(self, step: Step) -> None: ...

    def join(self, player: Player, port: int) -> None: ...


class _House:
    """One server, which may close and come back on the same port."""

    def __init__(self, server_played: DemoServer, venue: Venue) -> None:
        self.server_played = server_played
        self.port = 0
        self._venue = venue
        self._close: Callable[[], None] | None = None

    async def open(self) -> None:
        self.port, self._close = await self._venue.open(self.server_played.new, self.port)

    def close(self) -> None:
        if self._close is not None:
            self._close()
            self._close = None


class DemoRun:
    """Use it as an async context manager: inside, all servers listen."""

    def __init__(self, scenario: Scenario, clock: Clock, venue: Venue) -> None:
        self._scenario, self._clock = scenario, clock
        self._houses = {
            s.name: _House(DemoServer(s, clock, venue.open), venue) for s in scenario.server
        }

    async def __aenter__(self) -> Self:
        for house in self._houses.values():
            await house.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for house in self._houses.values():
            house.close()

    async def play(self, audience: Audience) -> None:
        """Play all steps from now on, and let the sessions join when their time has come."""
        began = self._clock.elapsed()
        for at, act in self._acts(audience):
            await self._clock.sleep_until(began + at)
            await act()
        await self._clock.sleep_until(began + self._scenario.seconds)

    def _acts(self, audience: Audience) -> list[tuple[float, Callable[[], Awaitable[None]]]]:
        story = self._scenario
        acts: list[tuple[float, Callable[[], Awaitable[None]]]] = [
            *((player.at, partial(self._join, player, audience)) for player in story.session),
            *((step.at, partial(self._perform, step, audience)) for step in story.step),
        ]
        return sorted(acts, key=lambda act: act[0])

    async def _join(self, player: Player, audience: Audience) -> None:
        audience.join(player, self._houses[player.server].port)
        await asyncio.sleep(0)

    async def _perform(self, step: Step, audience: Audience) -> None:
        await audience.step(step)
        if step.server is None:
            return
        house = self._houses[step.server]
        if step.down:
            house.close()
        house.server_played.cue(step.does)
        if step.up:
            await house.open()
