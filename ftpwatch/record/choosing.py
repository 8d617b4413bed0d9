"""Of a recording, the entries of the rows that a filter asks for, each once and in their order."""

import heapq
from collections.abc import Callable, Iterator
from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.filter import Filter
from ftpwatch.record.parts import Parts

__all__ = ["chosen"]

_AT_ONCE: Final = 500


def chosen(
    parts: Parts, wanted: Filter, upto: int, reach: Callable[[int], object]
) -> Iterator[Entry]:
    """Entries up to the seq `upto`; `reach` hears of the seq up to which rows were looked at. An
    entry that shares a row may come long after it, and waits for its turn.
    """
    waiting: list[tuple[int, Entry]] = []
    after = 0
    while rows := parts.after(after, _AT_ONCE, upto, wanted):
        for row in rows:
            heapq.heappush(waiting, (row.seq, row))
        for entry in parts.sharing([row.seq for row in rows], upto):
            heapq.heappush(waiting, (entry.seq, entry))
        after = rows[-1].seq
        reach(after)
        while waiting and waiting[0][0] <= after:
            yield heapq.heappop(waiting)[1]
    while waiting:
        yield heapq.heappop(waiting)[1]
