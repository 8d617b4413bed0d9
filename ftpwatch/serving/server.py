"""The server of the page: on loopback, for browsers that mean us, so many at once.

Only what is named here is served. A visitor's place is taken before anything is awaited and given
back when its process has ended, so that there are never more processes than places.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import msgspec
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from ftpwatch.core.errors import UserError
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.place import place
from ftpwatch.serving.doors import is_own_host, is_own_origin, must_be_loopback
from ftpwatch.serving.messages import MOST_MESSAGE_BYTES, sizes
from ftpwatch.serving.page import headers, page, terminal_files
from ftpwatch.serving.visit import Visit

__all__ = ["MOST_VISITORS", "Shown", "WebServer"]

MOST_VISITORS: Final = 8
_HEARTBEAT_SECONDS: Final = 15.0
_CLOSING_SECONDS: Final = 5.0
_FULL: Final = (
    f"{MOST_VISITORS} visitors look already, which is the most. Load this page again when one of "
    "them has left.\n"
)
_LONGEST_SHOWN: Final = 100
_BACKLOG: Final = 64
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Shown(msgspec.Struct, frozen=True):
    """What visitors see: the recording `name`, by the `command` that runs for each of them in that
    `environment`.
    """

    name: str
    command: Sequence[str]
    environment: dict[str, str]


class WebServer:
    """`open` it, and `close` it in any case; `say` hears what goes wrong, `failed` an error of
    ours. Raises ModuleNotFoundError without textual-serve.
    """

    def __init__(
        self, shown: Shown, say: Callable[[str], None], failed: Callable[[Exception], None]
    ) -> None:
        self._shown, self._say = shown, say
        self._files = terminal_files()
        self._visits: set[Visit] = set()
        self._taken = 0
        app = web.Application(middlewares=[self._admit])
        app.on_response_prepare.append(self._dress)
        app.add_routes(
            [
                web.get("/", self._page),
                web.get("/ws", self._visit),
                web.get("/static/{name}", self._file),
            ]
        )
        self._runner = web.AppRunner(
            app,
            access_log=None,
            logger=_Log(failed),
            handle_signals=False,
            shutdown_timeout=_CLOSING_SECONDS,
            keepalive_timeout=_HEARTBEAT_SECONDS,
        )

    async def open(self, address: str, port: int) -> str:
        """Listen there, at any free port where it is 0; the URL to open. Raises UserError."""
        must_be_loopback(address, port)
        await self._runner.setup()
        try:
            site = web.TCPSite(self._runner, address, port, backlog=_BACKLOG)
            await site.start()
        except OSError as error:
            reason = error.strerror or str(error)
            raise UserError(
                f"cannot listen at {place(address, port)}: {reason}; --listen takes a loopback "
                "address and a port that is free, 0 for any"
            ) from error
        bound = self._runner.addresses[0][1]
        return f"http://{place(address, int(bound))}/"

    async def close(self) -> None:
        """Nobody looks any more, and no process of theirs is left."""
        await asyncio.gather(*(visit.leave() for visit in self._visits))
        await self._runner.cleanup()

    @web.middleware
    async def _admit(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Nothing for a page of somebody else."""
        hosts = request.headers.getall("Host", [])
        if not is_own_host(hosts):
            named = visible(", ".join(hosts)[:_LONGEST_SHOWN])
            return _refusal(403, f"Host {named!r} is not this machine: open the address that "
                                 "ftpwatch serve names.\n")  # fmt: skip
        origins = request.headers.getall("Origin", [])
        if not is_own_origin(origins, hosts[0]):
            named = visible(", ".join(origins)[:_LONGEST_SHOWN])
            return _refusal(403, f"Origin {named!r} is a page of somebody else.\n")
        return await handler(request)

    async def _dress(self, request: web.Request, response: web.StreamResponse) -> None:
        hosts = request.headers.getall("Host", [])
        response.headers.update(headers(hosts[0] if is_own_host(hosts) else "localhost"))

    async def _page(self, request: web.Request) -> web.Response:
        if self._taken >= MOST_VISITORS:
            return _refusal(503, _FULL)
        text = page(self._shown.name, request.headers["Host"])
        return web.Response(text=text, content_type="text/html")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        path = self._files.get(request.match_info["name"])
        return web.FileResponse(path) if path is not None else _refusal(404, "There is no such.\n")

    async def _visit(self, request: web.Request) -> web.StreamResponse:
        if self._taken >= MOST_VISITORS:
            return _refusal(503, _FULL)
        self._taken += 1
        try:
            return await self._show(request)
        finally:
            self._taken -= 1

    async def _show(self, request: web.Request) -> web.StreamResponse:
        websocket = web.WebSocketResponse(
            heartbeat=_HEARTBEAT_SECONDS, max_msg_size=MOST_MESSAGE_BYTES, compress=False
        )
        await websocket.prepare(request)
        shown, query = self._shown, request.query
        visit = Visit(websocket, shown.command, shown.environment, self._say)
        self._visits.add(visit)
        try:
            await visit.run(*sizes(query.get("width", ""), query.get("height", "")))
        finally:
            self._visits.discard(visit)
        return websocket


class _Log(logging.Logger):
    """What aiohttp would print with a traceback; what somebody sent that is no HTTP is not ours."""

    def __init__(self, failed: Callable[[Exception], None]) -> None:
        super().__init__("ftpwatch.serving", logging.ERROR)
        self._failed = failed

    def handle(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        theirs = OSError | web.HTTPException | HttpProcessingError
        if isinstance(error, Exception) and not isinstance(error, theirs):
            self._failed(error)


def _refusal(status: int, sentence: str) -> web.Response:
    return web.Response(status=status, text=sentence, content_type="text/plain")
