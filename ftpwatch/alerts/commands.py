"""The command of `--on-end`: run for an alert, which it finds in its environment, and as the
`explained` object of NDJSON on its stdin.

Without a shell, its arguments as they were given, in a process group of its own that is ended with
it, in bounded time; of what it prints a little is kept. `run` blocks: to be used in threads.
"""

import os
import select
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from ftpwatch.core.errors import UserError
from ftpwatch.core.state.alert import Alert
from ftpwatch.core.state.explanation import explained_line
from ftpwatch.core.text.alert_text import alert_variables

__all__ = ["OnEnd"]

SECONDS: Final = 30.0
MOST_BYTES: Final = 1_024
_LOOK_SECONDS: Final = 0.1
_PIECE: Final = 65_536
_PIPE: Final = select.PIPE_BUF


class OnEnd:
    """`environment` is what the command sees besides the alert. Raises UserError where `command`
    cannot be run.
    """

    def __init__(self, command: str, environment: Mapping[str, str]) -> None:
        self._words, self._environment = _words(command), environment
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._ended = False

    def run(self, alert: Alert) -> str | None:
        """Run it to its end; what went wrong and what it printed then, None where nothing did."""
        try:
            process = subprocess.Popen(
                self._words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**self._environment, **alert_variables(alert)},
                process_group=0,
            )
        except (OSError, ValueError) as error:
            return f"--on-end cannot be run: {error}"
        self._running[process.pid] = process
        if self._ended:
            _kill(process)
        try:
            printed = _Talk(process, _object(alert)).until(time.monotonic() + SECONDS)
            code = process.poll()
        finally:
            _kill(process)
            del self._running[process.pid]
            _close(process)
            process.wait()
        if code is None:
            return f"--on-end did not end within {SECONDS:.0f} s and was killed{_also(printed)}"
        if code < 0 and self._ended:
            return "--on-end was killed, as the watch ended"
        return f"--on-end ended with {code}{_also(printed)}" if code else None

    def end(self) -> None:
        """Kill what runs, and what would be run from now on."""
        self._ended = True
        for process in list(self._running.values()):
            _kill(process)


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UserError(f"--on-end {command!r} cannot be run: {error}") from None
    if not words or "\0" in command:
        raise UserError("--on-end names no program; write one with its arguments")
    if shutil.which(words[0]) is None:
        raise UserError(
            f"--on-end: there is no program {words[0]!r} that can be run; it is run without a "
            "shell, sh -c '...' is one"
        )
    return words


def _object(alert: Alert) -> bytes:
    """One line; `null` where an error of ours cost the explanation."""
    line = "null" if alert.explained is None else explained_line(alert.explained)
    return f"{line}\n".encode()


class _Talk:
    """Gives a process its stdin, whether it reads it or not, and keeps the first that it prints."""

    def __init__(self, process: "subprocess.Popen[bytes]", text: bytes) -> None:
        assert process.stdin is not None and process.stdout is not None
        self._process, self._text, self._kept = process, text, b""
        self._stdin, self._out = process.stdin, process.stdout.fileno()
        os.set_blocking(self._stdin.fileno(), False)
        self._poll = select.poll()  # select knows no descriptors above 1023
        self._poll.register(self._out, select.POLLIN)
        self._poll.register(self._stdin.fileno(), select.POLLOUT)
        self._is_open = True

    def until(self, end: float) -> bytes:
        """What it printed by its end, or by the moment `end`."""
        while time.monotonic() < end:
            events = self._poll.poll(_LOOK_SECONDS * 1000) if self._is_talking else []
            for fd, _ in events:
                if fd == self._out:
                    self._read()
                else:
                    self._write()
            if not events and self._process.poll() is not None:
                break
            if not self._is_talking:
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(min(_LOOK_SECONDS, max(0.0, end - time.monotonic())))
        return self._kept

    @property
    def _is_talking(self) -> bool:
        return self._is_open or not self._stdin.closed

    def _read(self) -> None:
        piece = os.read(self._out, _PIECE)
        self._kept = (self._kept + piece)[:MOST_BYTES]
        if not piece:
            self._is_open = False
            self._poll.unregister(self._out)

    def _write(self) -> None:
        try:
            self._text = self._text[os.write(self._stdin.fileno(), self._text[:_PIPE]) :]
        except BlockingIOError:
            return
        except OSError:  # it does not want it
            self._text = b""
        if not self._text:
            self._poll.unregister(self._stdin.fileno())
            self._stdin.close()


def _close(process: "subprocess.Popen[bytes]") -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)


def _also(printed: bytes) -> str:
    """What it printed, after what is said of it."""
    text = " ".join(printed.decode("utf-8", "replace").split())
    return f"; it printed: {text}" if text else ""
