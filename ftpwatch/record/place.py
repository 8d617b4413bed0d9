"""Where a recording is: its file, whether that is still there, and where it can go on if not."""

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
                found = file.stat()
            except FileNotFoundError:
                return f"{file} was deleted"
            except OSError as error:
                return f"{file} cannot be reached: {error.strerror}"
            if (found.st_dev, found.st_ino) != inode:
                return f"another file took the place of {file}"
            if not found.st_mode & stat.S_IWUSR:
                return f"{file} was made read-only"
        return None

    def is_there(self) -> bool:
        """The file itself stands where it was made."""
        try:
            found = self.path.stat()
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == self._known[self.path]

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

    @property
    def _wal(self) -> Path:
        return self.path.with_name(f"{self.path.name}-wal")

    def _inodes(self) -> dict[Path, tuple[int, int]]:
        found = {self.path: self.path.stat()}
        if self._wal.exists():
            found[self._wal] = self._wal.stat()
        return {file: (s.st_dev, s.st_ino) for file, s in found.items()}


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
