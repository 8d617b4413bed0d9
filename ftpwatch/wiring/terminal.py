"""Stdin as data, while keys come from the terminal."""

import os
import sys

from ftpwatch.core.errors import UserError

__all__ = ["keys_from_terminal", "take_stdin"]


def take_stdin() -> int:
    """A descriptor of what is piped in, which stays when stdin becomes the terminal."""
    if sys.stdin is None:
        raise UserError("there is no stdin to read")
    return os.dup(sys.stdin.fileno())


def keys_from_terminal() -> None:
    """Make the terminal stdin. Raises UserError where there is none."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError as error:
        raise UserError(
            f"--mode tui needs a terminal for its keys, and /dev/tty cannot be opened: "
            f"{error.strerror}; use --mode stream"
        ) from error
    os.dup2(terminal, 0)
    os.close(terminal)
