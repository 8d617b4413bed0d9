"""Textual's driver, for a terminal that may be stuck, go away, or be taken and given back.

Textual's own writer waits for ever for a terminal that nobody reads, and its reader takes the end
of one for a pause. Here drawing never waits: what is too much is let go, and all is drawn anew once
there is a reader. Stop and continue are taken in the loop, not in the middle of whatever runs.
"""

import asyncio
import contextlib
import os
import selectors
import signal
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import Any, Final, Protocol

from textual._parser import ParseError
from textual.drivers.linux_driver import LinuxDriver

from ftpwatch.tui.typed_parser import TypedParser

__all__ = ["LastingDriver", "Terminal"]

_LAST_WORDS_SECONDS: Final = 0.5
_LOOK_SECONDS: Final = 0.1
_PIECE: Final = 4_096
_SAME_CONTINUE_SECONDS: Final = 0.5


class Terminal(Protocol):
    """Where the screen is drawn; `write` never waits."""

    def write(self, text: str) -> None: ...

    def flush(self, seconds: float) -> bool:
        """Wait for what was written, at most `seconds`; whether all was taken."""
        ...

    def close(self, seconds: float) -> None: ...


class _Writer:
    """What Textual takes for its writer thread."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def start(self) -> None:
        pass

    def write(self, text: str) -> None:
        self._terminal.write(text)

    def flush(self) -> None:
        pass

    def stop(self) -> None:
        self._terminal.flush(_LAST_WORDS_SECONDS)


class LastingDriver(LinuxDriver):
    """The app it drives has `terminal_is_gone`, called where the terminal went away, and
    `open_terminal`, which makes what is drawn on.
    """

    def __init__(self, app: Any, **settings: Any) -> None:
        open_terminal: Callable[..., Terminal] = app.open_terminal
        loop = self._own_loop = asyncio.get_running_loop()
        terminal = open_terminal(
            lambda _: self._from_thread(app.terminal_is_gone),
            lambda: self._from_thread(lambda: app.refresh(layout=True)),
        )
        self._writer, self._terminal = _Writer(terminal), terminal
        self._stopped, self._continued_at = False, 0.0
        super().__init__(app, **settings)
        loop.add_signal_handler(signal.SIGTSTP, self._stop_here)
        loop.add_signal_handler(signal.SIGCONT, self._go_on)

    # Textual assigns a thread of its own at each start, and starts it.
    @property
    def _writer_thread(self) -> Any:
        return self._writer

    @_writer_thread.setter
    def _writer_thread(self, _: Any) -> None:
        pass

    def close(self) -> None:
        super().close()
        for number in (signal.SIGTSTP, signal.SIGCONT):
            if not self._stopped:
                self._own_loop.remove_signal_handler(number)
        if not self._stopped:
            self._terminal.close(_LAST_WORDS_SECONDS)

    # --- stop and continue ---------------------------------------------------------------------

    def _stop_here(self) -> None:
        """Give the terminal back, stop as every program does, and take it again."""
        self._stopped = True
        self.suspend_application_mode()
        self._own_loop.remove_signal_handler(signal.SIGTSTP)
        # For the whole job; without a shell that could continue it, the kernel ignores it.
        os.kill(0, signal.SIGTSTP)
        self._continued_at = time.monotonic()
        self._own_loop.add_signal_handler(signal.SIGTSTP, self._stop_here)
        self._stopped = False
        self.resume_application_mode()
        self._app.refresh(layout=True)

    def _go_on(self) -> None:
        """Stopped by SIGSTOP the terminal was not given back; a shell may have changed it."""
        just_now = time.monotonic() - self._continued_at < _SAME_CONTINUE_SECONDS
        if not self._stopped and self._key_thread is not None and not just_now:
            self._stopped = True
            self.suspend_application_mode()
            self._stopped = False
            self.resume_application_mode()
            self._app.refresh(layout=True)

    # --- reading -------------------------------------------------------------------------------

    def run_input_thread(self) -> None:
        parser = TypedParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector, contextlib.suppress(EOFError, ParseError):
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_LOOK_SECONDS) and not self._read(parser, decode):
                    return
                for message in parser.tick():
                    self.process_message(message)
            for _ in parser.feed(""):
                pass

    def _read(self, parser: TypedParser, decode: Callable[..., str]) -> bool:
        """False at the end of the terminal: an empty read, or an error."""
        try:
            data = os.read(self.fileno, _PIECE)
        except OSError:
            data = b""
        if not data:
            self._from_thread(self._app.terminal_is_gone)  # type: ignore[attr-defined]
            return False
        for message in parser.feed(decode(data)):
            self.process_message(message)
        return True

    def _from_thread(self, call: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._own_loop.call_soon_threadsafe(call)
