"""Where a watch is recorded."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from platformdirs import user_state_path

from ftpwatch.record.journal import Journal, UnwritableRecording

__all__ = ["memory_path", "recording"]


@contextmanager
def recording(named: Path | None, *, kept: bool) -> Iterator[Journal]:
    """A journal at `named` or in the platform's state directory, one file a watch; in a temporary
    file where it shall not be kept. Raises UnwritableRecording.
    """
    if not kept:
        with (
            tempfile.TemporaryDirectory(prefix="ftpwatch-") as folder,
            Journal(Path(folder) / "watch.ftpwatch") as journal,
        ):
            yield journal
        return
    path = named if named is not None else _default_path()
    if named is None:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UnwritableRecording(
                f"cannot make {path.parent}: {error}; --record names another place"
            ) from error
    elif not path.parent.is_dir():
        raise UnwritableRecording(f"cannot record to {path}: there is no directory {path.parent}")
    with Journal(path) as journal:
        yield journal


def memory_path() -> Path:
    """Where limits of hosts are remembered."""
    return user_state_path("ftpwatch") / "hosts.json"


def _default_path() -> Path:
    folder = user_state_path("ftpwatch") / "recordings"
    return folder / f"{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}.ftpwatch"
