"""A network in memory and a clock that moves when told: a server's script meets the real engine.

`run_until` lets everything that can happen now happen, then moves the clock to the next moment
that somebody waits for.
"""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import inf

from ftpwatch.demo.script import ServerScript
from ftpwatch.demo.server import DemoServer

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class FakeClock:
    """Stands still but for `run_until` and `advance`."""

    def __init__(self) -> None:
        self._now = 0.0
        self._numbers = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=self._now)

    def elapsed(self) -> float:
        return self._now

    def call_at(self, elapsed: float, callback: Callable[[], None]) -> "asyncio.Future[None]":
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda done: None if done.cancelled() else callback())
        if elapsed <= self._now:
            future.set_result(None)
        elif elapsed < inf:
            heapq.heappush(self._sleepers, (elapsed, next(self._numbers), future))
        return future

    async def sleep_until(self, elapsed: float) -> None:
        if elapsed <= self._now:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (elapsed, next(self._numbers), future))
        await future

    async def run_until(self, condition: Callable[[], object], limit: float = 10_000) -> None:
        """Move on until `condition` holds; fail where it does not by `limit`."""
        await settle()
        while not condition():
            due = self._next()
            assert due is not None and due <= limit, f"nothing more happens by {limit} s"
            self.move_to(due)
            await settle()

    async def advance(self, seconds: float) -> None:
        """Move on by `seconds`, stopping at every moment that somebody waits for."""
        end = self._now + seconds
        await settle()
        while (due := self._next()) is not None and due <= end:
            self.move_to(due)
            await settle()
        self._now = end
        await settle()

    def sleep(self, seconds: float) -> None:
        """The machine sleeps: time passes and nothing runs."""
        self._now += seconds

    def _next(self) -> float | None:
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    def move_to(self, to: float) -> None:
        self._now = max(self._now, to)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            future = heapq.heappop(self._sleepers)[2]
            if not future.done():
                future.set_result(None)


async def settle() -> None:
    """Let everything happen that can happen without time passing."""
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    await asyncio.sleep(0)
    while ready:
        await asyncio.sleep(0)


class MemoryTransport(asyncio.Transport):
    """One end of a connection in memory."""

    def __init__(self, protocol: asyncio.Protocol, names: tuple[str, int]) -> None:
        super().__init__()
        self.protocol, self.names = protocol, names
        self.peer: MemoryTransport | None = None
        self._closing = self._lost = False
        self._loop = asyncio.get_running_loop()

    def get_extra_info(self, name: str, default: object = None) -> object:
        return {"sockname": ("127.0.0.1", 40_000), "peername": self.names}.get(name, default)

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self.protocol

    def is_closing(self) -> bool:
        return self._closing

    def is_reading(self) -> bool:
        return True

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self._closing and self.peer is not None:
            self._loop.call_soon(self.peer.take, bytes(data))

    def take(self, data: bytes) -> None:
        if not self._lost:
            self.protocol.data_received(data)

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            assert self.peer is not None
            self._loop.call_soon(self.peer.take_fin)
            self._loop.call_soon(self.lose, None)

    def take_fin(self) -> None:
        if not self._lost and not self.protocol.eof_received():
            self.close()

    def abort(self) -> None:
        if not self._closing:
            self._closing = True
            assert self.peer is not None
            self._loop.call_soon(self.peer.lose, ConnectionResetError(104, "reset"))
            self._loop.call_soon(self.lose, None)

    def lose(self, error: Exception | None) -> None:
        if not self._lost:
            self._lost = self._closing = True
            self.protocol.connection_lost(error)


class MemoryNetwork:
    """Connects to scripted servers by port; `down` ports refuse."""

    def __init__(self, clock: FakeClock, *scripts: ServerScript) -> None:
        self.troupes = {
            2100 + n: DemoServer(script, clock, self.open) for n, script in enumerate(scripts)
        }
        self._accepts: dict[int, Callable[[], asyncio.Protocol]] = {
            port: server_played.new for port, server_played in self.troupes.items()
        }
        self.down: set[int] = set()
        self.connects: list[float] = []
        self._clock = clock
        self._ports = itertools.count(50_000)

    async def __call__(
        self,
        factory: Callable[[], asyncio.StreamReaderProtocol],
        host: str,
        port: int,
        resolved: Callable[[], None] = lambda: None,
    ) -> asyncio.Transport:
        resolved()
        self.connects.append(self._clock.elapsed())
        if port in self.down or port not in self._accepts:
            raise ConnectionRefusedError(111, "refused")
        ours = MemoryTransport(factory(), (host, port))
        theirs = MemoryTransport(self._accepts[port](), ("127.0.0.1", 40_000))
        ours.peer, theirs.peer = theirs, ours
        ours.protocol.connection_made(ours)
        theirs.protocol.connection_made(theirs)
        return ours

    async def open(
        self, factory: Callable[[], asyncio.Protocol], port: int = 0
    ) -> tuple[int, Callable[[], None]]:
        """The demo's Venue: its servers and their data connections are reached here."""
        port = port or next(self._ports)
        self._accepts[port] = factory
        return port, lambda: self._accepts.pop(port, None) and None

    def cue(self, *actions: str, port: int = 2100) -> None:
        """The server does `actions` on all its connections."""
        self.troupes[port].cue(actions)
