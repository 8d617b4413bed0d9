"""Of what is written as lines, only what a filter asks for."""

from msgspec.structs import replace

from ftpwatch.core.journal.filter import Filter
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.text.matching_rows import RowFilter
from ftpwatch.headless.lines import Lines

__all__ = ["Chosen"]


class Chosen:
    """Hands on to `lines` the entries that `wanted` asks for, and what explains such."""

    def __init__(self, lines: Lines, wanted: Filter) -> None:
        self._lines = lines
        self._rows: RowFilter[Update] = RowFilter(wanted)

    def show(self, update: Update) -> None:
        """Show what is left of `update`."""
        entry, judgement = update.entry, update.judgement
        shown: list[Update] = []
        if entry is not None:
            cause = judgement.explanation.cause if judgement is not None else None
            shown = self._rows.take(entry, cause, replace(update, explained=()))
        explained = tuple(
            one for one in update.explained if self._rows.asks_for(one.by, one.explanation.cause)
        )
        for one in shown:
            self._lines.show(one)
        if explained:
            self._lines.show(replace(update, entry=None, verdicts=(), explained=explained))
