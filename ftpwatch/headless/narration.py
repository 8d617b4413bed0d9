"""What is said to people on stderr: one neutralised line at a time, and nothing else writes there.

A reader who does not read is waited for once, for a moment. Beside a screen, which draws on the
same terminal, lines are held until it is gone.
"""

import contextlib
import os
import sys
from typing import Final

from ftpwatch.core.text.neutral import visible
from ftpwatch.headless.outlet import own_description, write_within

__all__ = ["Narration"]

_PATIENCE_SECONDS: Final = 0.2
_MOST_HELD: Final = 200


class Narration:
    """Lines on stderr; where there is none they go nowhere."""

    def __init__(self) -> None:
        self._patience = _PATIENCE_SECONDS
        self._held: list[str] | None = None

    def say(self, text: str) -> None:
        """One line, or several where `text` has line feeds."""
        if self._held is None:
            self._write("".join(f"{visible(line)}\n" for line in text.split("\n")))
        elif len(self._held) < _MOST_HELD:
            self._held.append(text)

    @property
    def is_terminal(self) -> bool:
        """stderr is one."""
        with contextlib.suppress(ValueError):  # it is closed
            return sys.stderr is not None and sys.stderr.isatty()
        return False

    def signal(self, sequence: str) -> None:
        """Give the terminal `sequence`, which moves nothing on it."""
        if self.is_terminal:
            self._write(sequence)

    def redraw(self, lines: list[str], over: int) -> None:
        """Draw `lines` in the place of the last `over` lines of a terminal."""
        up = f"\x1b[{over}A" if over else ""
        self._write(up + "".join(f"\x1b[2K{visible(line)}\n" for line in lines))

    def hold(self) -> None:
        """Keep lines until `release`."""
        self._held = [] if self._held is None else self._held

    def release(self) -> None:
        """Say what was held, and what comes at once."""
        held, self._held = self._held or [], None
        for text in dict.fromkeys(held):
            self.say(text)

    def _write(self, text: str) -> None:
        stream = sys.stderr
        if stream is None:
            return
        data = text.encode(stream.encoding or "ascii", "backslashreplace")
        try:
            stream.flush()
            fd = own_description(stream.fileno())
        except (OSError, ValueError):
            with contextlib.suppress(OSError, ValueError):
                stream.write(data.decode(stream.encoding or "ascii"))  # no file, as in a test
            return
        try:
            if write_within(fd, data, self._patience):
                self._patience = 0.0
        except OSError:
            return
        finally:
            os.close(fd)
