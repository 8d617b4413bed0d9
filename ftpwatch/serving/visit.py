"""One visitor: a browser's WebSocket, and the screen that runs for it as a process of its own.

The process ends with the visit. It sees no secret of ours, has no terminal, and where its visitor
does not read it waits, for so long.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Final

from aiohttp import WSCloseCode, WSMsgType
from aiohttp.web import WebSocketResponse

from ftpwatch.core.text.neutral import visible
from ftpwatch.serving.messages import HEAD_BYTES, MOST_PACKET_BYTES, is_exit, packet_of

__all__ = ["Visit"]

SLOW_SECONDS: Final = 20.0
LEAVING_SECONDS: Final = 2.0
GOODBYE_SECONDS: Final = 1.0
_STARTED: Final = b"__GANGLION__\n"
_MOST_SAID: Final = 2_000


class Visit:
    """`run` it once; `leave` ends it from elsewhere. `say` hears why a screen ended by itself."""

    def __init__(
        self,
        websocket: WebSocketResponse,
        command: Sequence[str],
        environment: dict[str, str],
        say: Callable[[str], None],
    ) -> None:
        self._websocket, self._say = websocket, say
        self._command, self._environment = command, environment

    async def run(self, width: int, height: int) -> None:
        """Until the visitor or the screen leaves; then there is no process any more."""
        environment = {**self._environment, "COLUMNS": str(width), "ROWS": str(height)}
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=pipe, stdout=pipe, stderr=pipe,
                env=environment,
                start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            self._say(f"a screen for a visitor cannot be started: {error.strerror}")
            await self.leave()
            return
        tasks = [asyncio.ensure_future(work(process)) for work in (self._draw, self._hear)]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._end(process)
            await self.leave()

    async def leave(self) -> None:
        """The visitor is told that it is over."""
        with contextlib.suppress(ConnectionError, RuntimeError, TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._websocket.close(code=WSCloseCode.GOING_AWAY)

    async def _draw(self, process: asyncio.subprocess.Process) -> None:
        """What the screen draws, as fast as it is read."""
        output = process.stdout
        assert output is not None
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            if await output.readline() != _STARTED:
                return
            while True:
                head = await output.readexactly(HEAD_BYTES)
                size = int.from_bytes(head[1:], "big")
                if size > MOST_PACKET_BYTES:
                    return
                payload = await output.readexactly(size)
                if head[:1] == b"D":
                    async with asyncio.timeout(SLOW_SECONDS):
                        await self._websocket.send_bytes(payload)
                elif head[:1] == b"M" and is_exit(payload):
                    return

    async def _hear(self, process: asyncio.subprocess.Process) -> None:
        """Keys, and how large the window is."""
        keys = process.stdin
        assert keys is not None
        with contextlib.suppress(ConnectionError):
            async for message in self._websocket:
                if message.type is not WSMsgType.TEXT:
                    continue
                packet = packet_of(message.data)
                if packet is not None:
                    keys.write(packet)
                    await keys.drain()

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        """Its input ends, which ends the screen; one that does not heed that is killed."""
        try:
            async with asyncio.timeout(LEAVING_SECONDS):
                _, said = await process.communicate(b"")
        except TimeoutError:
            process.kill()
            _, said = await process.communicate()  # pipes are closed once they are empty
        finally:
            if process.returncode is None:
                process.kill()
        text = said[:_MOST_SAID].decode("utf-8", "replace").strip().partition("\n")[0]
        if text:
            self._say(f"the screen of a visitor: {visible(text.removeprefix('ftpwatch: '))}")
