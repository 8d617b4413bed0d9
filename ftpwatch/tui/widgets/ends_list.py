"""Ends as a table shows them: which, in which order, the ends of an incident in one row that
unfolds, and which row is selected. Pure.

A row is known by its key, never by its place: ends that come, a filter, another order leave the
selected one selected. Nothing selected is the newest end, whichever that is.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ftpwatch.core.journal.filter import EVERYTHING, Filter
from ftpwatch.core.state.past_end import PastEnd
from ftpwatch.core.state.state import Incident
from ftpwatch.core.text.end_matching import end_test, end_words
from ftpwatch.tui.widgets.ends_order import Column, EndRow, Key, in_order

__all__ = ["EndsList"]


class EndsList:
    """`rows` follow what is wished; call `show` with the ends that may be seen."""

    def __init__(self) -> None:
        self.column, self.descending = Column.TIME, False
        self.wanted: Filter = EVERYTHING
        self.rows: list[EndRow] = []
        self.selected: Key | None = None
        self.known = self.matching = 0
        self._unfolded: set[int] = set()
        self._at = 0
        self._ends: Sequence[PastEnd] = ()
        self._incident_of: dict[int, int] = {}
        self._words: dict[int, tuple[PastEnd, str]] = {}

    # --- what is shown -------------------------------------------------------------------------

    def show(self, ends: Sequence[PastEnd], incidents: Mapping[int, Incident]) -> None:
        """All `ends`, oldest first; `incidents` are those that are known of."""
        own = {of: incident.seq for incident in incidents.values() for of in incident.before}
        told = [(end.seq, end.explained) for end in ends]
        self._incident_of = {
            seq: explained.incident or own.get(explained.of, 0)
            for seq, explained in told
            if explained is not None
        }
        self._ends, self.known = ends, len(ends)
        first = ends[0].seq if ends else 0
        self._words = {seq: kept for seq, kept in self._words.items() if seq >= first}
        self._arrange()

    def filter_by(self, wanted: Filter) -> None:
        """Show only what matches."""
        if wanted != self.wanted:
            self.wanted = wanted
            self._arrange()

    def sort_by(self, column: Column, *, descending: bool) -> None:
        """Another order."""
        if self.selected is None and self.rows:
            self.selected = self.rows[self._at].key
        self.column, self.descending = column, descending
        if column is Column.TIME and not descending and self._at == len(self.rows) - 1:
            self.selected = None
        self._arrange()

    def toggle_fold(self) -> None:
        """Unfold the incident of the selected row, or fold it."""
        row = self.selected_row
        if row is None or not row.incident:
            return
        self._unfolded ^= {row.incident}
        self.selected = (row.incident, 0)
        self._arrange()

    @property
    def is_followed(self) -> bool:
        """The newest end is the last row, and selected as it comes."""
        return self.selected is None and self.column is Column.TIME and not self.descending

    def is_unfolded(self, row: EndRow) -> bool:
        """Its ends stand below it."""
        return row.incident in self._unfolded

    # --- selection -----------------------------------------------------------------------------

    @property
    def at(self) -> int:
        """The place of the selected row."""
        return self._at

    @property
    def selected_row(self) -> EndRow | None:
        """The selected one; None where there is none."""
        return self.rows[self._at] if self.rows else None

    def select(self, at: int) -> None:
        """The row at that place, or the nearest to it."""
        if self.rows:
            self._at = max(0, min(len(self.rows) - 1, at))
            self.selected = self.rows[self._at].key

    def to_end(self) -> None:
        """The last row, and, where that is the newest end, those that follow it."""
        self.select(len(self.rows) - 1)
        if self.column is Column.TIME and not self.descending:
            self.selected = None

    def place_of(self, key: Key) -> int | None:
        """Where the row with that key is; for an end that is folded away, its incident."""
        places = {row.key: place for place, row in enumerate(self.rows)}
        incident = key[0] or self._incident_of.get(key[1], 0)
        for known in (key, (incident, key[1]), (incident, 0), (0, key[1])):
            if known in places:
                return places[known]
        return None

    # --- order ---------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self.rows = list(self._unfold(self._sorted(self._grouped())))
        if self.selected is None:
            self._at = len(self.rows) - 1 if self.is_followed else 0
            self._at = max(0, self._at)
            return
        place = self.place_of(self.selected)
        self._at = max(0, min(self._at if place is None else place, len(self.rows) - 1))

    def _grouped(self) -> list[EndRow]:
        """Ends that match, those of one incident together, in the order of the first."""
        test = end_test(self.wanted, self._words_of) if self.wanted.terms else _everything
        groups: dict[Key, list[PastEnd]] = {}
        totals = Counter(seq for seq in map(self._incident, self._ends) if seq)
        for end in self._ends:
            incident = self._incident(end)
            if test(end):
                groups.setdefault((incident, 0 if incident else end.seq), []).append(end)
        self.matching = sum(map(len, groups.values()))
        return [
            EndRow(tuple(ends), incident, totals[incident])
            if totals[incident] > 1
            else EndRow(tuple(ends))
            for (incident, _), ends in groups.items()
        ]

    def _incident(self, end: PastEnd) -> int:
        return self._incident_of.get(end.seq, 0)

    def _sorted(self, rows: list[EndRow]) -> list[EndRow]:
        return in_order(rows, self.column, descending=self.descending)

    def _unfold(self, rows: list[EndRow]) -> Iterator[EndRow]:
        """Below an incident its ends; by time those with a rare cause first, as all ended at
        once, and who looks into it looks for what is different.
        """
        for row in rows:
            yield row
            if row.is_group and row.incident in self._unfolded:
                inner = [EndRow((end,), row.incident, row.total, True) for end in row.ends]
                inner = self._sorted(inner)
                if self.column is Column.TIME:
                    causes = row.causes
                    inner.sort(key=lambda one: causes[one.ends[0].cause])
                yield from inner

    def _words_of(self, end: PastEnd) -> str:
        kept = self._words.get(end.seq)
        if kept is None or kept[0] is not end:
            kept = self._words[end.seq] = end, end_words(end)
        return kept[1]


def _everything(_: PastEnd) -> bool:
    return True
