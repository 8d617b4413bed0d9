"""How far something has come that takes long, on stderr: one line that is drawn over on a terminal,
a line now and then elsewhere; nothing where it is soon done.
"""

import contextlib
import sys
import time
from typing import Final

from ftpwatch.core.text.neutral import shortened, visible
from ftpwatch.headless.narration import Narration

__all__ = ["LongWork"]

_PATIENCE_SECONDS: Final = 1.0
_REDRAWN_SECONDS: Final = 0.2
_SAID_SECONDS: Final = 10.0
_LONGEST: Final = 60


class LongWork:
    """`what` is being done; `end` it."""

    def __init__(self, what: str) -> None:
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()
        patience = _PATIENCE_SECONDS if self._is_terminal else _SAID_SECONDS
        self._what, self._told_at, self._drawn = (
            shortened(what, _LONGEST),
            time.monotonic() + patience,
            False,
        )

    def reach(self, how_far: str) -> None:
        """It has come so far."""
        now = time.monotonic()
        if now < self._told_at:
            return
        self._told_at = now + (_REDRAWN_SECONDS if self._is_terminal else _SAID_SECONDS)
        text = f"{self._what}: {how_far}"
        if self._is_terminal:
            self._draw(f"\r\x1b[K{visible(text)}")
            self._drawn = True
        else:
            Narration().say(f"ftpwatch: {text}")

    def end(self) -> None:
        """Leave a clean line."""
        if self._drawn:
            self._draw("\r\x1b[K")

    @staticmethod
    def _draw(text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(text)
            sys.stderr.flush()
