"""The Live screen (1): sessions, dialogue, and the panel that explains.

What happened comes in as Updates and is drawn ten times a second at most; what is selected or
frozen is this screen's own. `DialogueActions` works on the dialogue, `SessionActions` on the
sessions. Long because Textual wants a method here for every action that a key names.
"""

from typing import ClassVar, Final

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input, Static

from ftpwatch.core.counted import counted
from ftpwatch.core.journal.filter import parse_filter
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import SessionState, WatchState
from ftpwatch.core.text.neutral import visible
from ftpwatch.tui.actions import LIVE_PANES, Pane
from ftpwatch.tui.dialogs.ask import Confirm
from ftpwatch.tui.dialogs.help import Help
from ftpwatch.tui.fence import fenced, shielded
from ftpwatch.tui.inputs import Look, Sources
from ftpwatch.tui.keys import bindings_of, keys_on
from ftpwatch.tui.screens.by_hand_actions import ByHandActions
from ftpwatch.tui.screens.compare import CompareScreen
from ftpwatch.tui.screens.crowd_actions import CrowdActions
from ftpwatch.tui.screens.cure_actions import CureActions
from ftpwatch.tui.screens.dialogue_actions import DialogueActions
from ftpwatch.tui.screens.ends_actions import EndsActions
from ftpwatch.tui.screens.inspector_actions import InspectorActions
from ftpwatch.tui.screens.limits_actions import LimitsActions
from ftpwatch.tui.screens.list_actions import ListActions
from ftpwatch.tui.screens.moments import Moments
from ftpwatch.tui.screens.panes import Panes
from ftpwatch.tui.screens.playback_actions import PlaybackActions
from ftpwatch.tui.screens.session_actions import SessionActions
from ftpwatch.tui.screens.timeline_actions import TimelineActions
from ftpwatch.tui.signs import Signs
from ftpwatch.tui.widgets.dialogue import DialogueView
from ftpwatch.tui.widgets.explanation import ExplanationPanel
from ftpwatch.tui.widgets.filter_line import FilterLine
from ftpwatch.tui.widgets.guide import Guide, KeyBar
from ftpwatch.tui.widgets.replay_bar import ReplayBar
from ftpwatch.tui.widgets.session_filter import SessionFilter
from ftpwatch.tui.widgets.session_list import SessionList
from ftpwatch.tui.widgets.top_bar import TopBar

__all__ = ["LiveScreen"]

LEAST_SIZE: Final = (60, 20)
_DRAW_SECONDS: Final = 0.1
_IDLE_TICKS: Final = 3
_ANNOUNCING: Final = (421, 221)
_REFUSALS: Final = parse_filter("code:421")
_FILTERS: Final = "words  *inside*  !word  code:4xx  session:eu-*  cause:idle*  since:2h"
_PANES: Final = {
    "sessions": Pane.SESSIONS, "dialogue": Pane.DIALOGUE, "why": Pane.EXPLANATION,
}  # fmt: skip


@fenced
class LiveScreen(Screen[None]):
    """Sessions and dialogue on the left, the explanation beside or below them."""

    PANES: ClassVar[tuple[Pane, ...]] = (*LIVE_PANES,)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(*PANES)
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012 Textual's own
        (0, "-narrow"),
        (100, "-medium"),
        (120, "-wide"),
    ]

    def __init__(self, sources: Sources, signs: Signs, look: Look) -> None:
        super().__init__()
        self._look, self._watch = look, sources.watch
        self._clock, self._history, self._signs = sources.clock, sources.history, signs
        self.dialogue_actions = DialogueActions(self, sources, lambda: self._shown, self._acted_on)
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
        self.crowd_actions = CrowdActions(
            self, sources.controls, lambda: self._state, self.list_actions.subject
        )
        self.cure_actions = CureActions(
            self, sources.controls, lambda: self._state, self._acted_on, self._wish
        )
        self._panes = Panes(self, SessionList, DialogueView, ExplanationPanel)
        self._news = True
        self._state: WatchState = sources.watch.state
        self._moments = Moments(self, sources.clock, lambda: self._state, signs)
        self._held_back: list[Explained] = []
        self._ticks = 0

    def compose(self) -> ComposeResult:
        yield TopBar(id="top")
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield SessionList(id="sessions")
                yield DialogueView(self._history, id="dialogue")
            yield ExplanationPanel(id="why")
        yield FilterLine(self.dialogue_actions.try_filter, id="filter", placeholder=_FILTERS)
        yield SessionFilter(id="sessions-filter")
        yield Guide(id="guide")
        yield ReplayBar(id="replay")
        yield KeyBar(*self.PANES, Pane.APP)
        yield Static(id="too-small")

    def on_mount(self) -> None:
        bars = self.query_one(TopBar), self.query_one(ReplayBar)
        for widget in (self._sessions, self._dialogue, self._panel, *bars):
            widget.signs = self._signs
        top = self.query_one(TopBar)
        top.headline = self._look.headline
        self.list_actions.begin()
        self._panel.is_past = self._look.is_past
        self._panel.times_of = self._times_of
        self._dialogue.explained_of = self._watch.explanation_at
        self._input.display = False
        self.query_one(Guide).display = False
        self._sessions.nothing = self.playback_actions.nothing
        keys = self.query_one(KeyBar)
        keys.story, keys.seeks, keys.past = self.which_keys.values()
        self._dialogue.focus()
        self.dialogue_actions.begin_with(self._look.wanted, self._look.wanted_text)
        self.set_interval(_DRAW_SECONDS, self._tick)
        self.run_worker(self._count_refusals(), exit_on_error=False)
        self._title()
        self.call_later(self._explain_held_back)

    async def _count_refusals(self) -> None:
        """Those of before, where it begins in the middle."""
        before = await self._history.count(0, self._state.seq, _REFUSALS)
        self._moments.holding.know_refusals(before or 0)

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
    def _now(self) -> float:
        return self._moments.now

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

    def _times_of(self, explained: Explained) -> int:
        """The how manieth end of its session for its cause it is, of those that are kept."""
        cause = explained.explanation.cause
        return sum(
            e.session == explained.session and e.explanation.cause == cause and e.of <= explained.of
            for e in self._watch.explanations()
        )

    # --- what comes in -------------------------------------------------------------------------

    def receive(self, update: Update) -> None:
        """An entry with what follows from it; drawn soon."""
        self._state, self._news = update.state, True
        if update.jumped:
            self._jump(update.judgement)
        self._moments.note(update)
        self.list_actions.note(update)
        self._held_back += update.explained
        self._explain_held_back()

    def _jump(self, judgement: Explained | None) -> None:
        """Another moment of a recording is shown, with how what ended there is explained."""
        self._held_back = [] if judgement is None or self.is_mounted else [judgement]
        self._moments.jump(judgement)
        if self.is_mounted:
            self.run_worker(self._count_refusals(), exit_on_error=False)
            self.draw()
            if judgement is not None:
                self._sessions.select_if_shown(judgement.session)

    def tell(self, sentence: str) -> None:
        """A line that guides the user."""
        self._moments.tell(sentence)

    def point_at(self, session: str) -> None:
        """Select `session` if it is shown, and show how its newest end is explained."""
        if session in self._shown.sessions:
            self.draw()  # it may have joined just now
            self._sessions.select(session)
        known = [e for e in self._watch.explanations() if e.session == session]
        ends = [e for e in known if e.explanation.cause not in (None, "local", "client_quit")]
        if ends and not self._moments.is_held:
            self._panel.pin(ends[-1])
            self._panel.is_open = True

    def begin_part(self) -> None:
        """Another part of a story begins: the panel is put away."""
        self._held_back.clear()
        self._moments.begin_part()

    def say_leaving(self) -> None:
        """The watch is ending."""
        self.query_one(TopBar).leaving = True

    def _explain_held_back(self) -> None:
        """A frozen screen shows nothing that came later."""
        if self.is_mounted and not self._moments.is_held:
            held_back, self._held_back = self._held_back, []
            for explained in held_back:
                self._explain(explained)

    def _explain(self, explained: Explained) -> None:
        explanation = explained.explanation
        session = self._state.sessions.get(explained.session)
        if session is not None and session.target.twin:
            return  # a test session is there to be closed
        facts = session.connection if session else None
        only_leaving = facts is not None and facts.failure is not None and explanation.code == 221
        announced = explanation.code in _ANNOUNCING and not only_leaving
        if announced or explanation.cause not in (None, "local", "client_quit"):
            self._panel.is_open = self._panel.arrive(explained)

    def _tick(self) -> None:
        """Where nothing happens only times go on, which every third tick shows."""
        self._ticks += 1
        if self._news or self._ticks % _IDLE_TICKS == 0:
            self.draw()

    def draw(self) -> None:
        """Part by part: what cannot be drawn leaves the others alone."""
        for part in (self._draw_top, self._draw_sessions, self._draw_panel, self._draw_dialogue):
            shielded(self.app, part)

    def _draw_top(self) -> None:
        moments = self._moments
        top, bar = self.query_one(TopBar), self.query_one(ReplayBar)
        top.show(moments.shown, moments.now, moments.refusals, moments.behind)
        self.playback_actions.show(bar, moments.shown, moments.now)
        self.query_one(Guide).mode = self._signs.text(self.playback_actions.mode)
        self.limits_actions.tell_end()

    def _draw_sessions(self) -> None:
        self._sessions.show(self._shown, self._now)
        self._sessions.fit(self.size)

    def _draw_panel(self) -> None:
        shown = self._panel.shown
        session = self._shown.sessions.get(shown.session) if shown else None
        judged = self._shown.verdicts.get(session.name) if session else None
        self._panel.join(self._shown.incidents)
        self._panel.count_down(session, judged, self._now)

    def _draw_dialogue(self) -> None:
        if self._moments.is_held or self._history.searched is not None:
            self._title()  # it counts what is held back, and how far a search has come
        if self._news:
            self._news = False
            self._dialogue.reach(self._shown.seq)

    def on_resize(self) -> None:
        width, height = LEAST_SIZE
        small = self.size.width < width or self.size.height < height
        self.set_class(small, "-too-small")
        self.query_one("#too-small", Static).update(
            Text(
                f"This terminal is {self.size.width}×{self.size.height}.\n"
                f"ftpwatch needs {width}×{height} or more.\n"
                f"The watch goes on; {keys_on(self.app).first('back')} quits."
            )
        )

    def on_session_list_opened(self) -> None:
        self.list_actions.open()

    def on_explanation_panel_turned(self, message: ExplanationPanel.Turned) -> None:
        """Its session is what keys act on then, unless somebody is choosing one."""
        if message.session in self._shown.sessions and not self._sessions.has_focus:
            self._sessions.select(message.session)

    def on_dialogue_view_changed(self) -> None:
        self._title()

    def on_dialogue_view_chosen(self, message: DialogueView.Chosen) -> None:
        self._dialogue.focus()

    def _title(self) -> None:
        dialogue = self._dialogue
        where = "follow" if dialogue.following else dialogue.paused_words
        if self._moments.is_held:
            where = f"FROZEN +{self._moments.behind}"
        searched = self._history.searched
        if searched is not None and dialogue.wanted.terms:
            where = f"SEARCHING {searched:.0%}"
        title = visible(
            f"Dialogue - {where}{dialogue.shows.words} - "
            f"filter: {self.dialogue_actions.filter_words}"
        )
        # A Text object: a plain string would be parsed as markup.
        dialogue.border_title = Text(self._signs.text(title))
        self._sessions.entitle(self._moments.holding.words)

    # --- leaving, panes ------------------------------------------------------------------------

    def action_help(self) -> None:
        plain = self._signs.ascii_only
        self.app.push_screen(Help(self.subject, ascii_only=plain, **self.which_keys))

    def action_back(self) -> None:
        if self._panes.unzoom():
            return
        live = sum(session.is_connected for session in self._state.sessions.values())
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
            self.dialogue_actions.cancel_filter()
        elif self._panes.unzoom() or self.dialogue_actions.clear_filter():
            return
        elif self._panel.is_open:
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
        if self._sessions.has_focus:
            self._sessions.move(by)
        elif self._panel.has_focus:
            self._panel.scroll_relative(y=by, animate=False)
        else:
            await self._dialogue.move(by)

    async def action_page(self, by: int) -> None:
        if self._sessions.has_focus:
            self._sessions.page(by)
        elif self._panel.has_focus:
            self._panel.scroll_relative(y=by * (self._panel.size.height - 1), animate=False)
        else:
            await self._dialogue.page(by)

    async def action_to_start(self) -> None:
        if self._sessions.has_focus:
            self._sessions.to_start()
        elif self._panel.has_focus:
            self._panel.scroll_home(animate=False)
        else:
            await self._dialogue.to_start()

    def action_to_bottom(self) -> None:
        if self._sessions.has_focus:
            self._sessions.to_end()
        elif self._panel.has_focus:
            self._panel.scroll_end(animate=False)
        else:
            self.action_to_end()

    def action_list(self, what: str) -> None:
        self.list_actions.do(what)

    def action_to_end(self) -> None:
        self.playback_actions.come_home()
        if self._moments.is_held:
            self.hold(None)
        self._dialogue.follow()

    def action_session(self, by: int) -> None:
        self._sessions.move(by)

    def action_freeze(self) -> None:
        self.playback_actions.come_home()
        self.hold(None if self._moments.is_held else self._state)

    def hold(self, state: WatchState | None, words: str = "") -> None:
        """Show `state` and go no further, a past one with its `words`; None shows what happens
        now.
        """
        self._moments.hold(state, words)
        self.ends_actions.hold(state)
        self.list_actions.hold(state is not None)
        self._explain_held_back()
        self._dialogue.reach(self._shown.seq)
        self._title()

    def on_replay_bar_sought(self, message: ReplayBar.Sought) -> None:
        self.playback_actions.go(message.place)

    def action_play(self, what: str) -> None:
        self.playback_actions.do(what)

    # --- what keys name ------------------------------------------------------------------------

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dialogue_actions.accept_filter(event.value)

    async def action_jump(self, what: str, by: int) -> None:
        await self.dialogue_actions.jump(what, by)

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
