"""How ends come into the panel, and which session goes with it.

What ends opens the panel and becomes what keys act on, unless the user has chosen a session: that
stays, and the panel names it. Where the user goes to another session, an open panel goes too.
"""

from collections.abc import Callable
from typing import Final

from textual.screen import Screen

from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import WatchState
from ftpwatch.tui.screens.list_actions import ListActions
from ftpwatch.tui.widgets.explanation import ExplanationPanel
from ftpwatch.tui.widgets.session_list import SessionList

__all__ = ["PanelActions"]

_ANNOUNCING: Final = (421, 221)


class PanelActions:
    """Works on the screen's panel and list of sessions; `state` is that of now."""

    def __init__(
        self,
        screen: Screen[None],
        watch: Watch,
        state: Callable[[], WatchState],
        list_actions: ListActions,
    ) -> None:
        self._screen, self._watch, self._state = screen, watch, state
        self._list_actions = list_actions

    @property
    def _panel(self) -> ExplanationPanel:
        return self._screen.query_one(ExplanationPanel)

    @property
    def _sessions(self) -> SessionList:
        return self._screen.query_one(SessionList)

    def times_of(self, explained: Explained) -> int:
        """The how manieth end of its session for its cause it is, of those that are kept."""
        cause = explained.explanation.cause
        return sum(
            e.session == explained.session and e.explanation.cause == cause and e.of <= explained.of
            for e in self._watch.explanations()
        )

    def arrive(self, explained: Explained) -> None:
        """Show it, or have it wait behind what is shown, where it is worth either."""
        explanation = explained.explanation
        session = self._state().sessions.get(explained.session)
        if session is not None and session.target.twin:
            return  # a test session is there to be closed
        facts = session.connection if session else None
        only_leaving = facts is not None and facts.failure is not None and explanation.code == 221
        announced = explanation.code in _ANNOUNCING and not only_leaving
        if announced or explanation.cause not in (None, "local", "client_quit"):
            self._panel.is_open = self._panel.arrive(explained)

    def turned(self, session: str, *, arrived: bool) -> None:
        """The panel speaks of `session` now."""
        is_known = session in self._state().sessions  # the list may not have been drawn since
        if is_known and not (arrived and self._sessions.is_chosen):
            self._sessions.select(session)

    def follow(self, session: str | None) -> None:
        """The user has chosen `session`, or a group."""
        newest, shown = self._list_actions.newest(session), self._panel.shown
        is_elsewhere = bool(self._list_actions.elsewhere(shown))
        if self._panel.is_open and newest is not None and is_elsewhere:
            self._panel.pin(newest)

    def show(self, state: WatchState, now: float) -> None:
        """What its session does next, and what keys act on."""
        panel = self._panel
        session = state.sessions.get(panel.shown.session) if panel.shown else None
        judged = state.verdicts.get(session.name) if session else None
        panel.join(state.incidents)
        panel.keys_elsewhere = self._list_actions.elsewhere(panel.shown)
        panel.count_down(session, judged, now)
