"""The pages that a view shows, asked for again and again while the recording grows.

A filter that matches little is tried on the whole recording once. After that only rows are looked
at that are new, or whose answer is new, so that following costs the same on the first day and on
the tenth.
"""

from collections.abc import Callable
from math import inf
from typing import Final

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.filter import Filter
from ftpwatch.record.parts import Parts

__all__ = ["Pages"]

SPARE: Final = 50
MOST_CHANGED: Final = 5_000
_PAGES_KEPT: Final = 4

Look = Callable[[int], list[Entry]]


class _Page(msgspec.Struct):
    """All rows from `low` to `high` that match at `upto`; `whole` where none does beyond them."""

    rows: list[Entry]
    low: float
    high: float
    upto: int
    whole: bool = True

    def cut(self, count: int, *, newest: bool) -> None:
        """Keep `count` rows and spare ones, the newest or the oldest."""
        if newest:
            self.rows = self.rows[-count - SPARE :]
            self.low = self.rows[0].seq
        else:
            self.rows = self.rows[: count + SPARE]
            self.high = self.rows[-1].seq
        self.whole = False


class _Count(msgspec.Struct):
    number: int
    upto: int


class Pages:
    """Windows that remember what they were asked last. `upto` must be on disk."""

    def __init__(self, windows: Parts) -> None:
        self._windows = windows
        self._pages: dict[tuple[int | None, Filter], _Page] = {}
        self._counts: dict[tuple[int, Filter], _Count] = {}

    def newest(self, count: int, upto: int, wanted: Filter) -> list[Entry]:
        """The last `count` rows, oldest first."""

        def look(number: int) -> list[Entry]:
            return self._windows.before(upto + 1, number, upto, wanted)

        return self._page(None, count, upto, wanted, look)[-count:]

    def after(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Entry]:
        """The first `count` rows after `seq`, oldest first."""

        def look(number: int) -> list[Entry]:
            return self._windows.after(seq, number, upto, wanted)

        return self._page(seq, count, upto, wanted, look)[:count]

    def count(self, after: int, upto: int, wanted: Filter) -> int:
        """How many rows there are after `after` and up to `upto`."""
        known = self._counts.get((after, wanted))
        changed = None if known is None else self._changed(known.upto, upto)
        if known is None or changed is None:
            known = _Count(self._windows.count(after, upto, wanted), upto)
        else:
            rows = [seq for seq in changed if seq > after]
            before = self._windows.among(rows, known.upto, wanted)
            number = known.number - len(before) + len(self._windows.among(rows, upto, wanted))
            known = _Count(number, upto)
        self._counts = {(after, wanted): known}
        return known.number

    def _page(
        self, after: int | None, count: int, upto: int, wanted: Filter, look: Look
    ) -> list[Entry]:
        page = self._pages.pop((after, wanted), None)
        if page is None or not self._grows(page, count, upto, wanted):
            page = _Page(look(count + SPARE), 0 if after is None else after + 1, inf, upto)
        if len(page.rows) >= count + SPARE:
            page.cut(count, newest=after is None)
        self._pages[after, wanted] = page
        for key in list(self._pages)[:-_PAGES_KEPT]:
            del self._pages[key]
        return page.rows

    def _grows(self, page: _Page, count: int, upto: int, wanted: Filter) -> bool:
        """Bring `page` to `upto`; False where it must be looked for anew."""
        changed = self._changed(page.upto, upto)
        if changed is None:
            return False
        matching = self._windows.among(changed, upto, wanted)
        others = set(changed)
        rows = [row for row in page.rows if row.seq not in others]
        rows += [row for row in matching if page.low <= row.seq <= page.high]
        page.rows, page.upto = sorted(rows, key=lambda row: row.seq), upto
        return page.whole or len(rows) >= count

    def _changed(self, since: int, upto: int) -> list[int] | None:
        """Rows that changed from `since` to `upto`; None where all is to be asked anew."""
        if upto < since:
            return None
        changed = self._windows.changed(since, upto, MOST_CHANGED + 1)
        return changed if len(changed) <= MOST_CHANGED else None
