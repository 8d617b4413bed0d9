"""Writes lines to stdout in a thread of its own: a reader that is slow, or stopped, must never hold
up the watch, its keep-alives, or its signals.
"""

import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import Final

__all__ = ["Writer"]

LINES_WAITING: Final = 10_000


class Writer:
    """`gone` is called, in this thread, when nobody reads any more."""

    def __init__(self, gone: Callable[[], None]) -> None:
        self._gone = gone
        self._lines: queue.Queue[str | None] = queue.Queue(LINES_WAITING)
        self._broken = sys.stdout is None
        self.unprinted = 0
        self._thread = threading.Thread(target=self._run, daemon=True, name="stdout")
        self._thread.start()

    def write(self, line: str) -> None:
        """Take `line`; where LINES_WAITING are waiting it is counted and not printed."""
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self.unprinted += 1

    def close(self, seconds: float) -> None:
        """Wait for what is left to be printed, at most `seconds`."""
        try:
            self._lines.put(None, timeout=seconds)
        except queue.Full:
            return
        self._thread.join(seconds)

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            if self._broken:
                continue
            try:
                sys.stdout.write(line)
                if self._lines.empty():
                    sys.stdout.flush()
            except (BrokenPipeError, OSError, ValueError):
                self._broken = True
                # The interpreter must not complain at its end either.
                os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
                self._gone()
