"""How far a long reading has come, on stderr: on a terminal one line that is rewritten, elsewhere a
line now and then, and nothing where it is over soon.
"""

import sys
import time
from typing import Final

from ftpwatch.core.text.neutral import elided, visible

__all__ = ["Progress"]

_PATIENCE_SECONDS: Final = 1.0
_REWRITTEN_SECONDS: Final = 0.5
_WRITTEN_SECONDS: Final = 5.0
_LOOKED_AT: Final = 500


class Progress:
    """Of reading `name`, counted in `unit`. `note` it as often as wanted, and `end` it."""

    def __init__(self, name: str, unit: str = "entries", scale: float = 1.0) -> None:
        self._name, self._unit, self._scale = elided(visible(name), 40), unit, scale
        self._due = time.monotonic() + _PATIENCE_SECONDS
        self._calls = 0
        self._drawn = False
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()

    def tick(self, count: int) -> None:
        """As `note`, where it is called so often that a look at the clock would cost too much."""
        self._calls += 1
        if self._calls % _LOOKED_AT == 0:
            self.note(count)

    def note(self, count: int) -> None:
        """So much was read."""
        now = time.monotonic()
        if now < self._due or sys.stderr is None:
            return
        self._due = now + (_REWRITTEN_SECONDS if self._is_terminal else _WRITTEN_SECONDS)
        self._drawn = self._is_terminal
        text = f"reading {self._name}: {count / self._scale:,.0f} {self._unit}"
        self._write(f"\r{text} " if self._is_terminal else f"{text}\n")

    def end(self) -> None:
        """Leave a clean line."""
        if self._drawn:
            self._drawn = False
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except (OSError, ValueError):  # nobody looks any more
            self._due = float("inf")
