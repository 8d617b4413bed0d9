"""An end as a row of columns, as many as there is room for. Pure."""

from collections.abc import Sequence
from typing import Final

import msgspec
from rich.cells import cell_len, set_cell_size

from ftpwatch.core.counted import counted
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.state.past_end import PastEnd
from ftpwatch.core.text.cause_title import cause_title
from ftpwatch.core.text.end_matching import end_reply
from ftpwatch.core.text.neutral import elided, visible
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.tui.signs import Signs
from ftpwatch.tui.widgets.ends_order import Column, EndRow

__all__ = ["Cell", "EndsLayout", "fitted", "fitted_name", "layout_of", "spans_days"]

# From how much room inside the frame on a column is shown.
_FROM: Final = {
    Column.TIME: 0, Column.SESSION: 0, Column.LIVED: 68, Column.REPLY: 96, Column.CAUSE: 0,
    Column.CONFIDENCE: 74, Column.INCIDENT: 116, Column.CURE: 136,
}  # fmt: skip
_FIXED: Final = {Column.LIVED: 8, Column.CONFIDENCE: 12, Column.INCIDENT: 13}
# How what is left is shared; the last takes the rest.
_SHARES: Final = {Column.CAUSE: 3, Column.REPLY: 4, Column.CURE: 4}
_MOST_CAUSE: Final = 40
_LEAST_NAME: Final = 11
_MOST_NAME: Final = 24

# Text, and the column it stands in; None for the sign before a row.
Cell = tuple[str, Column | None]


class EndsLayout(msgspec.Struct, frozen=True):
    """Columns from left to right with their widths."""

    widths: tuple[tuple[Column, int], ...]
    signs: Signs
    days: bool

    def head(self, by: Column, *, descending: bool) -> list[Cell]:
        """The headings; an arrow at the one that rows are sorted by."""
        up, down = ("^", "v") if self.signs.ascii_only else ("↑", "↓")
        cells: list[Cell] = [("  ", None)]
        for column, width in self.widths:
            arrow = f" {down if descending else up}" if column is by else ""
            cells.append((self._cell(f"{column.upper()}{arrow}", width), column))
        return cells

    def row(self, row: EndRow, *, unfolded: bool) -> list[Cell]:
        """A row."""
        sign = self._sign(row, unfolded=unfolded)
        words = _Words(row, self.days)
        cells: list[Cell] = [(f"{sign} ", None)]
        cells += [(self._cell(words.of(one), width, one), one) for one, width in self.widths]
        return cells

    def column_at(self, x: int) -> Column | None:
        """What stands at `x`."""
        at = 2
        for column, width in self.widths:
            at += width + 1
            if x < at:
                return column if x >= 2 else None
        return None

    def _sign(self, row: EndRow, *, unfolded: bool) -> str:
        signs = self.signs
        if row.is_group:
            return signs.unfolded if unfolded else signs.more
        if row.inside:
            return " "
        return " " if row.ends[0].is_expected else signs.text("✗")

    def _cell(self, text: str, width: int, column: Column | None = None) -> str:
        fit = fitted_name if column is Column.SESSION else fitted
        return f"{fit(self.signs.text(text), width, self.signs)} "


class _Words(msgspec.Struct, frozen=True):
    """A row in words; neutralised."""

    row: EndRow
    days: bool

    def of(self, column: Column) -> str:
        """What stands in `column`."""
        row, end = self.row, self.row.typical
        match column:
            case Column.TIME:
                return _time(row.ends[0].entry, self.days)
            case Column.SESSION:
                return self._session()
            case Column.LIVED:
                return _lived(row.ends)
            case Column.REPLY:
                return end_reply(end)
            case Column.CAUSE:
                return self._cause()
            case Column.CONFIDENCE:
                return "" if end.explained is None else end.explained.explanation.confidence
            case Column.INCIDENT:
                return self._incident()
            case Column.CURE:
                return visible(end.cure)

    def _session(self) -> str:
        row = self.row
        if not row.is_group:
            return f"{'  ' if row.inside else ''}{visible(row.ends[0].session)}"
        number, all_there = len(row.ends), row.total == len(row.ends)
        return counted(number, "end") if all_there else f"{number} of {row.total}"

    def _cause(self) -> str:
        title = cause_title(self.row.typical.cause)
        causes = self.row.causes
        others = len(self.row.ends) - causes.most_common(1)[0][1]
        return f"{others} other, {len(self.row.ends) - others} {title}" if others else title

    def _incident(self) -> str:
        row = self.row
        if not row.incident:
            return ""
        if row.inside:
            return f"of {row.total}"
        seconds = row.ends[-1].entry.elapsed_seconds - row.ends[0].entry.elapsed_seconds
        return f"{row.total} in {seconds:.1f} s" if row.ends[0].entry.timed else f"of {row.total}"


def layout_of(width: int, names: int, signs: Signs, *, days: bool) -> EndsLayout:
    """What fits in `width` columns, where the longest name has `names` columns; `days` where
    ends are of more than one.
    """
    columns = [column for column in Column if width >= _FROM[column]]
    widths = {column: _FIXED[column] for column in columns if column in _FIXED}
    widths[Column.TIME] = 14 if days else 8
    most = _MOST_NAME if width >= 120 else max(_LEAST_NAME, width // 6)
    widths[Column.SESSION] = max(_LEAST_NAME, min(names, most))
    left = width - 2 - sum(widths.values()) - len(columns)
    shares = {column: share for column, share in _SHARES.items() if column in columns}
    for column, share in shares.items():
        rest = sum(shares[other] for other in shares if other not in widths)
        own = left * share // rest
        widths[column] = min(own, _MOST_CAUSE) if column is Column.CAUSE and rest > share else own
        left -= widths[column]
    return EndsLayout(tuple((column, widths[column]) for column in columns), signs, days)


def fitted(text: str, width: int, signs: Signs) -> str:
    """`text` in exactly `width` columns; what does not fit ends in an ellipsis."""
    if cell_len(text) > width:
        text = set_cell_size(text, max(0, width - 1)) + signs.cut
    return set_cell_size(text, width)


def fitted_name(text: str, width: int, signs: Signs) -> str:
    """A name in exactly `width` columns: cut in its middle, where its signs have a column each."""
    if cell_len(text) == len(text):
        text = elided(text, width).replace("…", signs.cut)
    return fitted(text, width, signs)


def spans_days(ends: Sequence[PastEnd]) -> bool:
    """They are of more than one day, as the clock here has it."""
    if not ends:
        return False
    first, last = ends[0].entry, ends[-1].entry
    timed = first.timed and last.timed
    return timed and first.at.astimezone().date() != last.at.astimezone().date()


def _time(entry: Entry, days: bool) -> str:
    if not entry.timed:
        return "–"
    return entry.at.astimezone().strftime("%m-%d %H:%M:%S" if days else "%H:%M:%S")


def _lived(ends: Sequence[PastEnd]) -> str:
    """How long the connection stood; of several the longest."""
    lived = [seconds for end in ends if (seconds := end.lived_seconds) is not None]
    if not lived:
        return "–"
    longest = max(lived)
    whole = longest // 1 if longest >= 10 else round(longest, 1)
    sign = "≤" if len(ends) > 1 and min(lived) // 1 != longest // 1 else ""
    return f"{sign}{format_duration(whole)}"
