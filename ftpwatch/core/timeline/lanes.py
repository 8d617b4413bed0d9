"""A session as a lane: what is in each column, the brackets under it, and where it ended with
others. Pure: the same of the same, for a screen of any width.
"""

from bisect import bisect_left
from collections.abc import Container, Sequence
from typing import Final

import msgspec
from immutables import Map

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.stretch import Stretch
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.state.past_end import PastEnd
from ftpwatch.core.state.state import Incident, SessionState, WatchState
from ftpwatch.core.timeline.brackets import Bracket, bracket_of_end, running_bracket
from ftpwatch.core.timeline.marks import Cell, Mark, cells_of
from ftpwatch.core.timeline.spans import Known, Line, Span, spans_of
from ftpwatch.core.timeline.view import View

__all__ = ["Box", "Ends", "Lane", "Moment", "apart", "boxes_of", "entries_by_session", "lane_of"]

_AROUND: Final = 1


class Lane(msgspec.Struct, frozen=True):
    """`lines` has what the session was doing, by column; `cells` what is there, where something
    is; `brackets` do not overlap, the oldest first; `ends` are those in the view, by column.
    """

    session: str
    lines: tuple[Line | None, ...]
    cells: dict[int, Cell]
    brackets: tuple[Bracket, ...] = ()
    ends: dict[int, PastEnd] = {}


class Box(msgspec.Struct, frozen=True):
    """Ends that are one event: from which column to which, of how many sessions, at which host, why
    as far as they agree.
    """

    incident: int
    first: int
    last: int
    sessions: frozenset[str]
    total: int
    cause: Cause | None


class Moment(msgspec.Struct, frozen=True):
    """What is looked at: the state that may be seen, its moment, what was read of the view, and at
    which host each session is.
    """

    view: View
    state: WatchState
    now: float
    stretch: Stretch | None
    hosts: dict[str, str] = {}

    @property
    def whole(self) -> bool:
        """All entries of the view are known."""
        return self.stretch is None or not self.stretch.is_sampled


class Ends:
    """Ends by session and by time."""

    def __init__(self, ends: Sequence[PastEnd]) -> None:
        self._all = sorted(ends, key=_at)
        self._of: dict[str, list[PastEnd]] = {}
        for end in self._all:
            self._of.setdefault(end.session, []).append(end)

    def of(self, session: str, since: float, until: float) -> list[PastEnd]:
        """Those of `session` in that time, with the one before and the one after."""
        ends = self._of.get(session, [])
        first, last = bisect_left(ends, since, key=_at), bisect_left(ends, until, key=_at)
        return ends[max(0, first - _AROUND) : last + _AROUND]

    def within(self, since: float, until: float) -> list[PastEnd]:
        """All in that time."""
        first, last = bisect_left(self._all, since, key=_at), bisect_left(self._all, until, key=_at)
        return self._all[first:last]

    def after(self, at: float, sessions: Container[str]) -> PastEnd | None:
        """The first end of one of `sessions` at the moment `at` or later."""
        place = bisect_left(self._all, at, key=_at)
        return next((end for end in self._all[place:] if end.session in sessions), None)

    def before(self, at: float, sessions: Container[str]) -> PastEnd | None:
        """The last end of one of `sessions` before the moment `at`."""
        place = bisect_left(self._all, at, key=_at)
        return next((end for end in self._all[:place][::-1] if end.session in sessions), None)

    def names(self) -> list[str]:
        """Whose they are."""
        return list(self._of)


def entries_by_session(stretch: Stretch | None) -> dict[str, list[Entry]]:
    """What is read of each session, oldest first."""
    sessions: dict[str, list[Entry]] = {}
    for entry in stretch.entries if stretch is not None else ():
        if entry.session is not None:
            sessions.setdefault(entry.session, []).append(entry)
    return sessions


def lane_of(session: str, moment: Moment, entries: Sequence[Entry], ends: Ends) -> Lane:
    """The lane of `session`, of which `entries` were read."""
    view, state = moment.view, moment.state.sessions.get(session)
    around = ends.of(session, view.since, view.until)
    known = Known(
        state=state,
        ends=around,
        entries=entries,
        since=view.since,
        until=view.until,
        now=moment.now,
        whole=moment.whole,
    )
    columns = {view.column(_at(end)): end for end in around}
    in_view = {column: end for column, end in columns.items() if 0 <= column < view.columns}
    return Lane(
        session,
        _painted(spans_of(known), view),
        _with_ends(cells_of(entries, view), in_view),
        tuple(_brackets(around, state, moment)),
        in_view,
    )


def boxes_of(ends: Ends, view: View, state: WatchState) -> list[Box]:
    """What of the ends in the view belongs together, the first first."""
    together: dict[int, list[PastEnd]] = {}
    for end in ends.within(view.since, view.until):
        if end.explained is not None and end.explained.incident is not None:
            together.setdefault(end.explained.incident, []).append(end)
    return [_box(incident, group, view, state.incidents) for incident, group in together.items()]


def apart(boxes: Sequence[Box]) -> list[Box]:
    """Those that can be framed side by side, the larger ones where they would touch."""
    chosen: list[Box] = []
    for box in sorted(boxes, key=lambda box: (-box.total, box.first)):
        if all(box.last + 2 < c.first or c.last + 2 < box.first for c in chosen):
            chosen.append(box)
    return sorted(chosen, key=lambda box: box.first)


def _box(incident: int, group: list[PastEnd], view: View, incidents: Map[int, Incident]) -> Box:
    columns = [view.column(_at(end)) for end in group]
    sessions = frozenset(end.session for end in group)
    causes = {end.cause for end in group}
    known = incidents.get(incident)
    total = known.sessions if known is not None else 0
    cause = causes.pop() if len(causes) == 1 else None
    return Box(incident, min(columns), max(columns), sessions, max(total, len(sessions)), cause)


def _with_ends(cells: dict[int, Cell], ends: dict[int, PastEnd]) -> dict[int, Cell]:
    """Ends are shown also where only some entries were read, and as what they were judged to be."""
    for column, end in ends.items():
        mark, there = Mark.CLOSED if end.is_expected else Mark.ENDED, cells.get(column)
        if there is None:
            cells[column] = Cell(mark, end.entry)
        elif there.entry.seq == end.seq or there.mark < mark:
            cells[column] = Cell(mark, end.entry, there.count)
    return cells


def _painted(spans: Sequence[Span], view: View) -> tuple[Line | None, ...]:
    lines: list[Line | None] = [None] * view.columns
    for span in sorted(spans, key=lambda span: span.line):
        first = max(0, view.column(span.since))
        last = min(view.columns - 1, view.column(span.until))
        for column in range(first, last + 1):
            lines[column] = span.line
    return tuple(lines)


def _brackets(ends: Sequence[PastEnd], state: SessionState | None, moment: Moment) -> list[Bracket]:
    """Those that reach into the view; where two overlap, the one that struck."""
    if not moment.state.timed:
        return []
    brackets = [b for end in ends if (b := bracket_of_end(end)) is not None]
    if state is not None:
        host = moment.state.host_of(state)
        running = running_bracket(state, host, moment.now)
        brackets += [running] if running is not None else []
    view, chosen = moment.view, list[Bracket]()
    for bracket in sorted(brackets, key=lambda b: (not b.struck, b.since)):
        inside = bracket.until >= view.since and bracket.since < view.until
        if inside and all(b.until <= bracket.since or bracket.until <= b.since for b in chosen):
            chosen.append(bracket)
    return sorted(chosen, key=lambda bracket: bracket.since)


def _at(end: PastEnd) -> float:
    return end.entry.elapsed_seconds
