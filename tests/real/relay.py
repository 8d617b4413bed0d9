"""A relay on loopback that notes when bytes from the server passed it."""

import socket
import threading
import time
from types import TracebackType
from typing import Self


class Relay:
    """Passes one connection on to `port`; runs in threads of its own."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._passed: list[tuple[float, bytes]] = []
        self._sockets: list[socket.socket] = [self._listener]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for used in self._sockets:
            used.close()

    def passed_at(self, start: bytes) -> float:
        """Wall time at which bytes that begin with `start` went to the client."""
        return next(at for at, data in self._passed if data.startswith(start))

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        server = socket.create_connection(("127.0.0.1", self._target))
        self._sockets += [client, server]
        threading.Thread(target=self._pump, args=(client, server, False), daemon=True).start()
        self._pump(server, client, True)

    def _pump(self, source: socket.socket, sink: socket.socket, noted: bool) -> None:
        try:
            while data := source.recv(65_536):
                if noted:
                    self._passed.append((time.time(), data))
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            return
