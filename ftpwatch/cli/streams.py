"""The streams of the command line: what cannot be written is said in one sentence, whoever left."""

import contextlib
import errno
import io
import os
import sys
from typing import Final

__all__ = ["drop_stdout", "flush", "open_stdout", "print_data", "print_text", "say", "unwritable"]

_OWN_FAULT: Final = 1


class _Closed(io.TextIOBase):
    """A stdout that was closed before we were started."""

    def write(self, _: str) -> int:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    def fileno(self) -> int:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def open_stdout() -> None:
    """Have a stdout, also where there is none: writing to it then raises OSError. What its encoding
    does not have is escaped.
    """
    if sys.stdout is None:
        sys.stdout = _Closed()
    elif isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def print_data(text: str) -> None:
    """Data of a command, on stdout. Raises OSError where it cannot be written."""
    sys.stdout.write(text)
    sys.stdout.flush()


def print_text(text: str) -> None:
    """What people read, in ASCII where no more is shown. Raises OSError as `print_data` does."""
    from ftpwatch.cli.terminal import writes_ascii
    from ftpwatch.core.text.tone import in_ascii

    print_data(in_ascii(text) if writes_ascii() else text)


def say(text: str) -> None:
    """A line on stderr, neutralised."""
    from ftpwatch.headless.narration import Narration

    Narration().say(text)


def unwritable(error: OSError | ValueError) -> int:
    """Say that stdout takes nothing; the exit code."""
    say(f"ftpwatch: cannot write to stdout: {getattr(error, 'strerror', None) or error}")
    return drop_stdout(_OWN_FAULT)


def flush(code: int) -> int:
    """Write what still waits for stdout, or say why not. Gives the exit code."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return drop_stdout(code)
    except (OSError, ValueError) as error:
        return code or unwritable(error)
    return code


def drop_stdout(code: int) -> int:
    """The interpreter must not try again, and complain, at its end. Gives `code`."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return code
