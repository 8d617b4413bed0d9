"""The table of ends: draws the rows that are visible, however many there are.

What is in view stays in view when ends come: the first row shown is known by its key.
"""

from typing import ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ftpwatch.tui.fence import fenced
from ftpwatch.tui.signs import UNICODE, Signs
from ftpwatch.tui.widgets.ends_list import EndsList
from ftpwatch.tui.widgets.ends_order import Column, EndRow, Key
from ftpwatch.tui.widgets.ends_row import layout_of, spans_days

__all__ = ["EndsTable"]

_WHEEL: Final = 3
_STRIKING: Final = (None, Column.CAUSE)


@fenced
class EndsTable(Widget, can_focus=True):
    """Shows `ends`; call `redraw` when they are otherwise."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "ends--head", "ends--end", "ends--cause", "ends--expected", "ends--selected",
    }  # fmt: skip

    class Chosen(Message):
        """The selected row was clicked."""

    class Moved(Message):
        """Another row is selected, or in view."""

    def __init__(self, ends: EndsList, signs: Signs = UNICODE) -> None:
        super().__init__(id="ends")
        self._list, self._signs = ends, signs
        self._top, self._top_key = 0, None
        self._layout = layout_of(60, 9, signs, days=False)
        self.nothing = ""

    _top_key: Key | None

    @property
    def room(self) -> int:
        """How many rows are in view."""
        return max(1, self.size.height - 1)

    @property
    def in_view(self) -> tuple[int, int]:
        """The numbers of the first and the last row shown, from 1 on."""
        return self._top + 1, min(len(self._list.rows), self._top + self.room)

    def redraw(self) -> None:
        """The ends are others, or shown otherwise."""
        rows = self._list.rows
        names = max((cell_len(end.session) for row in rows for end in row.ends[:1]), default=0)
        days = spans_days([row.ends[0] for row in (*rows[:1], *rows[-1:])])
        self._layout = layout_of(self.size.width, names, self._signs, days=days)
        place = None if self._top_key is None else self._list.place_of(self._top_key)
        if self._list.is_followed:
            self._go_to(len(rows))
        else:
            self._go_to(self._top if place is None else place)

    def show_selected(self) -> None:
        """Bring the selected row into view, with what is unfolded below it."""
        row, at = self._list.selected_row, self._list.at
        unfolded = row is not None and row.is_group and self._list.is_unfolded(row)
        below = len(row.ends) if row is not None and unfolded else 0
        self._go_to(min(max(self._top, at + below - self.room + 1), at))

    def scroll(self, by: int) -> None:
        """Move what is in view."""
        self._go_to(self._top + by)

    def _go_to(self, top: int) -> None:
        rows = self._list.rows
        self._top = max(0, min(top, len(rows) - self.room))
        self._top_key = rows[self._top].key if rows else None
        self.refresh()
        self.post_message(self.Moved())

    # --- drawing -------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        ends, width = self._list, self.size.width
        if y == 0:
            cells = self._layout.head(ends.column, descending=ends.descending)
            style = self._style("head")
            head = Strip([Segment(text, style) for text, _ in cells])
            return head.adjust_cell_length(width, style)
        at = y - 1 + self._top
        if at >= len(ends.rows):
            text = f"  {self._signs.text(self.nothing)}" if y == 2 and not ends.rows else ""
            style = self._style("head")
            return Strip([Segment(text, style)]).adjust_cell_length(width, style)
        row = ends.rows[at]
        segments = [
            Segment(text, self._look(row, column, selected=at == ends.at))
            for text, column in self._layout.row(row, unfolded=ends.is_unfolded(row))
        ]
        return Strip(segments).adjust_cell_length(width, segments[-1].style)

    def _look(self, row: EndRow, column: Column | None, *, selected: bool) -> Style:
        expected = all(end.is_expected for end in row.ends[:1]) and not row.is_group
        striking = "cause" if column in _STRIKING else "end"
        style = self._style("expected" if expected else striking)
        return style + self._style("selected") if selected else style

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"ends--{name}")

    # --- mouse ---------------------------------------------------------------------------------

    def on_resize(self) -> None:
        self.redraw()
        if not self._list.is_followed:
            self.show_selected()

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        if at.y == 0:
            if (column := self._layout.column_at(at.x)) is not None:
                same = column is self._list.column
                self._list.sort_by(column, descending=same and not self._list.descending)
                self.redraw()
            return
        place = at.y - 1 + self._top
        if place < len(self._list.rows):
            again = place == self._list.at
            self._list.select(place)
            self.redraw()
            if again:
                self.post_message(self.Chosen())

    def on_mouse_scroll_up(self) -> None:
        self._list.select(self._list.at)
        self.scroll(-_WHEEL)

    def on_mouse_scroll_down(self) -> None:
        self.scroll(_WHEEL)
