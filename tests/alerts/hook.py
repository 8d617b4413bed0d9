"""A place on loopback that takes apprise's json:// messages."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Hook:
    """`messages` came by now; each is answered with `status`, once `held` is not set."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.messages: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.port = 0
        self.go_on = threading.Event()
        self.go_on.set()


@contextmanager
def hook(status: int = 200) -> Iterator[Hook]:
    taken = Hook(status)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.headers.append(dict(self.headers))
            taken.messages.append(json.loads(body))
            taken.go_on.wait(20)
            self.send_response(taken.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    taken.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield taken
    finally:
        taken.go_on.set()
        server.shutdown()
        server.server_close()


def until(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.01)
