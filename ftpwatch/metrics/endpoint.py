"""The page that Prometheus reads, served by threads of its own: a scrape, or somebody who only
opens connections, does not hold up the watch.

One page is made at a time, and no more than a few connections stand, none of them for long.
"""

import gzip
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder, gzip_accepted
from prometheus_client.registry import Collector

from ftpwatch.core.errors import UserError
from ftpwatch.core.text.place import place
from ftpwatch.metrics.unhurried import Unhurried

__all__ = ["Endpoint"]

PATH: Final = "/metrics"
MOST_CONNECTIONS: Final = 16
LONGEST_SECONDS: Final = 15.0
_LOOK_SECONDS: Final = 0.1
_OPENMETRICS: Final = "application/openmetrics-text"
_BROKEN: Final = b"HTTP/1.0 500 Internal Server Error\r\n\r\n"
Failed = Callable[[Exception], None]


class Endpoint:
    """Listens from its making on; `serve` answers, `close` ends it. Port 0 is any free one. Raises
    UserError where it cannot listen there.
    """

    def __init__(self, host: str, port: int) -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            self._server = _Server(found[0][0], host, port)
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise UserError(
                f"metrics cannot be served at {place(host, port)}: {reason}; --metrics takes an "
                "address of this machine and a port that is free"
            ) from error
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it is read."""
        host, port = self._server.server_address[:2]
        return f"http://{place(str(host), int(port))}{PATH}"

    def serve(self, collector: Collector, failed: Failed) -> None:
        """Answer with what `collector` gives; `failed` hears, in another thread, of its errors."""
        self._server.registry.register(collector)
        self._server.failed = failed
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_LOOK_SECONDS,), daemon=True, name="metrics"
        )
        self._thread.start()

    def close(self) -> None:
        """Listen no more; who is being answered is cut off."""
        if self._thread is not None:
            self._server.shutdown()
        self._server.server_close()
        self._server.cut_off(0.0)


class _Server(ThreadingHTTPServer):
    """As the standard library has it, but it asks no DNS for its own name, bounds connections, and
    says nothing on stderr.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, family: int, host: str, port: int) -> None:
        self.address_family = family
        self.registry = CollectorRegistry(auto_describe=False)
        self.rendering = threading.Lock()
        self.failed: Failed = lambda _: None
        self._since: dict[socket.socket, float] = {}
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def get_request(self) -> tuple[socket.socket, Any]:
        try:
            return self.socket.accept()
        except OSError:
            time.sleep(_LOOK_SECONDS)  # too many open files, and it stays readable
            raise

    def process_request(self, request: Any, client_address: Any) -> None:
        self.cut_off(LONGEST_SECONDS)
        if len(self._since) >= MOST_CONNECTIONS:
            super().shutdown_request(request)
            return
        self._since[request] = time.monotonic()
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._since.pop(request, None)
        super().shutdown_request(request)

    def cut_off(self, after_seconds: float) -> None:
        """End connections that stand for so long."""
        before = time.monotonic() - after_seconds
        for request, since in list(self._since.items()):
            if since <= before:
                with suppress(OSError):
                    request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception()
        if isinstance(error, Exception) and not isinstance(error, OSError):
            self.failed(error)
            with suppress(OSError):
                request.sendall(_BROKEN)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version, sys_version = "ftpwatch", ""
    error_content_type, error_message_format = "text/plain", "%(code)d %(message)s\n"
    timeout = LONGEST_SECONDS

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != PATH:
            self.send_error(404, f"the metrics are at {PATH}")
            return
        # Whatever version is asked for, these two are spoken.
        wanted = _OPENMETRICS if _OPENMETRICS in self.headers.get("Accept", "") else ""
        encode, kind = choose_encoder(wanted)
        with self.server.rendering:
            page = encode(Unhurried(self.server.registry))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if gzip_accepted(self.headers.get("Accept-Encoding", "")):
            page = gzip.compress(page, 1)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: Any) -> None:
        """A scrape is no news."""
