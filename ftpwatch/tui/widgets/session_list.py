"""The sessions: state, idle time, keep-alive countdown, RTT. Every width shows what fits."""

from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import SessionState, WatchState
from ftpwatch.core.text.neutral import shortened, visible
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.signs import UNICODE, Signs
from ftpwatch.tui.widgets.session_row import SessionRows, width_of_names

__all__ = ["SessionList"]


@fenced
class SessionList(Widget, can_focus=True):
    """Draws the rows that are visible; the selected one stays in view."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "sessions--head", "sessions--live", "sessions--opening", "sessions--closed",
        "sessions--silent", "sessions--selected",
    }  # fmt: skip

    class Selected(Message):
        """The user chose a session."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    state = WatchState()
    now = 0.0
    signs: Signs = UNICODE
    compact = False

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.selected: str | None = None
        self._top = 0
        self._name_width = 4

    # --- selection -----------------------------------------------------------------------------

    def names(self) -> list[str]:
        """All sessions in the order shown."""
        return [session.name for session in self.state.in_order()]

    def select(self, name: str | None) -> None:
        """Make `name` the selected session."""
        self.selected = name
        if name is not None and not self.compact:
            row = self.names().index(name)
            room = max(1, self.size.height - 1)
            self._top = min(max(self._top, row - room + 1), row)
        self.refresh()

    def move(self, by: int) -> None:
        """Select the session `by` rows further."""
        names = self.names()
        if names:
            at = names.index(self.selected) if self.selected in names else 0
            self.select(names[max(0, min(len(names) - 1, at + by))])
            self.post_message(self.Selected(self.selected or ""))

    def show(self, state: WatchState, now: float) -> None:
        """Draw `state` at the moment `now`."""
        self.state, self.now = state, now
        self._name_width = width_of_names(state, self.size.width)
        told = [words for words in (_in_clear(state), self._hidden_words()) if words]
        self.border_subtitle = Text(self.signs.text(" - ".join(told)))
        if self.selected not in state.sessions:
            self.selected = next(iter(self.names()), None)
        self.refresh()

    def fit(self, screen: Size) -> None:
        """As many rows as the sessions need, up to a third of the screen; items where it is low."""
        self.compact = screen.width < 100 and screen.height < 28
        self.set_class(self.compact, "-compact")
        if self.compact:
            self.styles.height = min(self.compact_rows(screen.width), 3)
        else:
            count = len(self.state.sessions)
            self.styles.height = 3 + min(max(3, count), max(4, screen.height // 3))

    def on_click(self, event: events.Click) -> None:
        names, at = self.names(), event.get_content_offset(self)
        row = -1 if at is None else at.y + self._top - 1
        if not self.compact and 0 <= row < len(names):
            self.select(names[row])
            self.post_message(self.Selected(names[row]))

    def on_mouse_scroll_down(self) -> None:
        self._top = min(self._top + 1, max(0, len(self.state.sessions) - 1))
        self.refresh()

    def on_mouse_scroll_up(self) -> None:
        self._top = max(0, self._top - 1)
        self.refresh()

    # --- drawing -------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        if self.compact:
            return self._compact_line(y)
        sessions = self.state.in_order()
        if y == 0:
            return self._strip(self._rows().head(), self._style("head"))
        row = y - 1 + self._top
        if row >= len(sessions):
            return self._strip(self._empty(y) if not sessions else "", self._style("head"))
        session = sessions[row]
        style = self._style(_looks(session))
        if session.name == self.selected:
            style += self._style("selected")
        return self._strip(self._rows().row(session), style)

    def _rows(self) -> SessionRows:
        return SessionRows(
            self.state, self.now, self.size.width, self.signs, self.selected, self._name_width
        )

    def _empty(self, y: int) -> str:
        return "  no session yet: press a to add one, e.g. ftp://ftp.example.com" if y == 2 else ""

    def compact_rows(self, width: int) -> int:
        """How many rows the items need in `width` columns."""
        each = max(1, width // self._item_width())
        return max(1, -(-len(self.state.sessions) // each))

    def _hidden_words(self) -> str:
        """How many sessions there are, where not all have room."""
        count, rows = len(self.state.sessions), max(0, self.size.height - 1)
        if self.compact or count <= rows:
            return ""
        return f"{self._top + 1}-{min(count, self._top + rows)} of {count}"

    def _compact_line(self, y: int) -> Strip:
        """Sessions as items, several a line, from the line that holds the selected one."""
        width = self._item_width()
        each = max(1, self.size.width // width)
        names = self.names()
        at = names.index(self.selected) // each if self.selected in names else 0
        line = y + max(0, at - self.size.height + 1)
        segments = []
        for session in self.state.in_order()[line * each : (line + 1) * each]:
            style = self._style(_looks(session))
            if session.name == self.selected:
                style += self._style("selected")
            segments.append(Segment(set_cell_size(self._rows().item(session), width), style))
        strip = Strip(segments).adjust_cell_length(self.size.width, self.rich_style)
        hidden = len(names) - each * self.size.height
        if hidden <= 0 or y != self.size.height - 1:
            return strip
        told = f" {hidden} more: [ ]"
        return Strip(
            [*strip.crop(0, self.size.width - len(told)), Segment(told, self._style("head"))]
        )

    def _item_width(self) -> int:
        items = map(self._rows().item, self.state.sessions.values())
        return max(map(cell_len, items), default=1) + 2

    def _strip(self, line: str, style: Style) -> Strip:
        return Strip([Segment(line, style)]).adjust_cell_length(self.size.width, style)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"sessions--{name}")


def _looks(session: SessionState) -> str:
    if session.silent:
        return "silent"
    match session.phase:
        case Phase.READY | Phase.TRANSFER:
            return "live"
        case Phase.CLOSED | Phase.WAITING:
            return "closed"
        case _:
            return "opening"


def _in_clear(state: WatchState) -> str:
    """Which sessions sent their password in clear to another machine."""
    names = [
        visible(session.name)
        for session in state.in_order()
        if session.target.is_in_clear
        and session.connection is not None
        and session.connection.tls is None
        and "PASS" in session.connection.sent_at
    ]
    return f"password in clear: {shortened(', '.join(names), 40)}" if names else ""
