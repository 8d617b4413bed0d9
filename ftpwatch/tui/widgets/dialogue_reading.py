"""Which rows a dialogue has on its screen: following the end, or at a place of the reader's.

Positions are seqs, never offsets: `_top` is where the screen begins, None while following. Any move
up stops following; reaching the end resumes it. Moving is by screen line, also inside a reply that
is unfolded. Moving and loading are one file, as each move decides what is loaded.
"""

import asyncio
from collections.abc import Awaitable, Callable

from textual.message import Message
from textual.widget import Widget

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.filter import EVERYTHING, Filter
from ftpwatch.core.journal.history import History, Row
from ftpwatch.core.state.explanation import Explained
from ftpwatch.tui.signs import UNICODE, Signs
from ftpwatch.tui.widgets.dialogue_page import Page, Place, above, below, unfilled
from ftpwatch.tui.widgets.row_text import Line, TimeColumn, lines_of, longest_name
from ftpwatch.tui.widgets.shown_rows import ShownRows, causes_of

__all__ = ["DialogueReading"]

_NEWEST = 2**62


class DialogueReading(Widget):
    """DialogueView draws `lines`; `_lay_out` makes them of the rows that were loaded."""

    class Changed(Message):
        """Following, filter or distance to the end changed."""

    signs: Signs = UNICODE

    def __init__(self, history: History, id: str) -> None:
        super().__init__(id=id)
        self._history = history
        self.shows = ShownRows()
        self.time = TimeColumn.WALL
        self.explained_of: Callable[[Entry], Explained | None] = lambda _: None
        self.upto = 0
        self.selected: int | None = None
        self.missed = 0
        self._top: Place | None = None
        self._left_at = 0
        self._rows: list[Row] = []
        self._causes: dict[int, str] = {}
        self._page = Page()
        self._pages = asyncio.Lock()
        self._stale = self._counting = False
        self._longest_name = 0  # of all that were shown: names that go away leave their room

    @property
    def wanted(self) -> Filter:
        """The user's filter."""
        return self.shows.wanted

    @property
    def lines(self) -> list[tuple[Line, Row]]:
        """What is on the screen."""
        return self._page.shown

    @property
    def following(self) -> bool:
        """New rows are shown as they come."""
        return self._top is None

    @property
    def paused_words(self) -> str:
        """That it does not follow, and how many rows came since."""
        return f"PAUSED +{self.missed} new" if self.missed else "PAUSED"

    @property
    def selected_row(self) -> Row | None:
        """The selected row, or the last one shown."""
        selected = next((row for row in self._rows if row.seq == self.selected), None)
        return selected or (self._rows[-1] if self._rows and self.following else self._last_shown)

    @property
    def _last_shown(self) -> Row | None:
        return self.lines[-1][1] if self.lines else None

    # --- what comes in -------------------------------------------------------------------------

    def reach(self, upto: int) -> None:
        """Entries up to `upto` may be shown now."""
        if upto != self.upto:
            self.upto = upto
            self.reload()

    def follow(self) -> None:
        """Go to the end and stay there."""
        self.selected = None
        self._top = None
        self.reload()

    def set_filter(self, wanted: Filter) -> None:
        """Show rows that match; place, selection and following stay."""
        self.shows.wanted = wanted
        self.reload()

    def show_only(self, session: str | None) -> None:
        """Show the rows of one session, or of all with None."""
        self.shows.only = session
        self.reload()

    def toggle_problems(self) -> None:
        """Show only what went wrong, or all."""
        self.shows.problems = not self.shows.problems
        self.reload()

    def next_time_column(self) -> None:
        """Wall, relative, difference."""
        columns = list(TimeColumn)
        self.time = columns[(columns.index(self.time) + 1) % len(columns)]
        self._lay_out()

    def toggle_unfold(self) -> None:
        """Show what stands behind the selected row, or fold it again; where nothing does, all
        replies of several lines are shown whole, or as one row.
        """
        chosen = next((row for row in self._rows if row.seq == self.selected), None)
        self.selected = self.shows.toggle(chosen) if chosen is not None else self.selected
        if chosen is None:
            self.shows.toggle_replies()
        self.reload()

    def toggle_folding(self) -> None:
        """Fold what is normal, or show every row."""
        self.shows.toggle_folding()
        self.reload()

    def reload(self) -> None:
        """Ask for the page again; questions do not pile up."""
        if not self._stale and self.is_attached:
            self._stale = True
            self.run_worker(self._load(), group="page")

    # --- moving --------------------------------------------------------------------------------

    async def move(self, by: int) -> None:
        """Select the next row, or the one before; inside a row that is taller than what is left of
        it on the screen, a line further. Past the end, follow.
        """
        if not self._rows:
            return
        seqs = [row.seq for row in self._rows]
        if self.selected not in seqs:
            last = self.lines[-1][1].seq
            if by > 0 and self.following:
                return
            self.selected = last if by > 0 else self._page.seqs[max(-2, -len(self._page.seqs))]
            self._stop_following()
            self._lay_out()
        elif by > 0:
            await self._move_down(seqs)
        else:
            await self._move_up(seqs)

    async def _move_down(self, seqs: list[int]) -> None:
        page, at = self._page, seqs.index(self.selected or 0)
        if page.hidden_below(seqs[at]) > 0:
            await self.scroll_lines(1)
        elif at + 1 == len(seqs):
            self.follow()
        else:
            self._stop_following()
            self.selected = seqs[at + 1]
            await self.scroll_lines(max(0, page.starts_below(seqs[at + 1])))

    async def _move_up(self, seqs: list[int]) -> None:
        page, at = self._page, seqs.index(self.selected or 0)
        if page.hidden_above(seqs[at]) > 0:
            await self.scroll_lines(-1)
            return
        before = seqs[at - 1] if at else None
        if before is None:
            ask = self._history.before(seqs[0], 1, self.upto, self.shows.asked)
            before = next((row.seq for row in await ask), None)
        self._stop_following()
        if before is not None:
            hidden = page.first - page.span(before)[1] if at else 1
            self.selected = before
            await self.scroll_lines(min(0, -hidden))

    async def page(self, by: int) -> None:
        """Scroll by pages, and keep a line; the selection stays in sight."""
        await self.scroll_lines(by * max(1, self.size.height - 1))
        if self.selected is not None and not self.following:
            async with self._pages:
                seqs = self._page.seqs
                if seqs and self.selected not in seqs:
                    self.selected = seqs[-1] if by > 0 else seqs[0]
                    self.refresh()

    async def scroll_lines(self, by: int) -> None:
        """Scroll by lines of the screen; past the end, follow."""
        place = self._top or self._page.place
        if place is None or (by >= 0 and self.following):
            self._lay_out()
            return
        ask, height = self._history, max(1, self.size.height)
        if by < 0:
            rows = await ask.before(place.seq, max(0, -by), self.upto, self.shows.asked)
            self._begin_at(above(place, rows, -by, self.shows.height_of))
            return
        most = by + height + 1
        rows = await ask.after(place.seq - 1, most, self.upto, self.shows.asked)
        lines = sum(map(self.shows.height_of, rows)) - place.over - by
        begin = below(place, rows, by, self.shows.height_of)
        if by and len(rows) < most and (lines <= height or begin is None):
            self.follow()
        elif begin is not None:
            self._begin_at(begin)

    async def to_start(self) -> None:
        """The first row there is."""
        first = await self._history.after(0, 1, self.upto, self.shows.asked)
        if first:
            self.selected = first[0].seq
            self._begin_at(Place(first[0].seq))

    async def jump(self, ask: "Callable[[int, int], Awaitable[list[Row]]]") -> bool:
        """Select what `ask(selected, upto)` finds and bring it into view; False for nothing."""
        start = self.selected if self.selected is not None else _NEWEST
        rows = await ask(start, self.upto)
        if not rows:
            return False
        await self.show_row(rows[0].seq)
        return True

    async def show_row(self, seq: int) -> None:
        """Select the row `seq`, in the middle where it was out of view; unfold what hides it."""
        self.selected = seq
        if seq in self._page.seqs:
            self._stop_following()
            self._lay_out()
            return
        row = await self._history.after(seq - 1, 1, self.upto, EVERYTHING)
        if row and row[0].seq == seq:
            self.shows.bring(row[0])
        half = self.size.height // 2
        rows = await self._history.before(seq, half, self.upto, self.shows.asked)
        self._begin_at(Place(rows[0].seq if rows else seq))

    def _begin_at(self, place: Place) -> None:
        if self.following:
            self._left_at = self.upto
        self._top = place
        self.reload()

    def _stop_following(self) -> None:
        if self.following and self.lines:
            self._top, self._left_at = self._page.place, self.upto
            self.post_message(self.Changed())

    # --- the page ------------------------------------------------------------------------------

    async def _load(self) -> None:
        async with self._pages:
            self._stale = False
            height, upto, asked = max(1, self.size.height), self.upto, self.shows.asked
            top = self._top
            if top is None:
                self._rows = await self._history.before(upto + 1, height, upto, asked)
                self.missed = 0
            else:
                self._rows = await self._history.after(top.seq - 1, height + 1, upto, asked)
                await self._fill(top, height, upto, asked)
                if not self._counting:
                    self._counting = True
                    self.run_worker(self._count(), group="count")
            if upto <= self.upto:  # else gone back meanwhile: the page of now is asked for already
                self._causes = causes_of(self._rows, upto, self.explained_of)
                self._lay_out()
        self.post_message(self.Changed())

    async def _fill(self, top: Place, height: int, upto: int, asked: Filter) -> None:
        """Where rows after `top` leave the screen empty, those before it come down."""
        empty = unfilled(top, self._rows, height, self.shows.height_of)
        before = await self._history.before(top.seq, empty, upto, asked) if empty else []
        if before and self._top == top:
            over = top.over if self._rows and self._rows[0].seq == top.seq else 0
            begin = Place(top.seq, over)
            self._top = above(begin, before, empty, self.shows.height_of)
            self._rows = [row for row in (*before, *self._rows) if row.seq >= self._top.seq]

    async def _count(self) -> None:
        """How many rows came since it was left: it may take longer than the page."""
        missed = await self._history.count(self._left_at, self.upto, self.shows.asked)
        self._counting = False
        if missed is not None and not self.following and missed != self.missed:
            self.missed = missed
            self.post_message(self.Changed())

    def _lay_out(self) -> None:
        lines: list[tuple[Line, Row]] = []
        before: Row | None = None
        for row in self._rows:
            made = lines_of(
                row,
                before,
                time=self.time,
                unfold=self.shows.is_open(row),
                signs=self.signs,
                cause=self._causes.get(row.seq, ""),
            )
            lines += [(line, row) for line in made]
            before = row
        self._longest_name = max(self._longest_name, longest_name(line for line, _ in lines))
        top, first = self._top, None
        if top is not None:
            begins = self._rows[:1] and self._rows[0].seq == top.seq
            first = min(top.over, self.shows.height_of(self._rows[0]) - 1) if begins else 0
        self._page = Page(lines, self.size.height, first)
        self.refresh()
