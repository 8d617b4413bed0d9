"""Where a recording is: its file, whether that is still there, and where it can go on if not."""

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

__all__ = ["Place", "places_after"]

_MOST_PARTS: Final = 10_000


class Place:
    """The file of a recording that is being written, by its inode."""

    def __init__(self, path: Path) -> None:
        """`path` was made just now. Raises OSError."""
        self.path = path
        self._known = self._inodes()

    def know_wal(self) -> None:
        """The files beside it have been made too."""
        self._known = self._inodes()

    def trouble(self) -> str | None:
        """What has happened to the file, in words; None where it is as it was made."""
        for file, inode in self._known.items():
            try:
                status = file.stat()
            except FileNotFoundError:
                return f"{file} was deleted"
            except OSError as error:
                return f"{file} cannot be reached: {error.strerror}"
            if (status.st_dev, status.st_ino) != inode:
                return f"another file took the place of {file}"
            if not status.st_mode & stat.S_IWUSR:
                return f"{file} was made read-only"
        return None

    def is_there(self) -> bool:
        """The file itself stands where it was made."""
        try:
            status = self.path.stat()
        except OSError:
            return False
        return (status.st_dev, status.st_ino) == self._known[self.path]

    def wal_bytes(self) -> int:
        """The size of what is not in the file yet."""
        try:
            return self._wal.stat().st_size
        except OSError:
            return 0

    def data_bytes(self) -> int:
        """The size of the file."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def clear(self) -> None:
        """Take away what is left beside a file that is ours no more: by its name it would belong
        to whatever stands there now.
        """
        for file in self._beside:
            with contextlib.suppress(OSError):
                status = file.stat()
                if self._known.get(file) == (status.st_dev, status.st_ino):
                    file.unlink()

    @property
    def _wal(self) -> Path:
        return self._beside[0]

    @property
    def _beside(self) -> tuple[Path, Path]:
        name = self.path.name
        return self.path.with_name(f"{name}-wal"), self.path.with_name(f"{name}-shm")

    def _inodes(self) -> dict[Path, tuple[int, int]]:
        statuses = {file: file.stat() for file in (self.path, *self._beside) if file.exists()}
        return {file: (s.st_dev, s.st_ino) for file, s in statuses.items()}


def places_after(
    first: Path, number: int, elsewhere: Callable[[], Path | None]
) -> Iterator[tuple[Path, int]]:
    """Where part `number` and later ones of the recording `first` can be: beside it, then in the
    directory that `elsewhere` gives. Names that are taken are passed over by who tries them.
    """
    for folder in (lambda: first.parent, elsewhere):
        where = folder()
        if where is None:
            continue
        for n in range(number, _MOST_PARTS):
            path = where / f"{first.name}.{n}"
            if not os.path.lexists(path):
                yield path, n
                break
