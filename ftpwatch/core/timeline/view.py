"""Which stretch of time is shown: so many columns of so much time each, aligned to the start of the
watch, so that what stands still in time keeps its column while the view moves by whole ones.
"""

from bisect import bisect_right
from typing import Final

import msgspec

from ftpwatch.core.journal.stretch import MOST_BUCKETS, Buckets, bucket_of

__all__ = ["STEPS", "View", "fitting", "following"]

# Seconds a column, from a millisecond to a year.
STEPS: Final = (
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 15.0, 20.0,
    30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 240.0, 300.0, 360.0, 480.0, 600.0, 720.0, 900.0, 1200.0,
    1800.0, 2700.0, 3600.0, 5400.0, 7200.0, 10_800.0, 14_400.0, 21_600.0, 28_800.0, 43_200.0,
    86_400.0, 172_800.0, 259_200.0, 604_800.0, 1_209_600.0, 2_592_000.0, 7_776_000.0, 31_622_400.0,
)  # fmt: skip
_AHEAD: Final = 8
_FARTHEST: Final = 1e12


class View(msgspec.Struct, frozen=True):
    """`columns` of STEPS[step] seconds each; the first is column `first` of the watch."""

    first: int
    step: int
    columns: int

    @property
    def seconds(self) -> float:
        """How much time a column is."""
        return STEPS[self.step]

    @property
    def buckets(self) -> Buckets:
        """The columns as buckets."""
        return Buckets(self.first, self.seconds, self.columns)

    @property
    def since(self) -> float:
        """Its first moment."""
        return self.moment(0)

    @property
    def until(self) -> float:
        """The first moment after it."""
        return self.moment(self.columns)

    def column(self, at: float) -> int:
        """The column of the moment `at`; one outside where it is not shown."""
        return bucket_of(max(-_FARTHEST, min(at, _FARTHEST)), self.seconds) - self.first

    def moment(self, column: int) -> float:
        """The first moment of a column."""
        return (self.first + column) * self.seconds

    def panned(self, columns: int, now: float) -> "View":
        """Moved by so many columns; the moment `now` and the start are never left behind."""
        last = bucket_of(now, self.seconds)
        first = max(0, min(self.first + columns, last))
        return View(first, self.step, self.columns)

    def zoomed(self, by: int, around: float, now: float) -> "View":
        """In or out by so many steps; the moment `around` keeps its column as far as it can."""
        step = max(0, min(len(STEPS) - 1, self.step + by))
        column = max(0, min(self.columns - 1, self.column(around)))
        first = bucket_of(around, STEPS[step]) - column
        return View(first, step, self.columns).panned(0, now)

    def showing(self, at: float) -> "View":
        """Moved as little as it takes to have the moment `at` in it."""
        column = self.column(at)
        by = min(0, column) + max(0, column - self.columns + 1)
        return View(max(0, self.first + by), self.step, self.columns)

    def resized(self, columns: int) -> "View":
        """As wide as there is room for."""
        return View(self.first, self.step, _bounded(columns))


def following(now: float, step: int, columns: int) -> View:
    """The view with `now` near its right end: what is due has some room after it."""
    columns = _bounded(columns)
    last = bucket_of(now, STEPS[step])
    return View(max(0, last - (columns - 1 - columns // _AHEAD)), step, columns)


def fitting(seconds: float, columns: int) -> int:
    """The least step at which `seconds` fit into `columns`."""
    columns = _bounded(columns)
    return min(len(STEPS) - 1, bisect_right(STEPS, seconds / max(1, columns - columns // _AHEAD)))


def _bounded(columns: int) -> int:
    return max(1, min(columns, MOST_BUCKETS))
