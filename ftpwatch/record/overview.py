"""What a recording is about, seen from outside: span, targets, ends by cause; and whether all of it
can be read.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import EntriesUnreadable, SessionAdded
from ftpwatch.record.decoding import COLUMNS, entry_of
from ftpwatch.record.files import family, open_part
from ftpwatch.record.kinds import DENSE_KINDS, kind_number
from ftpwatch.record.salvage import salvaged
from ftpwatch.record.schema import READ_ERRORS
from ftpwatch.record.texts import bound

__all__ = ["Checked", "Overview", "checked", "overview"]

_MOST_TARGETS: Final = 5_000


class Overview(msgspec.Struct, frozen=True):
    """A recording: when it began and ended as far as it is written, how many entries there are,
    what was watched (host and port, with how many sessions), and how connections ended, by cause;
    `ends` is None where it was not judged as it was written.
    """

    first_at: datetime | None
    last_at: datetime | None
    entries: int
    targets: dict[str, int]
    ends: dict[str, int] | None


class Checked(msgspec.Struct, frozen=True):
    """How many entries can be read, how many cannot, and what SQLite says of the files."""

    readable: int
    unreadable: int
    problems: tuple[str, ...] = ()


def overview(path: Path) -> Overview:
    """Of the recording of which `path` is a part. Raises NotARecording."""
    sessions: dict[str, str] = {}
    causes: Counter[str] = Counter()
    moments: list[datetime | None] = []
    entries, judged = 0, False
    for file in family(path):
        with closing(open_part(file.path)) as database:
            sessions |= _targets(database)
            causes.update(_causes(database))
            moments += [_moment(database, "min"), _moment(database, "max")]
            entries += _count(database)
            judged = judged or _is_judged(database)
    return Overview(
        first_at=moments[0],
        last_at=moments[-1],
        entries=entries,
        targets=dict(Counter(sessions.values()).most_common()),
        ends=dict(causes.most_common()) if judged else None,
    )


def checked(path: Path, reach: Callable[[int], object]) -> Checked:
    """Read all of it; `reach` hears how many entries were. Raises NotARecording."""
    readable = unreadable = 0
    problems: list[str] = []
    for file in family(path):
        with closing(open_part(file.path)) as database:
            problems += _integrity(database)
            for entry in salvaged(database):
                if isinstance(entry.event, EntriesUnreadable):
                    unreadable += entry.event.last - entry.event.first + 1
                else:
                    readable += 1
                reach(readable + unreadable)
    return Checked(readable, unreadable, tuple(problems))


def _integrity(database: sqlite3.Connection) -> list[str]:
    """What SQLite says of the file, and of the index of words."""
    try:
        rows = database.execute("pragma quick_check(5)").fetchall()
        database.execute("select rowid from word where word match 'a*' limit 1").fetchall()
    except READ_ERRORS as error:
        return [str(error)]
    return [str(text) for (text,) in rows if text != "ok"]


def _targets(database: sqlite3.Connection) -> dict[str, str]:
    """Sessions with what they were aimed at."""
    targets: dict[str, str] = {}
    added = kind_number("session_added")
    sql = f"select {COLUMNS} from entry where kind = {added} and kind not in {DENSE_KINDS} limit ?"
    with suppress(*READ_ERRORS, ValueError, TypeError, OverflowError):
        for row in database.execute(sql, [_MOST_TARGETS]):
            event = entry_of(row).event
            if isinstance(event, SessionAdded):
                targets[event.target.name] = f"{event.target.host}:{event.target.port}"
    return targets


def _causes(database: sqlite3.Connection) -> dict[str, int]:
    """How connections ended, each counted by what explains it last."""
    sql = (
        "select cause, count(*) from (select cause, max(of) from explained "
        "group by session, connection) where cause is not null group by cause"
    )
    with suppress(*READ_ERRORS):
        return {str(cause): int(count) for cause, count in database.execute(sql)}
    return {}


def _is_judged(database: sqlite3.Connection) -> bool:
    with suppress(*READ_ERRORS):
        return database.execute("select by from judged").fetchone() not in (None, ("",))
    return False


def _moment(database: sqlite3.Connection, which: str) -> datetime | None:
    with suppress(*READ_ERRORS):
        seq = bound(database, which)
        entry: Entry | None = next(salvaged(database, seq - 1), None)
        return entry.at if entry is not None and entry.timed else None
    return None


def _count(database: sqlite3.Connection) -> int:
    with suppress(*READ_ERRORS):
        if last := bound(database, "max"):
            return last - bound(database, "min") + 1
    return 0
