"""The ends in a recording, each by itself: as rows, those of an incident are one."""

import sqlite3
from collections.abc import Iterable
from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import ConnectionClosed, ConnectionFailed
from ftpwatch.record.decoding import COLUMNS, entry_or_why
from ftpwatch.record.kinds import DENSE_KINDS, kind_number
from ftpwatch.record.schema import READ_ERRORS

__all__ = ["newest_ends"]

_KINDS: Final = (kind_number("connection_closed"), kind_number("connection_failed"))
# Seqs first: the index has them, and of an entry's body only those are read that are wanted.
_NEWEST: Final = (
    f"select {COLUMNS} from entry where seq in (select seq from entry where kind in {_KINDS} "
    f"and kind not in {DENSE_KINDS} and seq <= ? order by seq desc limit ?) order by seq desc"
)


def newest_ends(databases: Iterable[sqlite3.Connection], count: int, upto: int) -> list[Entry]:
    """At most `count` closes and failed attempts up to the seq `upto`, oldest first, of
    `databases`, the newest first; without what is damaged.
    """
    ends: list[Entry] = []
    for database in databases:
        try:
            rows = database.execute(_NEWEST, [upto, count - len(ends)])
            entries = [entry_or_why(row) for row in rows]
        except READ_ERRORS:
            continue
        kinds = ConnectionClosed | ConnectionFailed
        ends += [entry for entry in entries if isinstance(entry.event, kinds)]
    return ends[::-1]
