"""The sessions list without its drawing: which rows, in which order, what is selected, marked,
folded, filtered; and which sessions a key acts on. Pure.

That is one rule: those that are marked; where none is, the selected session, or all of the selected
group. A row is known by its key, never by its place. A session that is selected and folded away, or
filtered away, is acted on still: the pane names it. A group of which nothing is left is none.
"""

from typing import Final

import msgspec
from rich.cells import cell_len

from ftpwatch.core.journal.filter import EVERYTHING, Filter
from ftpwatch.core.state.state import WatchState
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.session_matching import session_test
from ftpwatch.tui.widgets.session_groups import (
    HOST,
    KIND,
    SESSION,
    Key,
    ListRow,
    grouped,
    host_name,
    session_row,
)
from ftpwatch.tui.widgets.session_knowledge import Explanations, SessionKnowledge
from ftpwatch.tui.widgets.session_order import Column, in_order
from ftpwatch.tui.widgets.session_standing import Placed

__all__ = ["GROUPED_ABOVE", "SessionView", "Subject"]

GROUPED_ABOVE: Final = 20
_MANY: Final = 200
_DRAWS: Final = 4


class Subject(msgspec.Struct, frozen=True):
    """The sessions that a key acts on, and what they are called; `together` where a group or marks
    say so, of however many.
    """

    names: tuple[str, ...] = ()
    words: str = ""
    together: bool = False


class SessionView:
    """Call `show` with what may be seen; `rows` follow."""

    def __init__(self) -> None:
        self.knowledge = SessionKnowledge()
        self.rows: list[ListRow] = []
        self.places: dict[Key, int] = {}
        self.host_width = self.troubled = 0
        self.longest = 4
        self.matching: list[Placed] = []
        self.selected: Key | None = None
        self.marked: set[str] = set()
        self.column: Column | None = None
        self.descending = False
        self.wanted: Filter = EVERYTHING
        self.is_stale = False
        self._folds: dict[Key, bool] = {}
        self._draws = _DRAWS

    @property
    def state(self) -> WatchState:
        """What is shown."""
        return self.knowledge.state

    # --- what is shown -------------------------------------------------------------------------

    def show(self, state: WatchState, explained: Explanations) -> None:
        """The sessions of `state`, with how the newest end of each is explained. Many are arranged
        anew at every fourth draw at most; what their rows say is of now all the same.
        """
        self.is_stale = self.knowledge.show(state, explained) or self.is_stale
        self._draws += 1
        if self.is_stale and (len(state.sessions) <= _MANY or self._draws >= _DRAWS):
            self.arrange()

    def hold(self) -> None:
        """Arrange them anew with the next `show`."""
        self._draws, self.is_stale = _DRAWS, True

    def arrange(self) -> None:
        """Find the rows anew."""
        self.is_stale, self._draws, knowledge = False, 0, self.knowledge
        sessions = knowledge.in_order()
        self.marked = {name for name in self.marked if name in self.state.sessions}
        if self.wanted.terms:
            test = session_test(self.wanted, knowledge.words)
            sessions = [s for s in sessions if test(knowledge.known(s))]
        self.matching = knowledge.placed(sessions)
        self.troubled = sum(standing.is_trouble for _, standing in self.matching)
        self.longest = max(map(cell_len, self.state.sessions), default=4)
        self.rows = self._rows()
        self.places = {row.key: place for place, row in enumerate(self.rows)}
        hosts = (cell_len(row.key[1]) for row in self.rows if row.key[0] == HOST)
        self.host_width = max(hosts, default=0)
        if self._is_lost():
            self.selected = self._first()

    def _is_lost(self) -> bool:
        """What was selected is there no more, or there are no groups any more."""
        if self.selected is None or self.selected[0] != SESSION:
            return self.selected is None or not self.is_grouped
        return self.selected[1] not in self.state.sessions

    def _first(self) -> Key | None:
        """The first session, whether it is folded away or not."""
        first = next(iter(self.matching), None)
        return None if first is None else (SESSION, first[0].name)

    def _rows(self) -> list[ListRow]:
        if self.column is not None:
            verdicts = self.state.verdicts
            all_of = [(s, standing, verdicts.get(s.name)) for s, standing in self.matching]
            ordered = in_order(all_of, self.column, self.state, descending=self.descending)
            return [session_row((session, standing)) for session, standing, _ in ordered]
        if not self.is_grouped:
            rows = [session_row(placed) for placed in self.matching]
            return rows[::-1] if self.descending else rows
        return list(grouped(self.matching, lambda key, usual: self._folds.get(key, usual)))

    @property
    def is_grouped(self) -> bool:
        """By host: where there are many, and no other order is asked for."""
        return self.column is None and len(self.matching) > GROUPED_ABOVE

    # --- selection -----------------------------------------------------------------------------

    @property
    def at(self) -> int | None:
        """The place of the selected row; of a session that is folded away that of its group."""
        if self.selected is None:
            return None
        place = self.places.get(self.selected)
        if place is not None or self.selected[0] != SESSION:
            return place
        session = self.state.sessions.get(self.selected[1])
        if session is None or not self.is_grouped:
            return None
        host = host_name(session.target)
        kind = self.places.get((KIND, host, self.knowledge.standing(session).key))
        return self.places.get((HOST, host)) if kind is None else kind

    @property
    def selected_row(self) -> ListRow | None:
        """The row that is selected, or holds what is."""
        return None if self.at is None else self.rows[self.at]

    def select_at(self, place: int) -> None:
        """The row at that place, or the nearest to it."""
        if self.rows:
            self.selected = self.rows[max(0, min(len(self.rows) - 1, place))].key

    def subject(self) -> Subject:
        """What a key acts on."""
        if not self.marked:
            return self.selection()
        names = tuple(s.name for s in self.knowledge.in_order() if s.name in self.marked)
        one = len(names) == 1
        return Subject(names, visible(names[0]) if one else f"{len(names)} marked sessions", True)

    def selection(self) -> Subject:
        """What is selected, marks or not."""
        if self.selected is None:
            return Subject()
        if self.selected[0] == SESSION:
            return Subject((self.selected[1],), visible(self.selected[1]))
        place = self.places.get(self.selected)
        if place is None:
            return Subject()
        row = self.rows[place]
        names = tuple(session.name for session, _ in row.sessions if not session.target.twin)
        kind = f": {row.standing.words}" if row.key[0] == KIND else ""
        sessions = f"{len(names)} session{'s' if len(names) != 1 else ''}"
        return Subject(names, f"{sessions} of {visible(row.key[1])}{kind}", True)

    # --- marks, folds, order, filter -----------------------------------------------------------

    def toggle_mark(self) -> None:
        """Mark what is selected; where all of it is, unmark it."""
        names = set(self.selection().names)
        self.marked = self.marked - names if names <= self.marked else self.marked | names

    def toggle_fold(self) -> bool:
        """Unfold the selected group, or fold it, or that of the selected session; False where there
        is none.
        """
        row = self.selected_row
        if row is None or not self.is_grouped:
            return False
        key, folded = row.key, not row.folded
        if row.session is not None:
            key, folded = (KIND, host_name(row.session.target), row.standing.key), True
        if key not in self.places:
            return False
        self._folds[key], self.selected = folded, key
        self.arrange()
        return True

    def sort_by(self, column: Column | None, *, descending: bool) -> None:
        """Another order; None is as they were added, in groups where they are many."""
        self.column, self.descending = column, descending
        self.arrange()

    def filter_by(self, wanted: Filter) -> None:
        """Show only those that match."""
        self.wanted = wanted
        self.arrange()
        if self.at is None:
            self.selected = self._first() or self.selected
