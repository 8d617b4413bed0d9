"""The command of `--on-end`: run for an alert, which it finds in its environment.

Without a shell, in a process group of its own that is ended with it, in bounded time; of what it
prints a little is kept. `run` blocks: to be used in threads.
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
from ftpwatch.core.text.alert_text import alert_variables

__all__ = ["OnEnd"]

SECONDS: Final = 30.0
MOST_BYTES: Final = 1_024
_LOOK_SECONDS: Final = 0.1
_PIECE: Final = 65_536


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
                stdin=subprocess.DEVNULL,
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
            printed = _printed(process, time.monotonic() + SECONDS)
            code = process.poll()
        finally:
            _kill(process)
            del self._running[process.pid]
            assert process.stdout is not None
            process.stdout.close()
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


def _printed(process: "subprocess.Popen[bytes]", end: float) -> bytes:
    """The first bytes that it prints until it ends, or until the moment `end`."""
    assert process.stdout is not None
    fd, kept = process.stdout.fileno(), b""
    is_open, poll = True, select.poll()  # select knows no descriptors above 1023
    poll.register(fd, select.POLLIN)
    while time.monotonic() < end:
        if is_open and poll.poll(_LOOK_SECONDS * 1000):
            piece = os.read(fd, _PIECE)
            is_open = bool(piece)
            kept = (kept + piece)[:MOST_BYTES]
        elif process.poll() is not None:
            break
        if not is_open:
            with suppress(subprocess.TimeoutExpired):
                process.wait(min(_LOOK_SECONDS, max(0.0, end - time.monotonic())))
    return kept


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)


def _also(printed: bytes) -> str:
    """What it printed, after what is said of it."""
    text = " ".join(printed.decode("utf-8", "replace").split())
    return f"; it printed: {text}" if text else ""
