"""The timeline beside the Live screen: what it may show, and opening what was chosen there."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Protocol

from textual.screen import Screen

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import ReplyReceived
from ftpwatch.core.journal.filter import EVERYTHING
from ftpwatch.core.journal.history import History
from ftpwatch.core.state.past_end import PastEnd
from ftpwatch.core.state.state import WatchState
from ftpwatch.tui.inputs import Sources
from ftpwatch.tui.screens.ends_actions import EndsActions
from ftpwatch.tui.screens.moments import Moments
from ftpwatch.tui.screens.timeline import TimelineScreen, here
from ftpwatch.tui.screens.timeline_place import TimelinePlace
from ftpwatch.tui.screens.timeline_view import Left
from ftpwatch.tui.screens.way_back import WayBack
from ftpwatch.tui.signs import Signs
from ftpwatch.tui.widgets.dialogue import DialogueView
from ftpwatch.tui.widgets.session_list import SessionList

__all__ = ["TimelineActions"]

_NEAR: Final = 50


class _Shows(Protocol):
    """The screen beside which it is."""

    ends_actions: EndsActions
    way_back: WayBack

    def unzoom(self) -> None: ...

    def action_freeze(self) -> None: ...

    def action_play(self, what: str) -> None: ...

    def action_dialogue(self, what: str) -> None: ...


class TimelineActions:
    """`moments` says what is on the screen, and of which moment."""

    def __init__(
        self, screen: Screen[None], sources: Sources, signs: Signs, moments: Callable[[], Moments]
    ) -> None:
        self._screen, self._signs, self._moments = screen, signs, moments
        self._live: _Shows = screen  # type: ignore[assignment]
        self._playing = sources.playing
        self.history: History = sources.history
        self.place = TimelinePlace()

    # --- what the screen shows -----------------------------------------------------------------

    @property
    def stamp(self) -> object:
        self._live.ends_actions.read()  # a recording may have been brought to another moment
        return self._live.ends_actions.stamp

    @property
    def is_held(self) -> bool:
        return self._moments().is_held

    @property
    def story(self) -> bool:
        return self._playing is not None

    @property
    def seeks(self) -> bool:
        return self._playing is not None and self._playing.seeking is not None

    def ends(self) -> Sequence[PastEnd]:
        return self._live.ends_actions.ends()

    def state(self) -> WatchState:
        return self._moments().shown

    def now(self) -> float:
        return max(self._moments().now, self.state().at)

    def local(self, at: datetime) -> datetime:
        return here(at)

    def freeze(self) -> None:
        self._live.action_freeze()

    def play(self, what: str) -> None:
        self._live.action_play(what)

    # --- showing, opening ----------------------------------------------------------------------

    def show(self) -> None:
        """Put the timeline over the screen, on the selected session."""
        self._live.ends_actions.read()
        self._live.way_back.forget()
        sessions = self._screen.query_one(SessionList)
        if sessions.selected is not None:
            self.place.lane = sessions.selected
        self._screen.app.push_screen(TimelineScreen(self, self._signs), self._leave)

    def _leave(self, left: Left | None) -> None:
        if left is None:
            return
        self._select(left.session)
        if left.end is not None:
            self._live.ends_actions.open(left.end, self.show)
        elif left.entry is not None:
            self._live.unzoom()
            self._screen.run_worker(self._go_to(left.entry), exit_on_error=False)

    def _select(self, session: str) -> None:
        """What it was left on is what the keys act on."""
        self._screen.query_one(SessionList).select_if_shown(session)

    async def _go_to(self, entry: Entry) -> None:
        """The row that `entry` is in; a filter under which it is not shown is switched off."""
        dialogue, upto = self._screen.query_one(DialogueView), self.state().seq
        rows = await self.history.before(entry.seq + 1, _NEAR, upto, EVERYTHING)
        row = next((r for r in reversed(rows) if _is_in(entry, r.entry)), None)
        row = row or next(reversed(rows), None)
        if row is None:
            return
        shown = await self.history.before(row.seq + 1, 1, upto, dialogue.wanted)
        if dialogue.wanted != EVERYTHING and [one.seq for one in shown] != [row.seq]:
            self._live.action_dialogue("toggle_filter")
        await dialogue.show_row(row.seq)
        self._live.way_back.remember(self.show, lambda: dialogue.selected == row.seq)


def _is_in(entry: Entry, first: Entry) -> bool:
    """`first` is it, or the keep-alive that it answers."""
    if first.seq == entry.seq:
        return True
    answered = entry.event.in_reply_to if isinstance(entry.event, ReplyReceived) else None
    same = (first.session, first.connection) == (entry.session, entry.connection)
    return answered is not None and same and getattr(first.event, "number", 0) == answered.number
