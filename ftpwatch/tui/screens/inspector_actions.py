"""The inspector beside the Live screen: what it may show, and what is done once it is left."""

from collections.abc import Callable
from typing import Protocol

from textual.screen import Screen

from ftpwatch.core.journal.filter import Filter
from ftpwatch.core.journal.history import Row
from ftpwatch.core.state.state import WatchState
from ftpwatch.tui.inputs import Sources
from ftpwatch.tui.screens.inspector import InspectorScreen
from ftpwatch.tui.screens.row_facts import RowFacts
from ftpwatch.tui.signs import Signs
from ftpwatch.tui.widgets.dialogue import DialogueView

__all__ = ["InspectorActions"]


class _Shows(Protocol):
    """The screen beside which it is."""

    def action_play(self, what: str) -> None: ...

    def action_freeze(self) -> None: ...


class InspectorActions:
    """`shown` is the state on the screen; `explain` shows what a row means."""

    def __init__(
        self,
        screen: Screen[None],
        sources: Sources,
        signs: Signs,
        shown: Callable[[], WatchState],
        explain: Callable[[Row], None],
    ) -> None:
        self._explain = explain
        self._screen, self._sources, self._signs, self._shown = screen, sources, signs, shown
        self._live: _Shows = screen  # type: ignore[assignment]
        self._facts = RowFacts(sources)

    @property
    def _dialogue(self) -> DialogueView:
        return self._screen.query_one(DialogueView)

    # --- what the inspector asks ---------------------------------------------------------------

    @property
    def upto(self) -> int:
        """The last entry that may be shown."""
        return self._shown().seq

    @property
    def wanted(self) -> Filter:
        """The filter of the dialogue."""
        return self._dialogue.wanted

    @property
    def selected(self) -> Row | None:
        """The row that the dialogue has selected, or its last."""
        return self._dialogue.selected_row

    @property
    def follows(self) -> bool:
        """The dialogue shows what happens now, and no row of it was chosen."""
        return self._dialogue.following and self._dialogue.selected is None

    @property
    def story(self) -> tuple[bool, bool]:
        """Whether a demo or a replay is shown, and whether any moment of it can be gone to."""
        playing = self._sources.playing
        return playing is not None, playing is not None and playing.seeking is not None

    def play(self, what: str) -> None:
        """As on the Live screen."""
        self._live.action_play(what)

    def freeze(self) -> None:
        """As on the Live screen."""
        self._live.action_freeze()

    # --- showing it ----------------------------------------------------------------------------

    def show(self) -> None:
        """Put it over the screen."""
        inspector = InspectorScreen(self, self._sources.history, self._facts, self._signs)
        self._screen.app.push_screen(inspector, self._left)

    def _left(self, left: tuple[Row | None, bool] | None) -> None:
        """The dialogue goes where the inspector was."""
        row, is_explained = left or (None, False)
        if row is None:
            self._dialogue.follow()
            return
        self._screen.run_worker(self._dialogue.show_row(row.seq), exit_on_error=False)
        if is_explained:
            self._explain(row)
