"""Of a recording, the entries of the rows that a filter asks for, each once and in their order."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import EntriesUnreadable
from ftpwatch.core.journal.filter import Filter
from ftpwatch.core.text.matching_rows import RowFilter
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


def looked_through(
    entries: Iterable[Entry], wanted: Filter, after: int, reach: Callable[[int], object]
) -> Iterator[Entry]:
    """The same after the seq `after`, by looking at all `entries`; what cannot be read is given in
    its place.
    """
    rows: RowFilter[Entry] = RowFilter(wanted)
    for entry in entries:
        reach(entry.seq)
        is_lost = isinstance(entry.event, EntriesUnreadable)
        asked_for = [entry] if is_lost else rows.take(entry, None, entry)
        yield from (one for one in asked_for if one.seq > after)
    yield from (one for one in rows.unanswered() if one.seq > after)
