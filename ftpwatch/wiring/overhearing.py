"""What others saw, opened: a log or a capture becomes entries, whoever wants them. A recording is
known by its head, and read elsewhere.
"""

import gzip
import re
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path
from typing import IO, BinaryIO, Final

import msgspec

from ftpwatch.config.timezones import zone_of
from ftpwatch.core.errors import UserError
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.ndjson import is_entry_line
from ftpwatch.headless.long_work import LongWork
from ftpwatch.record.files import oldest_left
from ftpwatch.record.ndjson import BOM, read_ndjson
from ftpwatch.transcripts.lines import is_text
from ftpwatch.transcripts.moments import LogTimes
from ftpwatch.transcripts.reading import looked_over, read_log

__all__ = [
    "GZIP",
    "Kind",
    "Put",
    "Source",
    "capture_reader",
    "is_recording",
    "kind_of",
    "log_times",
    "opened",
    "overhear",
]

Put = Callable[[Entry, int], object]
_HEAD: Final = 65_536
_IN_MEMORY: Final = 16 * 1024 * 1024
_BESIDE: Final = re.compile(r"(.+\.ftpwatch(?:\.\d+)?)-(?:wal|shm)")
_RECORDING: Final = b"SQLite format 3\0"
GZIP: Final = b"\x1f\x8b"
_CAPTURES: Final = (
    b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d",
    b"\x0a\x0d\x0d\x0a",
)  # fmt: skip


class Kind(Enum):
    """What a file may be."""

    RECORDING = auto()
    CAPTURE = auto()
    LOG = auto()
    NDJSON = auto()


class Source(msgspec.Struct, frozen=True):
    """Something to read: its name, as people know it, and what it is; its bytes from the start."""

    name: str
    kind: Kind
    stream: IO[bytes]
    dated: datetime


def kind_of(head: bytes) -> Kind | None:
    """By the first bytes; None for what is none of them."""
    if head.startswith(_RECORDING):
        return Kind.RECORDING
    if head.startswith(_CAPTURES):
        return Kind.CAPTURE
    text = head.removeprefix(BOM).lstrip()
    if text.startswith(b"{") and is_entry_line(text.partition(b"\n")[0]):
        return Kind.NDJSON
    return Kind.LOG if is_text(head) else None


def is_recording(path: Path) -> bool:
    """The file at `path` begins as recordings do; nothing that would be waited for is opened."""
    try:
        with path.open("rb") if path.is_file() else nullcontext() as file:
            return file is not None and file.read(len(_RECORDING)) == _RECORDING
    except (OSError, ValueError):
        return False


@contextmanager
def opened(path: Path | None) -> Iterator[Source]:
    """The file at `path`, or stdin; compressed by gzip or not. Raises UserError for what cannot be
    read, or is neither log nor capture nor recording.
    """
    path = _meant(path)
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
                f"nor a recording or NDJSON of ftpwatch"
            )
        dated = datetime.now(UTC) if path is None else _dated(path)
        yield Source(name, kind, whole, dated)


def _meant(path: Path | None) -> Path | None:
    """Of a recording whose first part is gone the oldest that is left; the recording that a file of
    SQLite's stands beside. Raises UserError for the latter.
    """
    if path is None:
        return None
    if (beside := _BESIDE.fullmatch(path.name)) is not None:
        raise UserError(f"{path} belongs to {beside[1]}: open that")
    return oldest_left(path)


@contextmanager
def _seekable(stream: BinaryIO, name: str) -> Iterator[IO[bytes]]:
    """The same bytes, to be read twice, unpacked."""
    with ExitStack() as stack:
        whole: IO[bytes] = stream
        try:
            if not stream.seekable():
                whole = stack.enter_context(_spooled(stream))
            packed = whole.read(len(GZIP)) == GZIP
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
    work = LongWork(f"reading {source.name}")

    def reach(count: int) -> None:
        work.reach(f"{count / 1e6:.0f} MB")

    try:
        if source.kind is Kind.NDJSON:
            return read_ndjson(source.stream, source.name, put, reach)
        if source.kind is Kind.CAPTURE:
            return capture_reader()(source.stream, source.name, put, reach)
        times = log_times(source, zone)
        return read_log(source.stream, source.name, put, times, reach).heard
    finally:
        work.end()
