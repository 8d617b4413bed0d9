"""The sessions: draws the rows that are in view, however many `session_view` makes of them. In the
frame stand how many there are, and what a key acts on; where the screen is low, a line says so.
Long, as selecting, drawing and clicking are about the same rows.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ftpwatch.core.state.state import WatchState
from ftpwatch.tui.actions import Pane
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import bindings_of, keys_on
from ftpwatch.tui.signs import UNICODE, Signs
from ftpwatch.tui.widgets.session_groups import SESSION
from ftpwatch.tui.widgets.session_knowledge import Explanations
from ftpwatch.tui.widgets.session_lines import SessionLines
from ftpwatch.tui.widgets.session_row import Cell
from ftpwatch.tui.widgets.session_view import SessionView
from ftpwatch.tui.widgets.session_words import Frame, frame_of, in_clear_words, nothing_words

__all__ = ["SessionList"]

_LEAST_GROUPED: Final = 5
_WHEEL: Final = 3
_NONE: Final[Explanations] = {}


@fenced
class SessionList(Widget, can_focus=True):
    """The selected row stays where it is on the screen while others come and go."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Pane.LIST)
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"sessions--{name}"
        for name in ("head", "live", "opening", "closed", "silent", "good", "bad", "dim", "gauge",
                     "group", "title", "selected")
    }  # fmt: skip

    now = 0.0
    signs: Signs = UNICODE
    compact = False
    nothing = ""  # what stands where there is no session, in place of how to add one
    heading = ""
    filter_text = ""
    explained: Callable[[], Explanations] = staticmethod(lambda: _NONE)

    class Chosen(Message):
        """The user chose `session`, or a group with None; `again` by a click on what was chosen."""

        def __init__(self, session: str | None, *, again: bool) -> None:
            super().__init__()
            self.session, self.again = session, again

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.is_chosen = False
        self.view = SessionView()
        self._lines, self._offset = SessionLines(self.view), 0
        self._screen_size = Size(120, 36)
        self._frame: Frame | None = None
        self._framed, self._in_clear = 0, ""
        self._rendered: dict[int, Sequence[Cell]] = {}
        self._changed: dict[int, Sequence[Cell]] = {}
        self._styles: dict[tuple[str, bool], tuple[object, Style]] = {}

    # --- selection -----------------------------------------------------------------------------

    @property
    def selected(self) -> str | None:
        """The selected session; None where a group is selected, or nothing."""
        key = self.view.selected
        return key[1] if key is not None and key[0] == SESSION else None

    def select(self, name: str | None) -> None:
        """Make `name` the selected session."""
        if name != self.selected:
            self.is_chosen = False
        self.view.selected = None if name is None else (SESSION, name)
        self.reveal()

    def select_if_shown(self, name: str) -> None:
        """Make `name` the selected session where it is one that is shown."""
        if name in self.view.state.sessions:
            self.select(name)

    def move(self, by: int) -> None:
        """Select the row `by` rows further."""
        self._choose(self._lines.top if self.view.at is None else self.view.at + by)

    def page(self, by: int) -> None:
        """Select the row a page further."""
        self.move(by * max(1, self.room - 1))

    def to_start(self) -> None:
        """Select the first row."""
        self._choose(0)

    def to_end(self) -> None:
        """Select the last row."""
        self._choose(len(self.view.rows) - 1)

    def _choose(self, place: int, *, again: bool = False) -> None:
        if self.view.rows:
            self.view.select_at(place)
            self.is_chosen = True
            self.reveal()
            self.post_message(self.Chosen(self.selected, again=again))

    def reveal(self) -> None:
        """Bring the selected row into view, and draw what has become of the rows."""
        at = self.view.at
        if at is not None:
            self._lines.top = min(max(self._lines.top, at - self.room + 1), at)
        self._lines.forget()
        self._settle()
        self.refresh()

    def _settle(self) -> None:
        lines = self._lines
        self._changed.clear()
        lines.room = self.room
        lines.top = max(0, min(lines.top, len(self.view.rows) - lines.room))
        self._offset = (self.view.at or 0) - lines.top
        key = keys_on(self.app).first("limits")
        lines.see(self.now, self.size.width, self._screen_size.width, self.signs, key)
        self._draw_frame()

    # --- what is shown -------------------------------------------------------------------------

    def show(self, state: WatchState, now: float) -> None:
        """Draw `state` at the moment `now`: the lines that look otherwise than they did."""
        view, self.now = self.view, now
        was_seen, rows = 0 <= self._offset < self.room, view.rows
        view.show(state, self.explained())
        if view.rows is not rows:
            self._lines.forget()
            self._in_clear = in_clear_words(view.knowledge.in_order())
        if was_seen and view.at is not None:
            self._lines.top = view.at - self._offset
        self._settle()
        lines = {y: self._line(y) for y in range(self.size.height)}
        self._changed = {y: line for y, line in lines.items() if line != self._rendered.get(y)}
        if self._changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in self._changed))

    def fit(self, screen: Size) -> None:
        """As many rows as are needed, up to a third of the screen; no frame where that is low."""
        self._screen_size, zoomed = screen, self.has_class("-zoom")
        self.compact = screen.width < 100 and screen.height < 28 and not zoomed
        self.set_class(self.compact, "-compact")
        rows, grouped = len(self.view.rows), self.view.is_grouped
        if self.compact:
            most = max(3, screen.height // 2 - 3) if self.has_focus else 3
            height = self._title_lines + max(1, min(rows, most))
        else:
            most = max(4, screen.height // 3)
            height = 3 + max(1, min(rows, most), min(_LEAST_GROUPED, most) if grouped else 0)
        self.styles.height = "1fr" if zoomed else height

    @property
    def _title_lines(self) -> int:
        """Where there is no frame, and more to say than of one session."""
        return int(self.compact and (len(self.view.state.sessions) > 1 or bool(self.heading)))

    @property
    def _lines_above(self) -> int:
        return self._title_lines if self.compact else 1

    @property
    def room(self) -> int:
        """How many rows are in view."""
        return max(1, self.size.height - self._lines_above)

    def entitle(self, heading: str) -> None:
        """Say in the frame that they are held."""
        self.heading = heading
        self._draw_frame()

    def _draw_frame(self) -> None:
        hidden = (self._lines.top, self.room) if len(self.view.rows) > self.room else None
        frame = frame_of(self.view, self.heading, self.filter_text, self._in_clear, hidden)
        width = max(0, self.size.width - 2)
        if (frame, width) != (self._frame, self._framed):
            self._frame, self._framed = frame, width
            self.border_title = Text(self.signs.text(frame.title_in(width)))
            self.border_subtitle = Text(self.signs.text(frame.subtitle_in(width)))

    # --- drawing -------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        line = self._rendered[y] = self._changed.pop(y, ()) or self._line(y)
        at = self.view.at
        is_selected = at is not None and y == at - self._lines.top + self._lines_above
        segments = [Segment(text, self._style(look, selected=is_selected)) for text, look in line]
        rest = self._style("live", selected=is_selected)
        return Strip(segments).adjust_cell_length(self.size.width, rest)

    def _style(self, look: str, *, selected: bool) -> Style:
        name = f"sessions--{look}"
        rules = self.get_component_styles(name)  # others where the theme is another
        known = self._styles.get((look, selected))
        if known is None or known[0] is not rules:
            style = self.get_component_rich_style(name)
            if selected:
                style += self.get_component_rich_style("sessions--selected")
            known = self._styles[look, selected] = rules, style
        return known[1]

    def _line(self, y: int) -> Sequence[Cell]:
        if y < self._lines_above:
            return self._lines.first(self._frame if self.compact else None, self.has_focus)
        rows, place = self.view.rows, y - self._lines_above + self._lines.top
        if place < len(rows):
            return self._lines.row(place)
        return [(self._nothing() if y == self._lines_above and not rows else "", "head")]

    def _nothing(self) -> str:
        is_filtered = bool(self.view.wanted.terms and self.view.state.sessions)
        return f"  {nothing_words(keys_on(self.app), self.nothing, is_filtered=is_filtered)}"

    def on_resize(self) -> None:
        self.reveal()

    # --- mouse ---------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        view, place = self.view, at.y - self._lines_above + self._lines.top
        if at.y < self._lines_above:
            self._sort_at(at.x)
        elif place < len(view.rows):
            self._choose(place, again=view.rows[place].key == view.selected)

    def _sort_at(self, x: int) -> None:
        view, column = self.view, self._lines.layout.column_at(x)
        if not self.compact and not view.is_grouped and column is not None:
            same = column is view.column
            view.sort_by(column, descending=same and not view.descending)
            self.reveal()

    def on_mouse_scroll_down(self) -> None:
        self._scroll(_WHEEL)

    def on_mouse_scroll_up(self) -> None:
        self._scroll(-_WHEEL)

    def _scroll(self, by: int) -> None:
        self._lines.top += by
        self._settle()
        self.refresh()
