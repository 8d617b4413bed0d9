"""The table of ends beside the Live screen: what may be seen of the ends, and opening one."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final, Protocol

from textual.screen import Screen

from ftpwatch.core.journal.filter import EVERYTHING, parse_filter
from ftpwatch.core.judgement.past_ends import MOST_PAST_ENDS, PastEnds
from ftpwatch.core.state.past_end import PastEnd
from ftpwatch.core.state.state import WatchState
from ftpwatch.tui.inputs import Sources
from ftpwatch.tui.screens.ends import EndsScreen
from ftpwatch.tui.screens.ends_view import EndsView
from ftpwatch.tui.screens.playback_actions import PlaybackActions
from ftpwatch.tui.screens.way_back import WayBack
from ftpwatch.tui.signs import Signs
from ftpwatch.tui.widgets.dialogue import DialogueView
from ftpwatch.tui.widgets.explanation import ExplanationPanel
from ftpwatch.tui.widgets.session_list import SessionList

__all__ = ["EndsActions"]

_CLOSES: Final = parse_filter("event:connection_closed,connection_failed")
_NEAR: Final = 50


class _Shows(Protocol):
    """The screen beside which it is."""

    way_back: WayBack
    playback_actions: PlaybackActions

    def unzoom(self) -> None: ...

    def action_freeze(self) -> None: ...

    def action_dialogue(self, what: str) -> None: ...


class EndsActions:
    """Listens to the watch from the start on; `shown` is the state on the screen."""

    def __init__(
        self,
        screen: Screen[None],
        sources: Sources,
        signs: Signs,
        shown: Callable[[], WatchState],
    ) -> None:
        self._screen, self._signs, self._shown = screen, signs, shown
        self._live: _Shows = screen  # type: ignore[assignment]
        self._clock, self._history = sources.clock, sources.history
        self._past, self._view = PastEnds(sources.watch), EndsView()
        self._held: tuple[PastEnd, ...] | None = None
        self._holds = 0
        self.is_reading = False

    # --- what the screen shows -----------------------------------------------------------------

    @property
    def stamp(self) -> object:
        """Of what is held nothing changes but by holding something else."""
        changes = self._past.changes if self._held is None else -1
        return changes, self._holds, self.is_reading, self._incidents()

    @property
    def is_held(self) -> bool:
        """A moment is shown, not what happens now."""
        return self._held is not None

    def ends(self) -> tuple[PastEnd, ...]:
        """Those that may be seen."""
        return self._past.all() if self._held is None else self._held

    def state(self) -> WatchState:
        """What else may be seen."""
        return self._shown()

    @property
    def follows(self) -> str:
        """That a recording has more ends than may be seen, and how to see them."""
        return self._live.playback_actions.ends_follow(self._shown().seq)

    @property
    def story(self) -> tuple[bool, bool]:
        """Whether a demo or a replay is shown, and whether any moment of it can be gone to."""
        return self._live.playback_actions.is_possible, self._live.playback_actions.seeks

    def play(self, what: str) -> None:
        """As on the Live screen."""
        self._live.playback_actions.do(what)

    def now(self) -> datetime:
        """What a filter counts back from, in the zone here."""
        return self._clock.now().astimezone()

    def hold(self, state: WatchState | None) -> None:
        """Show the ends as they were known when `state` was, and nothing later."""
        self._holds += 1
        self._held = None if state is None else self._past.at(state)

    def _incidents(self) -> int:
        return id(self._shown().incidents)

    # --- showing, opening ----------------------------------------------------------------------

    def show(self) -> None:
        """Put the table over the screen."""
        self.read()
        self._live.way_back.forget()
        shown = EndsScreen(self, self._view, self._signs, self._live.action_freeze)
        self._screen.app.push_screen(shown, partial(self.open, back=self.show))

    def read(self) -> None:
        """Have those of before read, where they are not known."""
        self._past.all()  # where the watch was brought to another moment, that is seen now
        if self._past.unread and not self.is_reading:
            self.is_reading = True
            self._screen.run_worker(self._read(), exit_on_error=False)

    async def _read(self) -> None:
        try:
            upto = self._past.unread
            self._past.fill(upto, await self._history.ends(MOST_PAST_ENDS, upto))
            if self._held is not None:
                self.hold(self._shown())
        finally:
            self.is_reading = False

    def open(self, end: PastEnd | None, back: Callable[[], None]) -> None:
        """Its explanation in the panel, its session selected, the dialogue at its row; `back`
        shows again what opened it.
        """
        if end is None:
            return
        screen = self._screen
        self._live.unzoom()
        panel, sessions = screen.query_one(ExplanationPanel), screen.query_one(SessionList)
        sessions.select_if_shown(end.session)
        if (explained := end.explained) is not None:
            panel.pin(explained)
            panel.is_open = True
            self._live.way_back.remember(back, lambda: panel.shows(explained.of))
        screen.run_worker(self._go_to(end, back), exit_on_error=False)

    async def _go_to(self, end: PastEnd, back: Callable[[], None]) -> None:
        """A filter under which its row is not shown is switched off."""
        dialogue, upto = self._screen.query_one(DialogueView), self._shown().seq
        rows = await self._history.before(end.seq + 1, _NEAR, upto, _CLOSES)
        shared = [row for row in rows if row.sharing] or rows
        exact = [row for row in rows if row.seq == end.seq]
        row = next(reversed(exact or shared), None)
        if row is None:
            return
        shown = await self._history.before(row.seq + 1, 1, upto, dialogue.wanted)
        if dialogue.wanted != EVERYTHING and [one.seq for one in shown] != [row.seq]:
            self._live.action_dialogue("toggle_filter")
        await dialogue.show_row(row.seq)
        if end.explained is None:
            self._live.way_back.remember(back, lambda: dialogue.selected == row.seq)
