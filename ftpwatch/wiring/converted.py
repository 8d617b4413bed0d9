"""What others saw, made a recording for as long as it is looked at: in a temporary file, so that
screens and replay read it as they read any other.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ftpwatch.core.errors import UserError
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import SourceOpened
from ftpwatch.record.journal import Journal
from ftpwatch.wiring.overhearing import Kind, Source, overhear

__all__ = ["Kept", "converted", "kept"]

_AT_ONCE: Final = 500
_NAME: Final = "overheard.ftpwatch"


class Kept:
    """The journal of what was read so far; `source` is what it is."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.source: SourceOpened | None = None
        self._waiting: list[Entry] = []

    def put(self, entry: Entry, _: int = 0) -> None:
        """Keep `entry`, with others."""
        if isinstance(entry.event, SourceOpened):
            self.source = entry.event
        self._waiting.append(entry)
        if len(self._waiting) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Keep what waits. Raises UserError where there is no room."""
        waiting, self._waiting = self._waiting, []
        if waiting and (problem := self.journal.keep(waiting).problem) is not None:
            raise UserError(f"no room to read it into: {problem}")


@contextmanager
def kept() -> Iterator[Kept]:
    """An empty journal in a folder of its own, which goes with it."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="ftpwatch-")
    except OSError as error:
        raise UserError(f"no place for a temporary file: {error}") from error
    with folder as name, Journal(Path(name) / _NAME) as journal:
        yield Kept(journal)


@contextmanager
def converted(source: Source, zone: str | None) -> Iterator[Kept]:
    """All of `source`. Raises UserError where there is nothing of FTP in it."""
    with kept() as journal:
        overhear(source, journal.put, zone)
        journal.flush()
        if journal.source is None and source.kind is not Kind.NDJSON:
            raise UserError(f"{source.name} shows no FTP: no command and no reply is in it")
        yield journal
