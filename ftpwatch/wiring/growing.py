"""A file that grows, or a pipe: what comes is waited for, until somebody stops it. A file that was
rotated away or cut is read on from its new beginning.
"""

import contextlib
import os
import select
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ftpwatch.core.errors import UserError

__all__ = ["Growing"]

_LOOK_SECONDS: Final = 0.2
_AT_ONCE: Final = 262_144


class Growing:
    """Reads in a thread of its own; `path` None is the descriptor `pipe`. Raises UserError where
    there is nothing to read. `turns` counts how often it began anew; `quiet` is called where
    `read` has to wait.
    """

    def __init__(self, path: Path | None, pipe: int | None = None) -> None:
        self._path = path
        self._stopped = threading.Event()
        self._fd = pipe if path is None and pipe is not None else self._open()
        self._is_file = path is not None and stat.S_ISREG(os.fstat(self._fd).st_mode)
        self._position = 0
        self._head = b""
        self.turns = 0
        self.quiet: Callable[[], object] = lambda: None

    @property
    def stopped(self) -> bool:
        """Nobody wants more of it."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Nothing is waited for any more."""
        self._stopped.set()

    def close(self) -> None:
        """Let go of a file."""
        if self._path is not None:
            with contextlib.suppress(OSError):
                os.close(self._fd)

    def peek(self, count: int) -> bytes:
        """The first bytes, once there are so many; they are read again."""
        while len(self._head) < count:
            data = self.some()
            if data is None:
                break
            self._head += data
        return self._head

    def some(self) -> bytes | None:
        """What there is, `b""` where nothing came for a moment; None at the end."""
        if self._stopped.is_set():
            return None
        if not self._is_file:
            ready, _, _ = select.select([self._fd], [], [], _LOOK_SECONDS)
            return self._some() or None if ready else b""
        data = self._some()
        self._position += len(data)
        if not data:
            self._stopped.wait(_LOOK_SECONDS)
            self._turn_over()
        return data

    def read(self, count: int) -> bytes:
        """Exactly `count` bytes; fewer at the end."""
        while len(self._head) < count:
            data = self.some()
            if data is None:
                break
            if not data:
                self.quiet()
            self._head += data
        data, self._head = self._head[:count], self._head[count:]
        return data

    def left(self) -> bytes:
        """What was peeked at."""
        head, self._head = self._head, b""
        return head

    def _some(self) -> bytes:
        try:
            return os.read(self._fd, _AT_ONCE)
        except OSError as error:
            raise UserError(f"{self._path or 'stdin'} cannot be read: {error.strerror}") from error

    def _open(self) -> int:
        assert self._path is not None
        try:
            return os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise UserError(f"{self._path} cannot be read: {reason}") from error

    def _turn_over(self) -> None:
        """Another file has its name, or it is shorter than what was read."""
        assert self._path is not None
        try:
            own, named = os.fstat(self._fd), self._path.stat()
        except OSError:
            return
        if (own.st_dev, own.st_ino) != (named.st_dev, named.st_ino):
            with contextlib.suppress(OSError, UserError):
                fd = self._open()
                os.close(self._fd)
                self._fd, self._position = fd, 0
                self.turns += 1
        elif own.st_size < self._position:
            os.lseek(self._fd, 0, os.SEEK_SET)
            self._position = 0
            self.turns += 1
