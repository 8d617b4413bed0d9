"""The rows that the dialogue holds, as lines, and which of them are on the screen. Pure.

A place is the seq of a row and how many of its lines are above the screen: seqs, never offsets.
"""

from collections.abc import Callable, Sequence

import msgspec

from ftpwatch.core.journal.history import Row
from ftpwatch.tui.widgets.row_text import Line

__all__ = ["Page", "Place", "above", "below", "unfilled"]

Height = Callable[[Row], int]


class Place(msgspec.Struct, frozen=True):
    """Where the screen begins: at the row `seq`, of which so many lines are `over` it."""

    seq: int
    over: int = 0


class Page:
    """`lines` of rows in their order, of which `height` are shown from the line `first` on."""

    def __init__(
        self, lines: Sequence[tuple[Line, Row]] = (), height: int = 1, first: int | None = 0
    ) -> None:
        self._all, self._height = lines, max(1, height)
        self.first = max(0, len(lines) - self._height) if first is None else first
        self.shown = list(lines[self.first : self.first + self._height])

    @property
    def place(self) -> Place | None:
        """Where it begins; None without a row."""
        if not self.shown:
            return None
        seq = self.shown[0][1].seq
        return Place(seq, self.first - self.span(seq)[0])

    @property
    def seqs(self) -> list[int]:
        """The rows on the screen: fewer than its lines where replies are unfolded."""
        return list(dict.fromkeys(row.seq for _, row in self.shown))

    def span(self, seq: int) -> tuple[int, int]:
        """The first and the last line of a row that it holds."""
        at = [number for number, (_, row) in enumerate(self._all) if row.seq == seq]
        return at[0], at[-1]

    def hidden_above(self, seq: int) -> int:
        """How many lines of the row, or before it, are over the screen."""
        return self.first - self.span(seq)[0]

    def hidden_below(self, seq: int) -> int:
        """How far the last line of the row is under the screen."""
        return self.span(seq)[1] - (self.first + self._height - 1)

    def starts_below(self, seq: int) -> int:
        """How far the first line of the row is under the screen."""
        return self.span(seq)[0] - (self.first + self._height - 1)


def above(place: Place, rows: Sequence[Row], lines: int, height: Height) -> Place:
    """So many lines before `place`, or as many as the `rows` before it have, oldest first."""
    if lines <= place.over:
        return Place(place.seq, place.over - lines)
    left = lines - place.over
    for row in reversed(rows):
        tall = height(row)
        if tall >= left:
            return Place(row.seq, tall - left)
        left -= tall
    return Place(rows[0].seq if rows else place.seq)


def unfilled(place: Place, rows: Sequence[Row], lines: int, height: Height) -> int:
    """How many of so many lines stay empty where `rows` begin at `place`, or after it."""
    over = place.over if rows and rows[0].seq == place.seq else 0
    return max(0, lines + over - sum(map(height, rows)))


def below(place: Place, rows: Sequence[Row], lines: int, height: Height) -> Place | None:
    """So many lines after `place`, of which `rows` begin with the row; None past their end."""
    left = place.over + lines
    for row in rows:
        tall = height(row)
        if left < tall:
            return Place(row.seq, left)
        left -= tall
    return None
