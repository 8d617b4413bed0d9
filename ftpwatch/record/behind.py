"""What stands behind the rows of a page where what is normal is folded, and where in a recording
there is trouble. What was counted once is not counted again.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
)
from ftpwatch.core.journal.folded import Folded, FoldedSum, is_of_keep_alives
from ftpwatch.record.conditions import RARE
from ftpwatch.record.decoding import COLUMNS, entry_or_why
from ftpwatch.record.kinds import kind_number
from ftpwatch.record.schema import FOLDED_ROW, ROW, folds
from ftpwatch.record.window_sql import one_of

__all__ = ["Behind", "behind", "heads", "troubles"]

_KEPT: Final = 1_000
_MOST: Final = 1_000
_REPLY: Final = kind_number("reply_received")
_STANDING = (CommandSent, ConnectionClosed, ConnectionFailed, ConnectionOpened, ConnectionOpening)


class Behind:
    """`ask(head, after, upto)` gives what is folded into the row of `head` after a seq."""

    def __init__(self, ask: Callable[[Entry, int, int], list[Entry]]) -> None:
        self._ask = ask
        self._sums: dict[int, tuple[FoldedSum, int]] = {}

    def of(self, head: Entry, upto: int) -> Folded | None:
        """What the row of `head` stands for, up to the seq `upto`."""
        if not isinstance(head.event, _STANDING):
            return None
        if not is_of_keep_alives(head):
            total = FoldedSum(head)  # of a login that failed since, nothing is folded any more
            for entry in self._ask(head, 0, upto):
                total.add(entry)
            return total.value
        total, known = self._sums.pop(head.seq, (FoldedSum(head), 0))
        if known > upto:
            total, known = FoldedSum(head), 0
        for entry in self._ask(head, known, upto):
            total.add(entry)
        self._sums[head.seq] = total, upto
        if len(self._sums) > _KEPT:
            del self._sums[next(iter(self._sums))]
        return total.value


def heads(database: sqlite3.Connection, seqs: Sequence[int]) -> dict[int, int]:
    """The rows that stand for those of the rows `seqs` that are folded."""
    if not folds(database):
        return {}
    sql = f"select seq, fold from entry where {one_of(seqs)} and fold is not null"
    return dict(database.execute(sql).fetchall())


def behind(database: sqlite3.Connection, head: Entry, after: int, upto: int) -> list[Entry]:
    """What is folded into the row of `head` after the seq `after`; of keep-alives the answers."""
    if not folds(database):
        return []
    which = f" and kind = {_REPLY}" if is_of_keep_alives(head) else ""
    sql = (
        f"select {COLUMNS} from entry where fold = ? and seq > ? and seq <= ?{which} "
        f"order by seq limit {_MOST}"
    )
    return [entry_or_why(row) for row in database.execute(sql, [head.seq, after, upto])]


def troubles(
    database: sqlite3.Connection, after: int, upto: int, most: int
) -> list[tuple[int, bool]]:
    """The rows of at most `most` problems and marks after `after`, and whether each is a mark."""
    sql = (
        f"select * from (select {FOLDED_ROW}, 0 from entry where {RARE['problem']} "
        f"and {FOLDED_ROW} > :after and seq <= :upto order by 1 limit :most) "
        f"union all select * from (select {ROW}, 1 from entry where {RARE['mark']} "
        f"and {ROW} > :after and seq <= :upto order by 1 limit :most) order by 1 limit :most"
    )
    values = {"after": after, "upto": upto, "most": most}
    return [(seq, bool(mark)) for seq, mark in database.execute(sql, values)]
