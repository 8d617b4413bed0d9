"""Textual's driver, for a terminal that may go away: then nothing more is written, and it is told.

Textual's own writer dies of the first error, and whoever draws next waits for it for ever.
"""

from collections.abc import Callable
from typing import IO, Any

from textual.drivers.linux_driver import LinuxDriver

__all__ = ["LastingDriver"]


class _Lasting:
    """A file that drops what is written once its terminal is gone, and tells so once."""

    def __init__(self, file: IO[str], tell: Callable[[], None]) -> None:
        self._file, self._tell, self._gone = file, tell, False

    def write(self, text: str) -> None:
        self._unless_gone(lambda: self._file.write(text))

    def flush(self) -> None:
        self._unless_gone(self._file.flush)

    def fileno(self) -> int:
        return self._file.fileno()

    def isatty(self) -> bool:
        return self._file.isatty()

    def _unless_gone(self, write: Callable[[], object]) -> None:
        if self._gone:
            return
        try:
            write()
        except OSError:
            self._gone = True
            self._tell()


class LastingDriver(LinuxDriver):
    """The app it drives has `terminal_is_gone`, called where the terminal went away."""

    def __init__(self, app: Any, **settings: Any) -> None:
        super().__init__(app, **settings)
        self._file: Any = _Lasting(self._file, self._tell)

    def run_input_thread(self) -> None:
        try:
            super().run_input_thread()
        except OSError:
            self._tell()

    def _tell(self) -> None:
        self._app.call_later(self._app.terminal_is_gone)  # type: ignore[attr-defined]
