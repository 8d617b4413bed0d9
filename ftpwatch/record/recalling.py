"""What a recording says of itself when it is opened: its last entry, which entry is of which
moment, and what was judged of it by then.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from datetime import datetime
from typing import Final

from ftpwatch.core.journal.entry import Entry, utc_text
from ftpwatch.core.journal.events import EntriesUnreadable
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import WatchState
from ftpwatch.record.conditions import first_since
from ftpwatch.record.files import PartFile, open_part
from ftpwatch.record.judged import (
    explained_of,
    explanation_text,
    explanations,
    has_snapshot,
    state_of,
    states,
)
from ftpwatch.record.parts import Parts
from ftpwatch.record.salvage import salvaged
from ftpwatch.record.schema import READ_ERRORS, NotARecording, is_judged
from ftpwatch.record.texts import bound

__all__ = [
    "entries_of", "first_at", "is_judged_whole", "last_explained", "last_readable", "newest_state",
]  # fmt: skip

MOST_EXPLAINED_BYTES: Final = 32 * 1024 * 1024


def entries_of(files: Sequence[PartFile], after: int) -> Iterator[Entry]:
    """All entries after `after`, oldest first, read as they are taken; an EntriesUnreadable in the
    place of those that are damaged.
    """
    for file in files:
        try:
            database = open_part(file.path)
        except NotARecording:
            continue  # it went meanwhile
        with closing(database):
            for entry in salvaged(database, after):
                after = max(after, entry.seq)
                yield entry


def newest_state(parts: Parts, after: int, upto: int, version: str) -> WatchState | None:
    """The newest readable state of after the seq `after`, up to `upto`, that `version` judged."""
    for database in parts.databases():
        for body in states(database, after, upto, version):
            with suppress(ValueError, RecursionError, *READ_ERRORS):
                state = state_of(body)
                if after < state.seq <= upto:
                    return state
    return None


def is_judged_whole(parts: Parts, version: str) -> bool:
    """All of it was judged by `version` as it was written, to its last entry."""
    last = last_readable(parts)
    if last is None or not all(is_judged(one, version) for one in parts.databases()):
        return False
    newest = next(parts.databases(), None)
    return newest is not None and has_snapshot(newest, last.seq, version)


def last_explained(parts: Parts, upto: int, version: str, most: int) -> list[Explained]:
    """The last explanations that entries up to the seq `upto` caused, oldest first: `most`, and as
    many as stand in 32 MiB.
    """
    explained: list[Explained] = []
    room = MOST_EXPLAINED_BYTES
    for database in parts.databases():
        for body in explanations(database, upto, version, most - len(explained)):
            with suppress(ValueError, RecursionError, *READ_ERRORS):
                room -= len(explanation_text(body))
                if room < 0:
                    return explained[::-1]
                explained.append(explained_of(body))
    return explained[::-1]


def first_at(parts: Parts, moment: datetime) -> int | None:
    """The seq of the first entry of `moment` or later; see Reader."""
    seq: int | None = None
    for database in parts.databases():
        with suppress(*READ_ERRORS):
            first = first_since(database, utc_text(moment))
            seq = first if first is not None else seq
            if first is not None and first > bound(database, "min"):
                break
    return seq


def last_readable(parts: Parts) -> Entry | None:
    """The last entry that can be read."""
    for database in parts.databases():
        with suppress(*READ_ERRORS):
            highest = bound(database, "max")
            for back in (1, 10, 1_000, highest):
                entries = [
                    entry
                    for entry in salvaged(database, max(0, highest - back))
                    if not isinstance(entry.event, EntriesUnreadable)
                ]
                if entries:
                    return entries[-1]
    return None
