"""One file shuts all ProFTPDs of a machine (ftpshut): who tests that waits until no other test runs
one, and the others wait for it.
"""

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHUT_MESSAGE = Path("/etc/shutmsg")
_FOLDER = Path(tempfile.gettempdir())
_here = 0


@contextmanager
def undisturbed() -> Iterator[None]:
    """Nobody shuts a ProFTPD meanwhile, but who runs it."""
    global _here  # a process has one place in the queue
    if _here:
        yield
        return
    with (_FOLDER / "ftpwatch-tests-shut").open("w") as lock:
        with (_FOLDER / "ftpwatch-tests-shut-next").open("w") as queue:
            fcntl.flock(queue, fcntl.LOCK_EX)
            fcntl.flock(lock, fcntl.LOCK_SH)
        _here += 1
        try:
            yield
        finally:
            _here -= 1


@contextmanager
def alone() -> Iterator[Path]:
    """Nobody else runs a ProFTPD: the file may be made, and is gone after it."""
    global _here
    with (
        (_FOLDER / "ftpwatch-tests-shut-next").open("w") as queue,
        (_FOLDER / "ftpwatch-tests-shut").open("w") as lock,
    ):
        fcntl.flock(queue, fcntl.LOCK_EX)
        fcntl.flock(lock, fcntl.LOCK_EX)
        _here += 1
        try:
            yield SHUT_MESSAGE
        finally:
            _here -= 1
            SHUT_MESSAGE.unlink(missing_ok=True)
