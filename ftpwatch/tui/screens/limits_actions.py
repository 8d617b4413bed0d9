"""Limits runs of the screen: asks before it logs in, shows the run under way, reopens it."""

from collections.abc import Callable

from textual.screen import Screen

from ftpwatch.core.controls import Refused
from ftpwatch.core.state.limits import LimitsRun
from ftpwatch.core.state.state import SessionState
from ftpwatch.core.text.limits_text import recommendation
from ftpwatch.core.text.neutral import visible
from ftpwatch.tui.dialogs.ask import Confirm
from ftpwatch.tui.inputs import Sources
from ftpwatch.tui.keys import keys_on
from ftpwatch.tui.screens.limits import LimitsScreen
from ftpwatch.tui.signs import Signs

__all__ = ["LimitsActions"]


class LimitsActions:
    """One run at a time; its result stays until another is wanted."""

    def __init__(
        self,
        screen: Screen[None],
        sources: Sources,
        signs: Signs,
        selected: Callable[[], SessionState | None],
    ) -> None:
        self._screen, self._sources, self._signs = screen, sources, signs
        self._selected = selected
        self._run: LimitsRun | None = None
        self._end_is_told = False

    def show_or_ask(self) -> None:
        """The run under way or its result; else ask whether to start one for the selected
        session. From the screen of a result another can be asked for.
        """
        session = self._selected()
        if self._run is not None:
            self._show(self._run)
        elif self._sources.find_limits is None:
            self._say("a recording is read-only: nothing can be measured")
        elif session is None:
            key = keys_on(self._screen.app).first("add")
            self._say(f"no session yet: press {key} to add one")
        else:
            self._ask(session)

    def _ask(self, session: SessionState) -> None:
        where = f"{session.target.host}:{session.target.port}"
        question = (
            f"Measure the limits of {visible(where)}?\n\nThis logs in up to 4 times more as "
            f"{visible(session.target.user)}: test sessions that are watched until the server ends "
            "them, at most 20 minutes."
        )
        self._screen.app.push_screen(
            Confirm(question), lambda sure: self._start(session.name) if sure else None
        )

    def _start(self, session: str) -> None:
        find = self._sources.find_limits
        if find is None:
            return
        try:
            self._run = find(session)
            self._end_is_told = False
        except Refused as refused:
            self._say(str(refused))
        else:
            self._show(self._run)

    def _show(self, run: LimitsRun) -> None:
        shown = LimitsScreen(run, self._sources.clock, self._signs)
        self._screen.app.push_screen(shown, lambda anew: self._ask_anew() if anew else None)

    def _ask_anew(self) -> None:
        session = self._selected()
        if session is not None:
            self._ask(session)

    def tell_end(self) -> None:
        """Say once that a run is over, to who has left its screen."""
        if self._run is not None and self._run.found is not None and not self._end_is_told:
            self._end_is_told = True
            advice = recommendation(self._run.found)
            key = keys_on(self._screen.app).first("limits")
            self._say(f"limits of {self._run.of}: {advice}; {key} shows them")

    def _say(self, sentence: str) -> None:
        self._screen.notify(visible(sentence), markup=False, timeout=5)
