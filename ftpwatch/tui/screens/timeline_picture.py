"""The timeline as rows: which lanes are in view, and what is under the cursor.

Only what is in view is worked out, however many sessions there are. Many sessions are shown as
hosts, unless the user wants otherwise. Long, as both kinds of lanes answer the same questions here.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from heapq import nlargest
from typing import Final

from msgspec.structs import replace
from rich.cells import cell_len

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.state.past_end import PastEnd
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.timeline.axis import anchor_of, labels_of, wall_time
from ftpwatch.core.timeline.density import HostLane, host_lanes
from ftpwatch.core.timeline.lanes import (
    Box,
    Ends,
    Lane,
    Moment,
    apart,
    boxes_of,
    entries_by_session,
    lane_of,
)
from ftpwatch.core.timeline.telling import (
    box_words,
    drops_words,
    end_words,
    entry_words,
    host_words,
    line_words,
)
from ftpwatch.tui.screens.timeline_place import TimelinePlace
from ftpwatch.tui.signs import Signs
from ftpwatch.tui.widgets.ends_row import fitted_name
from ftpwatch.tui.widgets.timeline_rows import (
    Row,
    axis_row,
    box_row,
    bracket_row,
    drops_row,
    host_row,
    lane_row,
    rule_row,
)
from ftpwatch.tui.widgets.timeline_signs import lane_signs

__all__ = ["Picture", "gutter_of"]

_AROUND: Final = 4
_MEASURED: Final = 20


class Picture:
    """Made for one moment and one size; `place` is where the user is, and is kept inside."""

    def __init__(
        self,
        moment: Moment,
        ends: Ends,
        place: TimelinePlace,
        size: tuple[int, int],
        signs: Signs,
    ) -> None:
        self.moment, self.place, self._signs = moment, place, signs
        self.hosts, self.dense = moment.hosts, place.is_dense(moment.state)
        self._ends, self._own = ends, lane_signs(signs)
        self._columns, self._height = moment.view.columns, size[1]
        self.gutter = size[0] - self._columns
        self.cursor = place.cursor(moment.now)
        self._entries = entries_by_session(moment.stretch)
        self._boxes = boxes_of(ends, moment.view, moment.state)
        self._framed = apart(self._boxes)
        self._host_lanes = self._all_hosts() if self.dense else []
        self.names = [lane.host for lane in self._host_lanes] if self.dense else self._sessions()
        self.at = self.names.index(place.lane) if place.lane in self.names else 0
        self.room = max(1, self._height - _AROUND)
        self._lanes: dict[int, Lane] = {}
        self.last = 0

    # --- which lanes ---------------------------------------------------------------------------

    def _sessions(self) -> list[str]:
        """Those watched, in their order, then those that were."""
        state, host = self.moment.state, self.place.host
        names = {session.name: None for session in state.in_order()}
        names |= {session.name: None for _, session in sorted(state.ended.items())}
        names |= dict.fromkeys([*self._ends.names(), *self._entries])
        if host is None:
            return list(names)
        return [name for name in names if self.hosts.get(name) == host]

    def _all_hosts(self) -> list[HostLane]:
        ends = self._ends.within(self.moment.view.since, self.moment.view.until)
        return host_lanes(self.hosts, self.moment.view, self.moment.stretch, ends)

    def lane(self, number: int) -> Lane:
        """A session's lane, made when it is asked for."""
        if number not in self._lanes:
            name = self.names[number]
            entries: Sequence[Entry] = self._entries.get(name, ())
            self._lanes[number] = lane_of(name, self.moment, entries, self._ends)
        return self._lanes[number]

    @property
    def selected(self) -> str:
        """What the cursor is on: a session, or a host; empty where there is none."""
        return self.names[self.at] if self.names else ""

    # --- rows ----------------------------------------------------------------------------------

    def rows(self, local: Callable[[datetime], datetime]) -> list[Row]:
        """From the axis to the drops."""
        view, now, stretch = self.moment.view, self.moment.now, self.moment.stretch
        entry = None
        if stretch is not None and self.moment.state.timed:
            entry = next(iter(stretch.entries), stretch.before)
        anchor = anchor_of(entry) if entry is not None else None
        words = [self._signs.text(box_words(box)) for box in self._framed]
        lanes = self._lane_rows()
        self.last = max((row.lane for row in lanes if row.lane is not None), default=0)
        lanes += [Row("", [" "] * self._columns, ["axis"] * self._columns)] * (
            self.room - len(lanes)
        )
        drops = stretch.drops if stretch is not None else ()
        return [
            axis_row(labels_of(view, anchor, local), self._columns, self._own),
            box_row(self._framed, words, self._columns, self._own),
            *lanes[: self.room],
            rule_row(self._framed, view, now, self._own),
            self._headed(drops_row(drops, self._columns, self._own)),
        ]

    def _lane_rows(self) -> list[Row]:
        self._scroll()
        rows: list[Row] = []
        number = self.place.top
        most = max((count for lane in self._host_lanes for count in lane.counts), default=0.0)
        while number < len(self.names) and len(rows) < self.room:
            if self.dense:
                rows += self._host_rows(number, most)
            else:
                rows += self._session_rows(number)
            number += 1
        return rows

    def _host_rows(self, number: int, most: float) -> list[Row]:
        """With the drops beneath, where all hosts have room for both."""
        lane = self._host_lanes[number]
        head = self._head(f"{lane.host} {lane.sessions}")
        if len(self.names) * 2 > self.room:
            return [host_row(lane, most, number, head, self._own)]
        drops = drops_row(lane.drops, self._columns, self._own)
        drops.head, drops.lane = "", number
        alone = replace(lane, drops=())
        return [host_row(alone, most, number, head, self._own), drops]

    def _session_rows(self, number: int) -> list[Row]:
        lane, view = self.lane(number), self.moment.view
        rows = [lane_row(lane, self._framed, number, self._head(lane.session), self._own)]
        if self._has_brackets(number):
            rows.append(bracket_row(lane, view, self.moment.now, number, self._own))
        return rows

    def _has_brackets(self, number: int) -> bool:
        """Where not all have room for theirs, the lane under the cursor has."""
        return bool(self.lane(number).brackets) and (
            number == self.at or len(self.names) * 2 <= self.room
        )

    def _scroll(self) -> None:
        """The lane under the cursor is in view."""
        below = 1
        if self.names:
            below += len(self.names) * 2 <= self.room if self.dense else self._has_brackets(self.at)
        top = min(self.place.top, self.at)
        self.place.top = max(0, min(max(top, self.at + below - self.room), len(self.names) - 1))

    def _head(self, name: str) -> str:
        return f" {fitted_name(self._signs.text(visible(name)), self.gutter - 2, self._signs)}"

    def _headed(self, row: Row) -> Row:
        row.head = f" {row.head[: self.gutter - 2]}"
        return row

    @property
    def in_view(self) -> tuple[int, int]:
        """The numbers of the first lane that was drawn and the last, from 1 on."""
        return min(self.place.top + 1, len(self.names)), min(self.last + 1, len(self.names))

    # --- under the cursor ----------------------------------------------------------------------

    def end(self) -> PastEnd | None:
        """The end under the cursor."""
        return None if self.dense or not self.names else self.lane(self.at).ends.get(self.cursor)

    def entry(self) -> Entry | None:
        """The entry under the cursor."""
        if self.dense or not self.names:
            return None
        cell = self.lane(self.at).cells.get(self.cursor)
        return cell.entry if cell is not None else None

    def ended(self) -> str:
        """A session that ended at the host and the column under the cursor; empty for none."""
        view = self.moment.view
        ends = self._ends.within(view.moment(self.cursor), view.moment(self.cursor + 1))
        there = (end.session for end in ends if self.hosts.get(end.session) == self.selected)
        return next(there, "")

    def box(self) -> Box | None:
        """What the end under the cursor belongs to."""
        inside = (b for b in self._boxes if b.first <= self.cursor <= b.last)
        return next((b for b in inside if self.dense or self.selected in b.sessions), None)

    def moment_of_cursor(self) -> float:
        """The moment of what is there, or that at which its column begins."""
        entry = self.entry()
        return entry.elapsed_seconds if entry else self.moment.view.moment(self.cursor)

    def words(self, local: Callable[[datetime], datetime]) -> list[str]:
        """Three lines on what is under the cursor; neutralised."""
        if not self.names:
            return ["no session yet"]
        view, box = self.moment.view, self.box()
        drops = self.moment.stretch.drops if self.moment.stretch is not None else ()
        timed = self.moment.state.timed
        last = drops_words(drops, self.cursor, view.buckets, timed=timed)
        if box is not None:
            last = f"{box_words(box)} · {last}"
        if self.dense:
            lane = self._host_lanes[self.at]
            return [f"{self._when(local)}  {host_words(lane, self.cursor, view.seconds)}", last]
        here = self.lane(self.at)
        first = entry_words(here, self.cursor) or line_words(here, self.cursor, self.moment)
        end = self.end()
        said = [end_words(end)] if end is not None else []
        return [f"{self._when(local)}  {first}", *said, last]

    def _when(self, local: Callable[[datetime], datetime]) -> str:
        entry, stretch = self.entry(), self.moment.stretch
        if not self.moment.state.timed:
            return f"entry {entry.seq}" if entry is not None else "no times"
        known = entry or (next(iter(stretch.entries), stretch.before) if stretch else None)
        at = wall_time(self.moment_of_cursor(), anchor_of(known)) if known is not None else None
        return f"{local(at):%H:%M:%S.%f}"[:-3] if at is not None else "--:--:--"


def gutter_of(moment: Moment, place: TimelinePlace, width: int) -> int:
    """How much room heads get."""
    names: Iterable[str] = moment.state.sessions
    if place.is_dense(moment.state):
        names = (f"{host} {count}" for host, count in Counter(moment.hosts.values()).items())
    longest = max((cell_len(visible(name)) for name in nlargest(_MEASURED, names, len)), default=8)
    return max(8, min(longest + 2, max(12, width // 4)))
