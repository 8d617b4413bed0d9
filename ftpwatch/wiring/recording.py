"""Where a watch is recorded."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from platformdirs import user_state_path

from ftpwatch.config.settings import RecordingSettings
from ftpwatch.config.sizes import parse_size
from ftpwatch.record.journal import Bounds, Journal, UnwritableRecording
from ftpwatch.record.retention import Keep
from ftpwatch.wiring.version import judging_version

__all__ = ["bounds_of", "keep_of", "memory_path", "recording", "recordings_folder"]


_USUAL: Final = Bounds()


@contextmanager
def recording(named: Path | None, *, kept: bool, bounds: Bounds = _USUAL) -> Iterator[Journal]:
    """A journal at `named` or in the platform's state directory, one file a watch; in a temporary
    file where it shall not be kept. Where its directory cannot be written any more it goes on in
    the state directory, or in another temporary one. Raises UnwritableRecording.
    """
    with ExitStack() as folders:

        def temporary() -> Path | None:
            try:
                return Path(folders.enter_context(TemporaryDirectory(prefix="ftpwatch-")))
            except OSError:
                return None

        if not kept:
            folder = temporary()
            if folder is None:
                raise UnwritableRecording("no temporary file can be made; set TMPDIR")
            path, elsewhere = folder / "watch.ftpwatch", temporary
        else:
            path, elsewhere = _path(named), _state_folder
        with Journal(path, elsewhere, bounds, judging_version()) as journal:
            yield journal


def recordings_folder() -> Path:
    """Where watches are recorded that name no file. Raises UnwritableRecording."""
    try:
        return user_state_path("ftpwatch") / "recordings"
    except RuntimeError as error:
        raise UnwritableRecording(f"there is no home directory for recordings: {error}") from None


def bounds_of(settings: RecordingSettings) -> Bounds:
    """When a part ends, as `[recordings]` says."""
    usual = Bounds()
    size, hours = settings.part_size, settings.part_hours
    return Bounds(
        bytes=usual.bytes if size is None else parse_size(size, "part_size"),
        seconds=usual.seconds if hours is None else hours * 3_600.0,
    )


def keep_of(
    settings: RecordingSettings, days: float | None = None, size: int | None = None
) -> Keep:
    """How much is kept: of `days` and `size` (bytes) what is given, else as `[recordings]` says."""
    usual, kept = Keep(), settings.keep_size
    if size is None:
        size = usual.bytes if kept is None else parse_size(kept, "keep_size")
    if days is None:
        days = usual.days if settings.keep_days is None else float(settings.keep_days)
    return Keep(days, size)


def _path(named: Path | None) -> Path:
    """Where to record. Raises UnwritableRecording where there is no such directory."""
    if named is None:
        folder = recordings_folder()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UnwritableRecording(
                f"cannot make {folder}: {error}; --record names another place"
            ) from error
        return folder / f"{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}.ftpwatch"
    try:
        if named.parent.is_dir():
            return named
    except OSError as error:
        raise UnwritableRecording(f"cannot record to {named}: {error.strerror}") from error
    raise UnwritableRecording(f"cannot record to {named}: there is no directory {named.parent}")


def _state_folder() -> Path | None:
    folder = user_state_path("ftpwatch") / "recordings"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder


def memory_path() -> Path:
    """Where limits of hosts are remembered."""
    return user_state_path("ftpwatch") / "hosts.json"
