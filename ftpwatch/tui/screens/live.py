"""The Live screen (1): sessions, dialogue, and the panel that explains.

What happened comes in as Updates and is drawn ten times a second at most; what is selected or
frozen is this screen's own. What its keys do stands in `live_keys`.
"""

from typing import Final

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import WatchState
from ftpwatch.core.text.neutral import visible
from ftpwatch.tui.actions import Pane
from ftpwatch.tui.fence import fenced, shielded
from ftpwatch.tui.inputs import Look, Sources
from ftpwatch.tui.keys import keys_on
from ftpwatch.tui.screens.live_keys import LiveKeys
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
_IDLE_TICKS: Final = 4
_FILTERS: Final = "words  *inside*  !word  code:4xx,5xx  session:eu-*  cause:idle*  since:2h"


@fenced
class LiveScreen(LiveKeys):
    """Sessions and dialogue on the left, the explanation beside or below them."""

    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [  # noqa: RUF012 Textual's own
        (0, "-narrow"), (100, "-medium"), (120, "-wide"),
    ]  # fmt: skip

    def __init__(self, sources: Sources, signs: Signs, look: Look) -> None:
        super().__init__(sources, signs, look)
        self._news, self._ticks = True, 0
        self._held_back: list[Explained] = []

    def compose(self) -> ComposeResult:
        yield TopBar(id="top")
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield SessionList(id="sessions")
                yield DialogueView(self._history, id="dialogue")
            yield ExplanationPanel(id="why")
        yield FilterLine(self.dialogue_filter.attempt, id="filter", placeholder=_FILTERS)
        yield SessionFilter(id="sessions-filter")
        yield Guide(id="guide")
        yield ReplayBar(id="replay")
        yield KeyBar(*self.PANES, Pane.APP)
        yield Static(id="too-small")

    def on_mount(self) -> None:
        if not self.query(SessionList):
            return  # told to end before there was anything on it
        bars = self.query_one(TopBar), self.query_one(ReplayBar)
        for widget in (self._sessions, self._dialogue, self._panel, *bars):
            widget.signs = self._signs
        bars[0].headline = self._look.headline
        self.list_actions.begin()
        self._panel.is_past = self._look.is_past
        self._panel.times_of = self.panel_actions.times_of
        self._panel.is_copied = lambda: self.dialogue_actions.copies_explanation
        self._dialogue.explained_of = self._watch.explanation_at
        for bar in (self._input, self.query_one(Guide)):
            bar.display = False
        self._sessions.nothing = self.playback_actions.nothing
        keys = self.query_one(KeyBar)
        keys.story, keys.seeks, keys.past = self.which_keys.values()
        self._dialogue.focus()
        self.dialogue_filter.begin_with(self._look.wanted, self._look.wanted_text)
        self.set_interval(_DRAW_SECONDS, self._tick)
        self._moments.count_refusals(self._history)
        self._title()
        self.call_later(self._explain_held_back)

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
            self._moments.count_refusals(self._history)
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
                self.panel_actions.arrive(explained)

    def _tick(self) -> None:
        """Where nothing happens only times go on, which every fourth tick shows."""
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
        self._sessions.show(self._shown, self._moments.now)
        self._sessions.fit(self.size)

    def _draw_panel(self) -> None:
        self.panel_actions.show(self._shown, self._moments.now)

    def _draw_dialogue(self) -> None:
        if self._moments.is_held or self._history.searched is not None:
            self._title()  # it counts what is held back, and how far a search has come
        if self._news:
            self._news = False
            self._dialogue.reach(self._shown.seq)

    def hold(self, state: WatchState | None, words: str = "") -> None:
        self._moments.hold(state, words)
        self.ends_actions.hold(state)
        self.list_actions.hold(state is not None)
        self._explain_held_back()
        self._dialogue.reach(self._shown.seq)
        self._title()

    def action_to_bottom(self) -> None:
        if not self._panes.to_end():
            self.action_to_end()

    def action_to_end(self) -> None:
        self.playback_actions.come_home()
        if self._moments.is_held:
            self.hold(None)
        self._dialogue.follow()

    def action_freeze(self) -> None:
        self.playback_actions.come_home()
        self.hold(None if self._moments.is_held else self._state)

    def on_resize(self) -> None:
        width, height = LEAST_SIZE
        self.set_class(self.size.width < width or self.size.height < height, "-too-small")
        self.query_one("#too-small", Static).update(
            Text(
                f"This terminal is {self.size.width}×{self.size.height}.\n"
                f"ftpwatch needs {width}×{height} or more.\n"
                f"The watch goes on; {keys_on(self.app).first('back')} quits."
            )
        )

    def on_replay_bar_sought(self, message: ReplayBar.Sought) -> None:
        self.playback_actions.go(message.place)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dialogue_filter.accept(event.value)

    def on_explanation_panel_turned(self, message: ExplanationPanel.Turned) -> None:
        self.panel_actions.turned(message.session, arrived=message.arrived)

    def on_session_list_chosen(self, message: SessionList.Chosen) -> None:
        self.panel_actions.follow(message.session)
        if message.again:
            self.list_actions.open()

    def on_dialogue_reading_changed(self) -> None:
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
        filtered = f"filter: {self.dialogue_filter.words}"
        title = visible(f"Dialogue - {where}{dialogue.shows.words} - {filtered}")
        # A Text object: a plain string would be parsed as markup.
        dialogue.border_title = Text(self._signs.text(title))
        self._sessions.entitle(self._moments.holding.words)
