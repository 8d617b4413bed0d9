"""Writing where perhaps nobody reads: a stuck terminal, a pipe that is full, a disk that is.

Nothing here waits longer than it is told to. What is written to has a description of its own, so
that making it non-blocking changes nothing for the shell or whoever else shares it.
"""

import contextlib
import os
import select
import stat
import threading
import time
from collections.abc import Callable
from typing import Final

__all__ = ["Outlet", "own_description", "write_within"]

MOST_WAITING: Final = 1_048_576
_LOOK_SECONDS: Final = 0.1
_PIECE: Final = 65_536


def own_description(fd: int) -> int:
    """A non-blocking descriptor for what `fd` is; a plain duplicate where there can be none."""
    with contextlib.suppress(OSError):
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            name = os.ttyname(fd) if os.isatty(fd) else f"/proc/self/fd/{fd}"
            return os.open(name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    return os.dup(fd)


def write_within(fd: int, data: bytes, seconds: float) -> bytes:
    """Write `data` to `fd`, which should be non-blocking; gives what nobody took in time. Raises
    OSError where it cannot be written.
    """
    end = time.monotonic() + seconds
    while data:
        try:
            written = os.write(fd, data[:_PIECE])
        except BlockingIOError:
            left = end - time.monotonic()
            if left <= 0 or not _is_writable(fd, left):
                break
            continue
        data = data[written:]
    return data


class Outlet:
    """Writes text to `fd` in a thread of its own. `gone` is called there once, with the error,
    when it cannot be written to any more; `caught_up` when, after some was let go for want of a
    reader, there is room again.
    """

    def __init__(
        self,
        fd: int,
        gone: Callable[[OSError], None],
        caught_up: Callable[[], None] = lambda: None,
        encoding: str = "utf-8",
    ) -> None:
        self._fd, self._gone, self._caught_up = own_description(fd), gone, caught_up
        self._encoding = encoding
        self._changed = threading.Condition()
        self._waiting: list[bytes] = []
        self._size = 0
        self._busy = self._closed = self._broken = self._lost = False
        self._thread = threading.Thread(target=self._run, daemon=True, name="outlet")
        self._thread.start()

    def write(self, text: str) -> None:
        """Take `text`. Where too much waits already, all of it is let go."""
        data = text.encode(self._encoding, "backslashreplace")
        with self._changed:
            if self._broken or self._closed:
                return
            if self._size + len(data) > MOST_WAITING:
                self._waiting.clear()
                self._size, self._lost = 0, True
                return
            self._waiting.append(data)
            self._size += len(data)
            self._changed.notify_all()

    def flush(self, seconds: float) -> bool:
        """Wait for what waits to be written, at most `seconds`; whether it was."""
        with self._changed:
            return self._changed.wait_for(
                lambda: self._broken or not (self._waiting or self._busy), seconds
            )

    def close(self, seconds: float) -> None:
        """Write what waits, within `seconds`, and no more."""
        self.flush(seconds)
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()
        self._thread.join(2 * _LOOK_SECONDS)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if self._closed and not self._waiting:
                    break
                data = b"".join(self._waiting)
                self._waiting.clear()
                self._size, self._busy = len(data), True
            self._write(data)
            with self._changed:
                self._size, self._busy = sum(map(len, self._waiting)), False
                lost, self._lost = self._lost and not self._broken, False
                self._changed.notify_all()
            if lost:
                self._caught_up()
        os.close(self._fd)

    def _write(self, data: bytes) -> None:
        """All of `data`, however long it takes, unless it is closed meanwhile."""
        while data and not self._closed and not self._broken:
            try:
                data = data[os.write(self._fd, data[:_PIECE]) :]
            except BlockingIOError:
                _is_writable(self._fd, _LOOK_SECONDS)
            except OSError as error:
                self._broken = True
                self._gone(error)


def _is_writable(fd: int, seconds: float) -> bool:
    """Wait for room, at most so long."""
    poll = select.poll()  # select knows no descriptors above 1023
    poll.register(fd, select.POLLOUT)
    return bool(poll.poll(seconds * 1000))
