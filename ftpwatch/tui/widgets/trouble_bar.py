"""The bar beside the dialogue: where in the whole history its page is, where errors and marks are.

Its scale are seqs. What it knows it counts on from: a million entries are asked for once, and only
what an index has of them.
"""

from typing import Final

from ftpwatch.core.journal.density import Density
from ftpwatch.core.journal.history import History
from ftpwatch.tui.signs import Signs

__all__ = ["TroubleBar"]

_AT_ONCE: Final = 5_000
_STEPS: Final = 500
_DENSE: Final = (1, 5, 25, 100)


class TroubleBar:
    """Draws cell by cell."""

    def __init__(self, history: History) -> None:
        self._history, self._density = history, Density()
        self._known = 0

    def is_behind(self, upto: int) -> bool:
        """So much is new that it would be seen."""
        return upto > self._known + upto // _STEPS

    async def learn(self, upto: int) -> bool:
        """Ask for what is new up to the seq `upto`, as far as one question goes; True where there
        is more.
        """
        after = self._known
        found = await self._history.troubles(after, upto, _AT_ONCE)
        if after != self._known:
            return False
        for seq, is_mark in found:
            self._density.add(seq, is_mark)
        is_full = len(found) >= _AT_ONCE
        self._known = found[-1][0] if is_full else upto
        return is_full

    def cell(self, y: int, height: int, upto: int, signs: Signs) -> tuple[str, str]:
        """The sign of one cell, and what it is: trouble, mark or nothing."""
        found = self._density.among(y * upto // height + 1, (y + 1) * upto // height + 1)
        if found.problems:
            return signs.dense[sum(found.problems >= least for least in _DENSE) - 1], "trouble"
        if found.marks:
            return signs.bar_mark, "mark"
        return " ", ""

    @staticmethod
    def is_thumb(y: int, height: int, upto: int, seqs: tuple[int, int]) -> bool:
        """The page from the first to the last of `seqs` is there."""
        first, last = (min(height - 1, seq * height // max(1, upto + 1)) for seq in seqs)
        return first <= y <= last

    @staticmethod
    def seq_at(y: int, height: int, upto: int) -> int:
        """The seq that a cell stands for."""
        return y * upto // max(1, height - 1)
