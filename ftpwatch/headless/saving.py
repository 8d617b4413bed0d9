"""A file of text that a command or a key leaves: whole or not at all, private, and never in the
place of another unless that is wished.
"""

import contextlib
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from ftpwatch.core.errors import UserError

__all__ = ["look_at", "save", "save_beside", "saving"]

_PRIVATE: Final = 0o600
_MOST_NAMES: Final = 1_000


def look_at(path: Path, *, over: bool = False) -> None:
    """Raises UserError where `save` is bound to fail."""
    with _told(path):
        _refuse(path, over=over)
        if not path.parent.is_dir():
            raise NotADirectoryError(0, f"there is no directory {path.parent}")


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise UserError(f"{path} is there already; --force writes over it") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"{path} cannot be written: {reason}") from error


def save(path: Path, text: str, *, over: bool = False) -> None:
    """Write `text` to `path`, UTF-8. Raises UserError where it cannot be written, and, unless
    `over`, where something is there already; what is not a regular file is never replaced.
    """
    with saving(path, over=over) as write:
        write(text)


@contextlib.contextmanager
def saving(path: Path, *, over: bool = False) -> Iterator[Callable[[str], object]]:
    """`save` for what comes piece by piece: what the block writes has its name once it ends, and
    is nowhere where it raises.
    """
    beside = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}")
    with _told(path):
        _refuse(path, over=over)
        fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE)
        try:
            with os.fdopen(fd, "w", encoding="utf-8", errors="backslashreplace") as file:
                yield file.write
                file.flush()
                os.fsync(file.fileno())
            _place(beside, path, over=over)
        finally:
            with contextlib.suppress(FileNotFoundError):
                beside.unlink()


def save_beside(folder: Path, name: str, suffix: str, text: str) -> Path:
    """Write `text` to a new file in `folder`, which is made where it is missing: `name` and
    `suffix`, with a number where that is taken. Raises UserError.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder} cannot be made: {error.strerror}") from error
    for number in range(1, _MOST_NAMES):
        path = folder / f"{name}{f'-{number}' if number > 1 else ''}{suffix}"
        if not os.path.lexists(path):
            save(path, text)
            return path
    raise UserError(f"{folder} holds {_MOST_NAMES - 1} files called {name} already")


def _refuse(path: Path, *, over: bool) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not over:
        raise FileExistsError
    if not stat.S_ISREG(mode):
        raise OSError(0, "it is not a regular file, and only such are written over")


def _place(beside: Path, path: Path, *, over: bool) -> None:
    """Give what was written its name, in one step."""
    if over:
        beside.replace(path)
        return
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        raise
    except OSError:  # no hard links there
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE)
        with os.fdopen(fd, "wb") as file, beside.open("rb") as written:
            shutil.copyfileobj(written, file)
