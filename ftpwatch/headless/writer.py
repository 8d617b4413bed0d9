"""Writes lines to stdout in a thread of its own: a reader that is slow, or stopped, must never hold
up the watch, its keep-alives, or its signals.
"""

import contextlib
import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import Final

from ftpwatch.headless.outlet import own_description, write_within

__all__ = ["Writer"]

LINES_WAITING: Final = 10_000
_TOGETHER: Final = 500
_LOOK_SECONDS: Final = 0.2


class Writer:
    """`gone` is called once, in this thread, when stdout cannot be written to any more, with the
    error: a BrokenPipeError where only nobody reads.
    """

    def __init__(self, gone: Callable[[OSError], None]) -> None:
        self._gone = gone
        self._lines: queue.Queue[str | None] = queue.Queue(LINES_WAITING)
        self._broken = False
        self._ends_at: float | None = None
        self.unprinted = 0
        self._thread = threading.Thread(target=self._run, daemon=True, name="stdout")
        self._thread.start()

    def write(self, line: str) -> None:
        """Take `line`; where LINES_WAITING are waiting it is counted and not printed."""
        if self._broken:
            return
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self.unprinted += 1

    def close(self, seconds: float) -> None:
        """Wait for what is left to be printed, at most `seconds`; what is not is counted."""
        self._ends_at = time.monotonic() + seconds
        with contextlib.suppress(queue.Full):
            self._lines.put(None, timeout=seconds)
        self._thread.join(max(0.0, self._ends_at - time.monotonic()) + 2 * _LOOK_SECONDS)
        if not self._broken:
            self.unprinted += sum(line is not None for line in self._lines.queue)

    def _run(self) -> None:
        try:
            sys.stdout.flush()
            fd = own_description(sys.stdout.fileno())
            encoding = sys.stdout.encoding or "ascii"
            while (lines := self._next()) is not None:
                self._print(fd, "".join(lines).encode(encoding, "backslashreplace"))
        except OSError as error:
            self._broken = True
            self._gone(error)

    def _next(self) -> list[str] | None:
        """What waits now; None at the end."""
        line = self._lines.get()
        lines: list[str] = []
        while line is not None:
            lines.append(line)
            if len(lines) == _TOGETHER or self._lines.empty():
                return lines
            line = self._lines.get()
        if lines:
            self._lines.put(None)
        return lines or None

    def _print(self, fd: int, data: bytes) -> None:
        while data := write_within(fd, data, _LOOK_SECONDS):
            if self._ends_at is not None and time.monotonic() > self._ends_at:
                self.unprinted += data.count(b"\n")
                return
