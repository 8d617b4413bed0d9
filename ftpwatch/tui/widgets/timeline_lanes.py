"""The lanes of the timeline, drawn line by line: what is given is what is seen."""

from collections.abc import Sequence
from itertools import groupby
from typing import ClassVar, Final

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ftpwatch.tui.fence import fenced
from ftpwatch.tui.widgets.timeline_rows import Row

__all__ = ["TimelineLanes"]

_WHEEL: Final = 3


@fenced
class TimelineLanes(Widget, can_focus=True):
    """Shows `rows`, each with a head of `gutter` columns; `cursor` is a column."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--axis", "timeline--now", "timeline--head", "timeline--line",
        "timeline--keep-alive", "timeline--talk", "timeline--transfer", "timeline--waiting",
        "timeline--refused", "timeline--ended", "timeline--bracket", "timeline--struck",
        "timeline--box", "timeline--density", "timeline--drops", "timeline--selected",
        "timeline--cursor",
    }  # fmt: skip

    class Pointed(Message):
        """A lane was clicked, at a column."""

        def __init__(self, lane: int, column: int) -> None:
            super().__init__()
            self.lane, self.column = lane, column

    class Wheeled(Message):
        """So many lanes further."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def __init__(self) -> None:
        super().__init__(id="timeline")
        self._rows: Sequence[Row] = ()
        self._gutter, self._cursor, self._selected = 8, 0, -1

    def show(self, rows: Sequence[Row], gutter: int, cursor: int, selected: int) -> None:
        """Draw `rows`; `selected` is the lane that the cursor is on."""
        self._rows, self._gutter, self._cursor = rows, gutter, cursor
        self._selected = selected
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        row = self._rows[y]
        is_selected = row.lane is not None and row.lane == self._selected
        head = self._style("head")
        if is_selected:
            head += self._style("selected")
        segments = [Segment(set_cell_size(row.head, self._gutter), head)]
        looks = [
            (look, at == self._cursor, at == self._cursor and is_selected)
            for at, look in enumerate(row.looks)
        ]
        at = 0
        for look, same in groupby(looks):
            count = len(list(same))
            segments.append(Segment("".join(row.signs[at : at + count]), self._look(*look)))
            at += count
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _look(self, name: str, in_column: bool, at_cursor: bool) -> Style:
        style = self._style(name)
        if at_cursor:
            return style + self._style("cursor")
        return style + self._style("selected") if in_column else style

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"timeline--{name}")

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is not None and at.y < len(self._rows):
            lane = self._rows[at.y].lane
            if lane is not None:
                self.post_message(self.Pointed(lane, at.x - self._gutter))

    def on_mouse_scroll_up(self) -> None:
        self.post_message(self.Wheeled(-_WHEEL))

    def on_mouse_scroll_down(self) -> None:
        self.post_message(self.Wheeled(_WHEEL))
