"""Files that a user names: regular ones of bounded size, so that none makes us wait or swell."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

__all__ = ["MOST_BYTES", "read_regular"]

MOST_BYTES: Final = 1_048_576


def read_regular(path: Path, most: int = MOST_BYTES) -> bytes:
    """What is in the file at `path`. Raises OSError, also where it is not a regular file, or holds
    more than `most` bytes.
    """
    # Without O_NONBLOCK a FIFO would be waited for.
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(fd, "rb") as file:
        status = os.fstat(fd)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"it is larger than {most // 1024} KiB")
    return data
