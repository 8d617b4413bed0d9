"""Which moment a screen shows: what happens now, one that is held, or another one of a recording.

A held screen says nothing that came later; it says it once it goes on.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from textual.screen import Screen

from ftpwatch.core.clock import Clock
from ftpwatch.core.journal.filter import parse_filter
from ftpwatch.core.journal.history import History
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import WatchState
from ftpwatch.tui.screens.holding import Holding
from ftpwatch.tui.signs import Signs
from ftpwatch.tui.widgets.dialogue import DialogueView
from ftpwatch.tui.widgets.explanation import ExplanationPanel
from ftpwatch.tui.widgets.guide import Guide

__all__ = ["Moments"]

_REFUSALS: Final = parse_filter("code:421")
_AGAIN_SECONDS: Final = 0.2


class Moments:
    """Works on the guide and the panel of `screen`; `present` is the state of now."""

    def __init__(
        self, screen: Screen[None], clock: Clock, present: Callable[[], WatchState], signs: Signs
    ) -> None:
        self._screen, self._clock, self._present, self._signs = screen, clock, present, signs
        self.holding = Holding()
        self._sentence, self._part_began, self._is_past = "", False, False

    @property
    def is_held(self) -> bool:
        """What happens now is not shown."""
        return self.holding.state is not None

    @property
    def shown(self) -> WatchState:
        """What is shown."""
        return self.holding.state or self._present()

    @property
    def now(self) -> float:
        """Its moment, in seconds of the watch."""
        return self.holding.now if self.is_held else self._clock.elapsed()

    @property
    def behind(self) -> int | None:
        """How many entries came since what is held; None where nothing is."""
        return self._present().seq - self.shown.seq if self.is_held else None

    @property
    def refusals(self) -> int:
        """How many 421s there were up to it."""
        return self.holding.refusals(self.shown)

    def note(self, update: Update) -> None:
        """Count what `update` tells."""
        self.holding.note(update)

    def count_refusals(self, history: History) -> None:
        """Count those of before, where it begins in the middle."""
        work = self._count_refusals(history)
        self._screen.run_worker(work, group="refusals", exclusive=True, exit_on_error=False)

    async def _count_refusals(self, history: History) -> None:
        upto = self._present().seq
        before = await history.count(0, upto, _REFUSALS)
        if before is None:
            self._screen.set_timer(_AGAIN_SECONDS, partial(self.count_refusals, history))
        else:
            self.holding.know_refusals(before, upto)

    def tell(self, sentence: str) -> None:
        """A line that guides the user."""
        self._sentence = sentence
        if not self.is_held:
            self._say(sentence)

    def begin_part(self) -> None:
        """Another part of a story begins: the panel is put away."""
        self._part_began = self.is_held
        if not self.is_held:
            self._put_panel_away()

    def hold(self, state: WatchState | None, words: str) -> None:
        """Show `state`, and of a past one the `words` that went with it, and how was explained
        what had ended last; what happens now with None.
        """
        was_past, self._is_past = self._is_past, bool(words)
        past = state.at if state is not None and words else None
        self.holding.hold(state, self._clock.elapsed() if past is None else past)
        if state is None and self._part_began:
            self._part_began = False
            self._put_panel_away()
        elif words or was_past:
            self._explain(self.holding.explained(self.shown))
        self._say(words or self._sentence)

    def jump(self, judgement: Explained | None) -> None:
        """Another moment of a recording is shown; `judgement` explains what ended there."""
        self.holding.begin()
        if self._screen.is_mounted:
            self._screen.query_one(ExplanationPanel).clear(forget=True)
            self._explain(judgement)
            self._screen.query_one(DialogueView).follow()

    def _explain(self, explained: Explained | None) -> None:
        if explained is None:
            self._put_panel_away()
        else:
            panel = self._screen.query_one(ExplanationPanel)
            panel.pin(explained)
            panel.is_open = True

    def _put_panel_away(self) -> None:
        panel = self._screen.query_one(ExplanationPanel)
        panel.clear()
        panel.is_open = False

    def _say(self, sentence: str) -> None:
        self._screen.query_one(Guide).say(self._signs.text(sentence))
