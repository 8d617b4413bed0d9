"""What the keys of the Live screen do. Long, as Textual wants a method of the screen for every
action that the table of actions names. Most hand it to the part that it is about.

`DialogueActions` works on the dialogue, `SessionActions` on the sessions, and so on.
"""

from typing import ClassVar, Final

from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Input

from ftpwatch.core.counted import counted
from ftpwatch.core.state.state import SessionState, WatchState
from ftpwatch.tui.actions import LIVE_PANES, Pane
from ftpwatch.tui.dialogs.ask import Confirm
from ftpwatch.tui.dialogs.help import Help
from ftpwatch.tui.inputs import Look, Sources
from ftpwatch.tui.keys import bindings_of
from ftpwatch.tui.screens.by_hand_actions import ByHandActions
from ftpwatch.tui.screens.compare import CompareScreen
from ftpwatch.tui.screens.crowd_actions import CrowdActions
from ftpwatch.tui.screens.cure_actions import CureActions
from ftpwatch.tui.screens.dialogue_actions import DialogueActions
from ftpwatch.tui.screens.dialogue_filter import DialogueFilter
from ftpwatch.tui.screens.ends_actions import EndsActions
from ftpwatch.tui.screens.inspector_actions import InspectorActions
from ftpwatch.tui.screens.limits_actions import LimitsActions
from ftpwatch.tui.screens.list_actions import ListActions
from ftpwatch.tui.screens.moments import Moments
from ftpwatch.tui.screens.panel_actions import PanelActions
from ftpwatch.tui.screens.panes import Panes
from ftpwatch.tui.screens.playback_actions import PlaybackActions
from ftpwatch.tui.screens.session_actions import SessionActions
from ftpwatch.tui.screens.timeline_actions import TimelineActions
from ftpwatch.tui.screens.way_back import WayBack
from ftpwatch.tui.signs import Signs
from ftpwatch.tui.widgets.dialogue import DialogueView
from ftpwatch.tui.widgets.explanation import ExplanationPanel
from ftpwatch.tui.widgets.session_list import SessionList

__all__ = ["LiveKeys"]

_PANES: Final = {
    "sessions": Pane.SESSIONS, "dialogue": Pane.DIALOGUE, "why": Pane.EXPLANATION,
}  # fmt: skip


class LiveKeys(Screen[None]):
    """LiveScreen composes and draws what these act on, and keeps `_state`, that of now."""

    PANES: ClassVar[tuple[Pane, ...]] = (*LIVE_PANES,)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(*PANES)

    def __init__(self, sources: Sources, signs: Signs, look: Look) -> None:
        super().__init__()
        self._look, self._watch = look, sources.watch
        self._history, self._signs = sources.history, signs
        self.way_back = WayBack()
        self.dialogue_filter = DialogueFilter(self, sources)
        self.dialogue_actions = DialogueActions(
            self, sources, lambda: self._shown, self._acted_on, self.dialogue_filter
        )
        self.ends_actions = EndsActions(self, sources, signs, lambda: self._shown)
        explain = self.dialogue_actions.explain
        self.inspector_actions = InspectorActions(
            self, sources, signs, lambda: self._shown, explain
        )
        self.timeline_actions = TimelineActions(self, sources, signs, lambda: self._moments)
        self.limits_actions = LimitsActions(self, sources, signs, self._acted_on)
        self.playback_actions = PlaybackActions(self, sources.playing, sources.clock)
        self.session_actions = SessionActions(self, sources.controls, self._acted_on)
        self.by_hand_actions = ByHandActions(self, sources.controls, self._acted_on)
        self.list_actions = ListActions(self, sources, self.dialogue_actions)
        self.panel_actions = PanelActions(
            self, sources.watch, lambda: self._state, self.list_actions
        )
        self.crowd_actions = CrowdActions(
            self, sources.controls, lambda: self._state, self.list_actions.subject
        )
        self.cure_actions = CureActions(
            self, sources.controls, lambda: self._state, self._acted_on, self._wish
        )
        self._panes = Panes(self)
        self._state: WatchState = sources.watch.state
        self._moments = Moments(self, sources.clock, lambda: self._state, signs)

    # --- parts ---------------------------------------------------------------------------------

    @property
    def _sessions(self) -> SessionList:
        return self.query_one(SessionList)

    @property
    def _dialogue(self) -> DialogueView:
        return self.query_one(DialogueView)

    @property
    def _panel(self) -> ExplanationPanel:
        return self.query_one(ExplanationPanel)

    @property
    def _input(self) -> Input:
        return self.query_one("#filter", Input)

    @property
    def _shown(self) -> WatchState:
        return self._moments.shown

    @property
    def which_keys(self) -> dict[str, bool]:
        """Which of its keys make sense, for `actions_of`."""
        playback = self.playback_actions
        past = self._look.is_past
        return {"story": playback.is_possible, "seeks": playback.seeks, "past": past}

    @property
    def subject(self) -> Pane | None:
        """What the pane that has the focus is about."""
        pane = self._panes.focused
        return None if pane is None else _PANES.get(pane.id or "")

    def _acted_on(self) -> SessionState | None:
        """The session that a key acts on, of several the first; the list of sessions names it."""
        names = self.list_actions.subject().names
        return self._state.sessions.get(names[0]) if names else None

    # --- leaving, panes ------------------------------------------------------------------------

    def action_help(self) -> None:
        plain = self._signs.ascii_only
        self.app.push_screen(Help(self.subject, ascii_only=plain, **self.which_keys))

    def action_back(self) -> None:
        if self._panes.unzoom():
            return
        live = sum(session.has_opened for session in self._state.sessions.values())
        question = f"Close {counted(live, 'session')} with QUIT, and quit?"
        if live and not self._look.is_past:
            self.app.push_screen(Confirm(question), self._leave_if)
        else:
            self._leave_if(True)

    def _leave_if(self, sure: bool | None) -> None:
        if sure:
            self.app.call_later(self.app.run_action, "leave(False)")

    def action_escape(self) -> None:
        if self.list_actions.escape():
            return
        if self._input.display:
            self.dialogue_filter.cancel()
        elif self._panes.unzoom():
            return
        elif self.way_back.go():
            self._put_panel_away()
        elif self.dialogue_filter.clear():
            return
        elif self._panel.is_open:
            self._put_panel_away()

    def _put_panel_away(self) -> None:
        self._panel.put_away()
        self._panel.is_open = False
        self._dialogue.focus()

    def unzoom(self) -> None:
        """Show all panes."""
        self._panes.unzoom()

    def action_zoom(self) -> None:
        self._panes.toggle_zoom()

    # --- moving --------------------------------------------------------------------------------

    async def action_move(self, by: int) -> None:
        await self._panes.move(by)

    async def action_page(self, by: int) -> None:
        await self._panes.page(by)

    async def action_to_start(self) -> None:
        await self._panes.to_start()

    def action_list(self, what: str) -> None:
        self.list_actions.do(what)

    def action_session(self, by: int) -> None:
        self._sessions.move(by)

    def action_play(self, what: str) -> None:
        self.playback_actions.do(what)

    # --- what keys name ------------------------------------------------------------------------

    async def action_jump(self, what: str, by: int) -> None:
        await self.dialogue_filter.jump(what, by)

    def action_dialogue(self, what: str) -> None:
        self.dialogue_actions.do(what)

    def action_compare(self) -> None:
        self.app.push_screen(CompareScreen(self._watch, self._signs))

    def action_inspect(self) -> None:
        self.inspector_actions.show()

    def action_ends(self) -> None:
        self.ends_actions.show()

    def action_timeline(self) -> None:
        self.timeline_actions.show()

    def action_limits(self) -> None:
        self.limits_actions.show_or_ask()

    def action_explanation(self, by: int) -> None:
        self._panel.is_open = self._panel.step(by)
        if self._panel.shown is not None:
            self._sessions.select_if_shown(self._panel.shown.session)

    def action_background(self) -> None:
        self._panel.toggle_background()

    def action_apply(self) -> None:
        self.cure_actions.apply_first()

    def action_by_hand(self) -> None:
        self.by_hand_actions.ask()

    def action_wish(self, what: str) -> None:
        if not self.crowd_actions.takes(what) and not self.cure_actions.takes(what):
            self.session_actions.make(what)

    def _wish(self, action: str) -> None:
        """What a cure leads to, by the id of its action."""
        if action == "limits":
            self.action_limits()
        else:
            self.session_actions.make(action.removeprefix("set_"))
