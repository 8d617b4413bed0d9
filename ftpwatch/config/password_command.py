"""A profile's `password_command`: the first line that it prints, in bounded time and size.

It runs without a shell, in a process group of its own that is ended with it, and sees none of our
secrets. What it leaves running is not waited for.
"""

import os
import select
import shlex
import signal
import subprocess
import time
from contextlib import suppress
from typing import Final

from ftpwatch.config.child_environment import child_environment
from ftpwatch.config.errors import ConfigError
from ftpwatch.core.ftp.command import Secret

__all__ = ["password_from"]

SECONDS: Final = 10.0
MOST_BYTES: Final = 4_096
_LEAVES_WITHIN_SECONDS: Final = 1.0


def password_from(command: str, name: str) -> Secret:
    """The password for `name`. Raises ConfigError."""
    text = _words(command, name)
    try:
        process = subprocess.Popen(
            text,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child_environment(),
            process_group=0,
        )
    except (OSError, ValueError) as error:
        raise ConfigError(f"password_command of {name} cannot be run: {error}") from None
    try:
        line = _first_line(process, name)
        with suppress(subprocess.TimeoutExpired):
            if code := process.wait(_LEAVES_WITHIN_SECONDS):
                raise ConfigError(f"password_command of {name} ended with {code}")
    finally:
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        assert process.stdout is not None
        process.stdout.close()
        process.wait()
    try:
        return Secret(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise ConfigError(f"password_command of {name} printed what is not UTF-8") from None


def _words(command: str, name: str) -> list[str]:
    try:
        text = shlex.split(command)
    except ValueError as error:
        raise ConfigError(f"password_command of {name} cannot be run: {error}") from None
    if not text:
        raise ConfigError(f"password_command of {name} is empty")
    return text


def _first_line(process: "subprocess.Popen[bytes]", name: str) -> bytes:
    assert process.stdout is not None
    fd, end, data = process.stdout.fileno(), time.monotonic() + SECONDS, b""
    poll = select.poll()  # select knows no descriptors above 1023
    poll.register(fd, select.POLLIN)
    while b"\n" not in data:
        if len(data) > MOST_BYTES:
            raise ConfigError(
                f"password_command of {name} printed a line of more than {MOST_BYTES} bytes"
            )
        if not poll.poll(max(0.0, end - time.monotonic()) * 1000):
            raise ConfigError(f"password_command of {name} did not answer within {SECONDS:.0f} s")
        piece = os.read(fd, MOST_BYTES)
        if not piece:
            break
        data += piece
    if not data:
        _explain_nothing(process, name)
    line = data.split(b"\n", 1)[0].removesuffix(b"\r")
    if len(line) > MOST_BYTES:
        raise ConfigError(
            f"password_command of {name} printed a line of more than {MOST_BYTES} bytes"
        )
    return line


def _explain_nothing(process: "subprocess.Popen[bytes]", name: str) -> None:
    with suppress(subprocess.TimeoutExpired):
        if code := process.wait(_LEAVES_WITHIN_SECONDS):
            raise ConfigError(f"password_command of {name} ended with {code}")
    raise ConfigError(f"password_command of {name} printed nothing")
