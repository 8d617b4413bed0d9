"""One connection of a demo server: plays its script over whatever transport it is given."""

import asyncio
import socket
import struct
from collections.abc import Callable, Coroutine, Sequence
from typing import Final, Protocol

from ftpwatch.core.clock import Clock
from ftpwatch.demo.script import ScriptedClock, ServerScript

__all__ = ["DemoConnection", "DemoServer", "Listen"]

_LINGER_ZERO: Final = struct.pack("ii", 1, 0)
_LONGEST_LINE: Final = 65_536
_LISTING: Final = b"-rw-r--r-- 1 demo demo 0 Jan  1 00:00 nothing-to-see.txt\r\n"


class _DataConnection(asyncio.Protocol):
    """The server-DTP of one transfer: whoever connects first."""

    def __init__(self) -> None:
        self.stands: asyncio.Future[asyncio.Transport] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport) and not self.stands.done():
            self.stands.set_result(transport)

    async def send(self, data: bytes) -> None:
        """Wait for the connection, send `data` and close."""
        transport = await self.stands
        transport.write(data)
        transport.close()


class Listen(Protocol):
    """Listens for one data connection; gives the port and what ends it."""

    async def __call__(
        self, factory: Callable[[], asyncio.Protocol]
    ) -> tuple[int, Callable[[], None]]: ...


class DemoConnection(asyncio.Protocol):
    """Server-PI of one connection. `left` is called once, when it has ended."""

    def __init__(self, server_played: "DemoServer") -> None:
        self._troupe = server_played
        self._clock = server_played.clock
        self._script = server_played.script
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._deaf = False
        self._cues: asyncio.Queue[Sequence[str]] = asyncio.Queue()
        self._reset_at: dict[ScriptedClock, float] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._data: _DataConnection | None = None
        self._stop_listening: Callable[[], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        welcome = self._troupe.welcome(self)
        self._cues.put_nowait(welcome)
        self._start(self._play())
        for clock in self._script.clocks if welcome is self._script.greeting else ():
            self._reset_at[clock] = self._clock.elapsed()
            self._start(self._watch(clock))

    def data_received(self, data: bytes) -> None:
        *lines, self._buffer = (self._buffer + data)[-_LONGEST_LINE:].split(b"\n")
        for line in lines:
            verb = line.decode("latin-1").strip().partition(" ")[0].upper()
            self._heard(verb)

    def connection_lost(self, exc: Exception | None) -> None:
        self._troupe.leave(self)
        for task in self._tasks:
            task.cancel()
        if self._stop_listening is not None:
            self._stop_listening()

    def cue(self, actions: Sequence[str]) -> None:
        """Do `actions` after what is going on."""
        self._cues.put_nowait(actions)

    def _heard(self, verb: str) -> None:
        if self._deaf:
            return
        for clock in self._reset_at:
            if verb in clock.reset_by or "*" in clock.reset_by:
                self._reset_at[clock] = self._clock.elapsed()
        reply = self._script.reply_to(verb)
        self._troupe.failed_logins += verb == "PASS" and reply[0].startswith("5")
        self._cues.put_nowait(reply)

    async def _watch(self, clock: ScriptedClock) -> None:
        while (due := self._reset_at[clock] + clock.seconds) > self._clock.elapsed():
            await self._clock.sleep_until(due)
        self._cues.put_nowait(clock.does)

    async def _play(self) -> None:
        while True:
            for action in await self._cues.get():
                await self._do(action)

    async def _do(self, action: str) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        name, _, argument = action.partition(" ")
        match name:
            case "@wait":
                await self._clock.sleep_until(self._clock.elapsed() + float(argument))
            case "@fin":
                transport.close()
            case "@rst":
                _reset(transport)
            case "@deaf":
                self._deaf = True
            case "@epsv" | "@pasv":
                transport.write(await self._offer_data_connection(name) + b"\r\n")
            case "@list":
                if self._data is not None:
                    await self._data.send(_LISTING)
            case "@raw":
                transport.write(argument.encode().decode("unicode_escape").encode("latin-1"))
            case _:
                transport.write(action.encode() + b"\r\n")

    async def _offer_data_connection(self, how: str) -> bytes:
        if self._stop_listening is not None:
            self._stop_listening()
        data = self._data = _DataConnection()
        port, self._stop_listening = await self._troupe.listen(lambda: data)
        if how == "@epsv":  # RFC 2428 §3
            return f"229 Entering Extended Passive Mode (|||{port}|)".encode()
        return f"227 Entering Passive Mode (127,0,0,1,{port // 256},{port % 256}).".encode()

    def _start(self, coroutine: Coroutine[object, object, None]) -> None:
        self._tasks.append(asyncio.ensure_future(coroutine))


class DemoServer:
    """All connections of one demo server: counts places, speaks to everybody at once."""

    def __init__(self, script: ServerScript, clock: Clock, listen: Listen) -> None:
        self.script = script
        self.clock = clock
        self.listen = listen
        self.failed_logins = 0
        self._actors: list[DemoConnection] = []

    def new(self) -> DemoConnection:
        """A protocol for a connection just accepted."""
        return DemoConnection(self)

    def welcome(self, actor: DemoConnection) -> tuple[str, ...]:
        """The greeting, and a place; or what is said instead."""
        script = self.script
        if script.bans_after is not None and self.failed_logins >= script.bans_after:
            return script.when_banned
        if script.places is not None and len(self._actors) >= script.places:
            return script.when_full
        self._actors.append(actor)
        return script.greeting

    def leave(self, actor: DemoConnection) -> None:
        """Give the place back."""
        if actor in self._actors:
            self._actors.remove(actor)

    def cue(self, actions: Sequence[str]) -> None:
        """Everybody does `actions`."""
        for actor in list(self._actors):
            actor.cue(actions)


def _reset(transport: asyncio.Transport) -> None:
    """Close with RST: linger zero on a socket, abort elsewhere."""
    wrapped = transport.get_extra_info("socket")
    if wrapped is not None:
        wrapped.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
    transport.abort()
