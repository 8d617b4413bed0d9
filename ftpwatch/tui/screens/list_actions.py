"""What keys do with the list of sessions: order, filter, marks, folds, and the dialogue of one
session only. It knows how the newest end of each session is explained.
"""

from typing import Final, Protocol

from immutables import Map
from textual.screen import Screen

from ftpwatch.core.journal.filter import EVERYTHING, FilterError
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.session_matching import parse_session_filter
from ftpwatch.tui.inputs import Sources
from ftpwatch.tui.widgets.session_filter import SessionFilter
from ftpwatch.tui.widgets.session_list import SessionList
from ftpwatch.tui.widgets.session_order import Column
from ftpwatch.tui.widgets.session_view import GROUPED_ABOVE, SessionView, Subject

__all__ = ["ListActions"]

_COLUMNS: Final = (None, *Column)


class ShowsOnly(Protocol):
    """The dialogue, which can be that of one session."""

    @property
    def only(self) -> str | None: ...

    def show_only(self, session: str | None) -> None: ...


class ListActions:
    """Works on the screen's list of sessions and its filter line."""

    def __init__(self, screen: Screen[None], sources: Sources, dialogue: ShowsOnly) -> None:
        self._screen, self._watch, self._clock = screen, sources.watch, sources.clock
        self._dialogue = dialogue
        self._explained: Map[str, Explained] = Map()
        self._held: Map[str, Explained] | None = None
        self._text, self._before = "", ""
        self._know_all()

    @property
    def _list(self) -> SessionList:
        return self._screen.query_one(SessionList)

    @property
    def _line(self) -> SessionFilter:
        return self._screen.query_one(SessionFilter)

    @property
    def _view(self) -> SessionView:
        return self._list.view

    def begin(self) -> None:
        """The screen is there."""
        self._list.explained = self._known
        self._line.accept, self._line.leave = self._accept, self._leave_line

    def subject(self) -> Subject:
        """The sessions that a key acts on."""
        return self._view.subject()

    def elsewhere(self, explained: Explained | None) -> str:
        """What keys act on, where `explained` is about none of it."""
        subject = self.subject()
        if explained is None or not subject.names or explained.session in subject.names:
            return ""
        first = self.newest(subject.names[0])
        together = explained.incident is not None and first is not None
        same = together and first is not None and first.incident == explained.incident
        return "" if same else subject.words

    # --- what is known of ends -----------------------------------------------------------------

    def newest(self, session: str | None) -> Explained | None:
        """How its newest end is explained, of those that may be seen."""
        return self._known().get(session or "")

    def _known(self) -> Map[str, Explained]:
        return self._explained if self._held is None else self._held

    def note(self, update: Update) -> None:
        """How ends are explained; of another moment of a recording all of them."""
        if update.jumped:
            self._held = None
            self._know_all()
        for one in update.explained:
            self._explained = self._explained.set(one.session, one)

    def _know_all(self) -> None:
        newest = {one.session: one for one in self._watch.explanations()}
        self._explained = Map(newest)

    def hold(self, is_held: bool) -> None:
        """What is explained later changes nothing while a moment is held."""
        self._held = self._explained if is_held else None
        if self._screen.is_mounted:
            self._view.hold()

    # --- keys ----------------------------------------------------------------------------------

    def do(self, what: str) -> None:
        """What a key names."""
        {
            "open": self.open,
            "fold": self.fold,
            "filter": self._ask,
            "toggle_filter": self.toggle_filter,
            "sort": self.sort,
            "reverse": self.reverse,
            "mark": self.mark,
            "unmark": self.unmark,
        }[what]()

    def open(self) -> None:
        """Of a session the own dialogue, or of all again; a group is unfolded, or folded."""
        row = self._view.selected_row
        if row is not None and row.session is None:
            self._fold()
        elif (name := self._list.selected) is not None:
            self._dialogue.show_only(None if self._dialogue.only == name else name)

    def fold(self) -> None:
        if not self._fold():
            self._say(
                "nothing to fold: sessions stand in groups where there are more than "
                f"{GROUPED_ABOVE}, not sorted by a column"
            )

    def _fold(self) -> bool:
        folded = self._view.toggle_fold()
        self._list.reveal()
        return folded

    def sort(self) -> None:
        at = _COLUMNS.index(self._view.column)
        self._sort(_COLUMNS[(at + 1) % len(_COLUMNS)], descending=False)

    def reverse(self) -> None:
        self._sort(self._view.column, descending=not self._view.descending)

    def _sort(self, column: Column | None, *, descending: bool) -> None:
        self._view.sort_by(column, descending=descending)
        self._list.reveal()

    def mark(self) -> None:
        self._view.toggle_mark()
        self._list.reveal()

    def unmark(self) -> None:
        self._view.marked.clear()
        self._list.reveal()

    def escape(self) -> bool:
        """Leave the filter's line, as it was before; or, one after the other, the dialogue of one
        session only, the filter and the marks. False where there is nothing of it.
        """
        if self._line.display:
            self._accept(self._before)
            self._leave_line()
        elif not self._list.has_focus:
            return False
        elif self._dialogue.only is not None:
            self._dialogue.show_only(None)
        elif self._view.wanted.terms:
            self._filter("")
        elif self._view.marked:
            self.unmark()
        else:
            return False
        return True

    # --- filter --------------------------------------------------------------------------------

    def _ask(self) -> None:
        self._before = self._text
        self._line.ask(self._text)

    def toggle_filter(self) -> None:
        if not self._text:
            self._ask()
        elif self._view.wanted.terms:
            self._view.filter_by(EVERYTHING)
            self._list.reveal()
        else:
            self._filter(self._text)

    def _accept(self, text: str) -> FilterError | None:
        try:
            self._filter(text)
        except FilterError as error:
            return error
        return None

    def _filter(self, text: str) -> None:
        wanted = parse_session_filter(text, self._clock.now().astimezone())
        self._text = self._list.filter_text = text.strip()
        self._view.filter_by(wanted)
        self._line.say(f"{len(self._view.matching)} of {len(self._view.state.sessions)}")
        self._list.reveal()

    def _leave_line(self) -> None:
        self._line.display = False
        self._list.focus()

    def _say(self, sentence: str) -> None:
        self._screen.notify(visible(sentence), markup=False, timeout=5)
