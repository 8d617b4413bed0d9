"""The dialogue: a window on the journal that draws, and holds, only what is visible.

Positions are seqs, never offsets: `_top` is the seq of the first row shown, None while following.
Any move up stops following; reaching the end resumes it. Moving and loading are one file, as each
move decides what is loaded.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ftpwatch.core.journal.filter import EVERYTHING, Filter
from ftpwatch.core.journal.history import History, Row
from ftpwatch.core.text.tone import Tone
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import keys_on
from ftpwatch.tui.signs import UNICODE, Signs
from ftpwatch.tui.widgets.row_text import Line, TimeColumn, lines_of, name_width, strip_of

__all__ = ["DialogueView"]

_NEWEST = 2**62
_NO_MATCH = " no row matches this filter; {} shows all rows again"


@fenced
class DialogueView(Widget, can_focus=True):
    """Show it entries by `reach`; it asks History for the page it has."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "dialogue--head", "dialogue--selected", *(f"dialogue--{tone}" for tone in Tone),
    }  # fmt: skip

    class Changed(Message):
        """Following, filter or distance to the end changed."""

    class Chosen(Message):
        """The user pressed enter or clicked a row."""

        def __init__(self, row: Row) -> None:
            super().__init__()
            self.row = row

    signs: Signs = UNICODE

    def __init__(self, history: History, id: str) -> None:
        super().__init__(id=id)
        self._history = history
        self.wanted: Filter = EVERYTHING
        self.time = TimeColumn.WALL
        self.unfold = False
        self.upto = 0
        self.selected: int | None = None
        self.missed = 0
        self._top: int | None = None
        self._rows: list[Row] = []
        self.lines: list[tuple[Line, Row]] = []
        self._pages = asyncio.Lock()
        self._stale = self._counting = False

    @property
    def following(self) -> bool:
        """New rows are shown as they come."""
        return self._top is None

    @property
    def selected_row(self) -> Row | None:
        """The selected row, or the last one shown."""
        selected = next((row for row in self._rows if row.seq == self.selected), None)
        return selected or (self._rows[-1] if self._rows else None)

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
        self.wanted = wanted
        self.reload()

    def next_time_column(self) -> None:
        """Wall, relative, difference."""
        columns = list(TimeColumn)
        self.time = columns[(columns.index(self.time) + 1) % len(columns)]
        self._lay_out()

    def toggle_unfold(self) -> None:
        """Show multi-line replies whole, or as one row."""
        self.unfold = not self.unfold
        self.reload()

    def reload(self) -> None:
        """Ask for the page again; questions do not pile up."""
        if not self._stale and self.is_attached:
            self._stale = True
            self.run_worker(self._load(), group="page")

    # --- moving --------------------------------------------------------------------------------

    async def move(self, by: int) -> None:
        """Select `by` rows further; past the end, follow."""
        seqs = [row.seq for row in self._rows]
        if not seqs:
            return
        current = seqs.index(self.selected) if self.selected in seqs else len(seqs) - 1
        at = current + by if self.selected in seqs or by < 0 else len(seqs)
        if at >= len(seqs):
            await self._scroll_down(at - len(seqs) + 1)
        elif at < 0:
            await self._scroll_up(-at, select=True)
        else:
            self._stop_following()
            self.selected = seqs[at]
            self._lay_out()
            if seqs[at] not in self._shown_seqs():
                self._top = seqs[at]
                self.reload()

    async def page(self, by: int) -> None:
        """Scroll by pages."""
        rows = max(1, len(self._shown_seqs()) - 1) * abs(by)
        if by > 0 and not self.following and self.lines[-1][1].seq != self._rows[-1].seq:
            self._top = self.lines[-1][1].seq
            self.reload()
            return
        await (self._scroll_up(rows, select=False) if by < 0 else self._scroll_down(rows))

    async def scroll_rows(self, by: int) -> None:
        """Scroll by rows, as the wheel does."""
        await (self._scroll_up(-by, select=False) if by < 0 else self._scroll_down(by))

    async def to_start(self) -> None:
        """The first row there is."""
        first = await self._history.after(0, 1, self.upto, self.wanted)
        if first:
            self.selected = self._top = first[0].seq
            self.reload()

    async def jump(self, ask: "Callable[[int, int], Awaitable[list[Row]]]") -> bool:
        """Select what `ask(selected, upto)` finds and bring it into view; False for nothing."""
        start = self.selected if self.selected is not None else _NEWEST
        rows = await ask(start, self.upto)
        if not rows:
            return False
        await self.show_row(rows[0].seq)
        return True

    async def show_row(self, seq: int) -> None:
        """Select the row `seq`, in the middle where it was out of view."""
        self.selected = seq
        if seq not in [row.seq for row in self._rows]:
            above = await self._history.before(seq, self.size.height // 2, self.upto, self.wanted)
            self._top = above[0].seq if above else seq
            self.reload()
        else:
            self._stop_following()
            self._lay_out()

    async def _scroll_up(self, rows: int, *, select: bool) -> None:
        if not self._rows:
            return
        above = await self._history.before(self._rows[0].seq, rows, self.upto, self.wanted)
        self._top = above[0].seq if above else self._rows[0].seq
        if select:
            self.selected = self._top
        self.reload()

    async def _scroll_down(self, rows: int) -> None:
        if not self._rows or self.following:
            self.follow()
            return
        height = max(1, self.size.height)
        ask = self._history.after(self._rows[0].seq, rows + height, self.upto, self.wanted)
        below = await ask
        if len(below) < rows + height - 1:
            self.follow()
            return
        self._top = below[rows - 1].seq
        if self.selected is not None:
            self.selected = below[min(len(below), rows + height - 1) - 1].seq
        self.reload()

    def _stop_following(self) -> None:
        if self.following and self.lines:
            self._top = self.lines[0][1].seq
            self.post_message(self.Changed())

    def _shown_seqs(self) -> list[int]:
        """The rows on the screen: fewer than its lines where replies are unfolded."""
        return list(dict.fromkeys(row.seq for _, row in self.lines))

    # --- the page ------------------------------------------------------------------------------

    async def _load(self) -> None:
        async with self._pages:
            self._stale = False
            height, upto = max(1, self.size.height), self.upto
            if self._top is None:
                self._rows = await self._history.before(upto + 1, height, upto, self.wanted)
                self.missed = 0
            else:
                top = self._top - 1
                self._rows = await self._history.after(top, height, upto, self.wanted)
                if not self._counting:
                    self._counting = True
                    self.run_worker(self._count(), group="count")
        if upto > self.upto:
            return  # gone back meanwhile: the page of now is asked for already
        self._lay_out()
        self.post_message(self.Changed())

    async def _count(self) -> None:
        """How many rows there are below: it may take longer than the page."""
        last = self._rows[-1].seq if self._rows else self.upto
        missed = await self._history.count(last, self.upto, self.wanted)
        self._counting = False
        if missed is not None and not self.following:
            self.missed = missed
            self.post_message(self.Changed())

    def _lay_out(self) -> None:
        lines: list[tuple[Line, Row]] = []
        before: Row | None = None
        for row in self._rows:
            made = lines_of(row, before, time=self.time, unfold=self.unfold, signs=self.signs)
            lines += [(line, row) for line in made]
            before = row
        height = max(1, self.size.height)
        self.lines = lines[-height:] if self.following else lines[:height]
        self.refresh()

    # --- drawing and mouse ---------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y >= len(self.lines):
            nothing = y == 0 and bool(self.wanted.terms) and not self._stale
            text = _NO_MATCH.format(keys_on(self.app).first("toggle_filter")) if nothing else ""
            style = self.get_component_rich_style("dialogue--head")
            return Strip([Segment(text, style)]).adjust_cell_length(width, self.rich_style)
        line, row = self.lines[y]
        style = self.get_component_rich_style(f"dialogue--{line.tone}")
        head = self.get_component_rich_style("dialogue--head")
        if row.seq == self.selected:
            picked = self.get_component_rich_style("dialogue--selected")
            style, head = style + picked, head + picked
        names = name_width((line for line, _ in self.lines), width)
        return strip_of(line, style, head, width, names, self.signs)

    def on_resize(self) -> None:
        self.reload()

    async def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is not None and at.y < len(self.lines):
            row = self.lines[at.y][1]
            self._stop_following()
            self.selected = row.seq
            self._lay_out()
            self.post_message(self.Chosen(row))

    async def on_mouse_scroll_up(self) -> None:
        await self.scroll_rows(-3)

    async def on_mouse_scroll_down(self) -> None:
        await self.scroll_rows(3)
