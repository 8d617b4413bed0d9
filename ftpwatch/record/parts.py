"""The parts of a recording, asked as if they were one. Parts do not overlap: each goes on where the
one before ended.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.filter import Filter
from ftpwatch.record.behind import behind, heads, troubles
from ftpwatch.record.files import PartFile, open_part
from ftpwatch.record.schema import (
    READ_ERRORS,
    NotARecording,
    judge_here,
)
from ftpwatch.record.windows import Windows

__all__ = ["MOST_OPEN", "MOST_OPEN_LIVE", "Parts"]

MOST_OPEN: Final = 64
MOST_OPEN_LIVE: Final = 4


class _Handle:
    """A part that is opened when it is asked, and may be closed in between."""

    def __init__(self, part: PartFile, went: Callable[[int], None]) -> None:
        self.part, self._went = part, went
        self._windows: Windows | None = None
        self._database: sqlite3.Connection | None = None
        self.ends_at: int | None = None

    @property
    def windows(self) -> Windows:
        if self._windows is None:
            self._database = open_part(self.part.path)
            self._windows = Windows(self._database, self._went)
        return self._windows

    @property
    def database(self) -> sqlite3.Connection:
        windows = self.windows
        assert self._database is not None and windows is not None
        return self._database

    @property
    def is_open(self) -> bool:
        return self._database is not None

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
        self._database = self._windows = None


class Parts:
    """As Windows, over several files, the oldest first; so many of them are open at once: few of
    what is being written, so that a part that is full is soon nobody's.
    """

    def __init__(
        self,
        files: Iterable[PartFile],
        went: Callable[[int], None] = lambda _: None,
        most_open: int = MOST_OPEN,
    ) -> None:
        self._went, self._most_open = went, most_open
        self._handles = [_Handle(file, went) for file in files]
        self._explained: list[tuple[object, ...]] = []
        self._judges: str | None = None

    @property
    def files(self) -> list[PartFile]:
        """The parts there are."""
        return [handle.part for handle in self._handles]

    def add(self, file: PartFile) -> None:
        """One more, newer than all others."""
        self._handles.append(_Handle(file, self._went))
        self.hold_newest()

    def hold_newest(self) -> None:
        """Have it open: what is being written may be deleted, and is shown all the same."""
        self._opened(self._handles[-1])

    def learn(self, rows: Sequence[tuple[object, ...]], version: str) -> None:
        """What is explained, where the files do not say it, or not by `version`."""
        self._explained += rows
        self._judges = version
        for handle in self._handles:
            if handle.is_open:
                with suppress(*READ_ERRORS):
                    judge_here(handle.database, rows, version)

    def databases(self, *, newest_first: bool = True) -> Iterator[sqlite3.Connection]:
        """Each for as long as it is looked at."""
        for handle in reversed(self._handles) if newest_first else list(self._handles):
            if (database := self._opened(handle)) is not None:
                yield database

    def close(self) -> None:
        """Let go of the files."""
        for handle in self._handles:
            handle.close()

    def before(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Entry]:
        """At most `count` entries before `seq`, oldest first."""
        entries: list[Entry] = []
        near = True
        for windows in self._windows(newest_first=True):
            if len(entries) >= count:
                break
            if windows.first <= min(seq, upto):
                left = count - len(entries)
                entries = windows.before(seq, left, upto, wanted, near=near) + entries
                near = False
        return entries

    def after(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Entry]:
        """At most `count` entries after `seq`, oldest first."""
        entries: list[Entry] = []
        near = True
        for windows in self._windows(after=seq):
            if len(entries) >= count:
                break
            if windows.last > seq:
                left = count - len(entries)
                entries += windows.after(seq, left, upto, wanted, near=near)
                near = False
        return entries

    def count(self, after: int, upto: int, wanted: Filter) -> int:
        """How many there are after `after` and up to `upto`."""
        return sum(part.count(after, upto, wanted) for part in self._windows(after=after))

    def changed(self, after: int, upto: int, most: int) -> list[int]:
        """At most `most` rows that entries after `after` and up to `upto` made or answered."""
        seqs: list[int] = []
        for windows in self._windows(after=after):
            if len(seqs) < most:
                seqs += windows.changed(after, upto, most - len(seqs))
        return seqs

    def among(self, seqs: Sequence[int], upto: int, wanted: Filter) -> list[Entry]:
        """Those of the rows `seqs` that match, oldest first."""
        parts = self._windows(after=min(seqs, default=0) - 1)
        return [entry for part in parts for entry in part.among(seqs, upto, wanted)]

    def sharing(self, seqs: Sequence[int], upto: int) -> list[Entry]:
        """All entries that share one of the rows `seqs`."""
        parts = self._windows(after=min(seqs, default=0) - 1)
        return [entry for part in parts for entry in part.sharing(seqs, upto)]

    def answers(self, seqs: list[int], upto: int, *, folded: bool) -> dict[int, tuple[Entry, int]]:
        """The newest entry that shares each of the rows `seqs`, and how many do."""
        answers: dict[int, tuple[Entry, int]] = {}
        for windows in self._windows(after=min(seqs, default=0) - 1):
            for seq, (entry, sharing) in windows.answers(seqs, upto, folded=folded).items():
                answers[seq] = entry, sharing + (answers[seq][1] if seq in answers else 0)
        return answers

    def heads(self, seqs: Sequence[int]) -> dict[int, int]:
        """The rows that stand for those of the rows `seqs` that are folded."""
        found: dict[int, int] = {}
        for windows in self._windows(after=min(seqs, default=0) - 1):
            found |= heads(windows.database, seqs)
        return found

    def behind(self, head: Entry, after: int, upto: int) -> list[Entry]:
        """What is folded into the row of `head` after the seq `after`, all in one part."""
        for windows in self._windows(after=head.seq - 1):
            return behind(windows.database, head, after, upto)
        return []

    def troubles(self, after: int, upto: int, most: int) -> list[tuple[int, bool]]:
        """At most `most` problems and marks after `after`, and whether each is a mark."""
        found: list[tuple[int, bool]] = []
        for windows in self._windows(after=after):
            if len(found) < most:
                found += troubles(windows.database, after, upto, most - len(found))
        return found

    def _windows(self, *, after: int = 0, newest_first: bool = False) -> Iterator[Windows]:
        """Those that may have entries after the seq `after`; one that is gone is passed over."""
        handles = list(reversed(self._handles)) if newest_first else list(self._handles)
        for handle in handles:
            if handle.ends_at is not None and handle.ends_at <= after:
                continue
            if self._opened(handle) is None:
                continue
            if handle is not self._handles[-1] and handle.ends_at is None:
                handle.ends_at = handle.windows.last
            yield handle.windows

    def _opened(self, handle: _Handle) -> sqlite3.Connection | None:
        was_open = handle.is_open
        try:
            database = handle.database
        except NotARecording:
            return None
        if not was_open:
            if self._judges is not None:
                with suppress(*READ_ERRORS):
                    judge_here(database, self._explained, self._judges)
            open_ = [one for one in self._handles if one.is_open and one is not handle]
            for one in open_[: max(0, len(open_) + 1 - self._most_open)]:
                one.close()
        return database
