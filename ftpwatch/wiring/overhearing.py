"""What others saw, opened: a log or a capture becomes entries, whoever wants them. A recording is
known by its head, and read elsewhere.
"""

import gzip
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, tzinfo
from enum import Enum, auto
from pathlib import Path
from typing import IO, BinaryIO, Final
from zoneinfo import ZoneInfo

import msgspec

from ftpwatch.core.errors import UserError
from ftpwatch.core.journal.entry import Entry
from ftpwatch.headless.progress import Progress
from ftpwatch.transcripts.lines import is_text
from ftpwatch.transcripts.moments import LogTimes
from ftpwatch.transcripts.reading import looked_over, read_log

__all__ = [
    "Kind",
    "Put",
    "Source",
    "capture_reader",
    "kind_of",
    "log_times",
    "opened",
    "overhear",
    "zone_of",
]

Put = Callable[[Entry, int], object]
_HEAD: Final = 65_536
_IN_MEMORY: Final = 16 * 1024 * 1024
_MEGABYTE: Final = 1e6
_RECORDING: Final = b"SQLite format 3\0"
_GZIP: Final = b"\x1f\x8b"
_CAPTURES: Final = (
    b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d",
    b"\x0a\x0d\x0d\x0a",
)  # fmt: skip


class Kind(Enum):
    """What a file may be."""

    RECORDING = auto()
    CAPTURE = auto()
    LOG = auto()


class Source(msgspec.Struct, frozen=True):
    """Something to read: its name, as people know it, and what it is; its bytes from the start."""

    name: str
    kind: Kind
    stream: IO[bytes]
    dated: datetime


def kind_of(head: bytes) -> Kind | None:
    """By the first bytes; None for what is none of the three."""
    if head.startswith(_RECORDING):
        return Kind.RECORDING
    if head.startswith(_CAPTURES):
        return Kind.CAPTURE
    return Kind.LOG if is_text(head) else None


@contextmanager
def opened(path: Path | None) -> Iterator[Source]:
    """The file at `path`, or stdin; compressed by gzip or not. Raises UserError for what cannot be
    read, or is neither log nor capture nor recording.
    """
    if path is None and sys.stdin is None:
        raise UserError("stdin is closed: there is nothing to read")
    try:
        stream = sys.stdin.buffer if path is None else path.open("rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"{path} cannot be read: {reason}") from error
    name = "stdin" if path is None else path.name
    with stream, _seekable(stream, name) as whole:
        head = whole.read(_HEAD)
        whole.seek(0)
        kind = kind_of(head)
        if kind is None:
            raise UserError(
                f"{name} is neither a log (text), nor a capture (pcap, pcapng), "
                f"nor a recording of ftpwatch"
            )
        dated = datetime.now(UTC) if path is None else _dated(path)
        yield Source(name, kind, whole, dated)


@contextmanager
def _seekable(stream: BinaryIO, name: str) -> Iterator[IO[bytes]]:
    """The same bytes, to be read twice, unpacked."""
    with ExitStack() as stack:
        whole: IO[bytes] = stream
        try:
            if not stream.seekable():
                whole = stack.enter_context(_spooled(stream))
            packed = whole.read(len(_GZIP)) == _GZIP
            whole.seek(0)
            if packed:
                with gzip.open(whole) as unpacked:
                    whole = stack.enter_context(_spooled(unpacked))
        except (OSError, EOFError, zlib.error) as error:
            raise UserError(f"{name} cannot be read: {error}") from error
        yield whole


@contextmanager
def _spooled(stream: IO[bytes] | gzip.GzipFile) -> Iterator[IO[bytes]]:
    """All of `stream`, in memory as long as it is small."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
        shutil.copyfileobj(stream, spool)
        spool.seek(0)
        yield spool


def _dated(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def log_times(source: Source, zone: str | None) -> LogTimes:
    """How the times of `source` are read. Raises UserError for a zone that is none."""
    return looked_over(source.stream, LogTimes(source.dated, *zone_of(zone)))


def zone_of(name: str | None) -> tuple[tzinfo | None, str]:
    """The zone called `name`, None for this machine's, and its name for people. Raises UserError
    for one that is none.
    """
    if name is None:
        here = datetime.now().astimezone()
        return None, f"this machine's zone ({here.tzname()}, UTC{here:%z})"
    try:
        return ZoneInfo(name), name
    except (KeyError, ValueError, OSError) as error:
        raise UserError(
            f"--timezone {name!r} is no time zone; write a name such as Europe/Berlin or UTC"
        ) from error


def capture_reader() -> Callable[..., int]:
    """What reads captures. Raises UserError where the extra that it needs is not installed."""
    try:
        from ftpwatch.capture.reading import read_capture
    except ModuleNotFoundError as error:
        raise UserError(
            "captures are read by dpkt, which is not installed: pip install 'ftpwatch[pcap]'"
        ) from error
    return read_capture


def overhear(source: Source, put: Put, zone: str | None) -> int:
    """Read all of a log or a capture; returns how many entries it gave."""
    progress = Progress(source.name, "MB", _MEGABYTE)
    try:
        if source.kind is Kind.CAPTURE:
            return capture_reader()(source.stream, source.name, put, progress.note)
        times = log_times(source, zone)
        return read_log(source.stream, source.name, put, times, progress.note).heard
    finally:
        progress.end()
