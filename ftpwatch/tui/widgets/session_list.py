"""The sessions: state, idle time, keep-alive countdown, RTT. Every width shows what fits."""

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import SessionState, WatchState
from ftpwatch.core.text.neutral import shortened, visible
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import keys_on
from ftpwatch.tui.signs import UNICODE, Signs
from ftpwatch.tui.widgets.session_row import SessionRows, width_of_names

__all__ = ["SessionList"]

_MEASURED: Final = 100
# Pieces of a line, each with the names of its looks.
_Line = tuple[tuple[str, tuple[str, ...]], ...]


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
    nothing = ""  # what stands where there is no session, in place of how to add one

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.selected: str | None = None
        self._top = 0
        self._name_width = 4
        self._subtitle = self._clear_words = ""
        self._order: list[SessionState] = []
        self._ordered_from: object = None
        self._rendered: dict[int, _Line] = {}

    # --- selection -----------------------------------------------------------------------------

    def names(self) -> list[str]:
        """All sessions in the order shown."""
        return [session.name for session in self._sessions()]

    def _sessions(self) -> list[SessionState]:
        """In their order, which is found anew only where the state has other sessions."""
        if self._ordered_from is not self.state.sessions:
            self._ordered_from = self.state.sessions
            self._order = self.state.in_order()
        return self._order

    def select(self, name: str | None) -> None:
        """Make `name` the selected session."""
        self.selected = name
        if name is not None and not self.compact:
            row = self.names().index(name)
            room = max(1, self.size.height - 1)
            self._top = min(max(self._top, row - room + 1), row)
        self.refresh()

    def select_if_shown(self, name: str) -> None:
        """Make `name` the selected session where it is one that is shown."""
        if name in self.state.sessions:
            self.select(name)

    def move(self, by: int) -> None:
        """Select the session `by` rows further."""
        names = self.names()
        if names:
            at = names.index(self.selected) if self.selected in names else 0
            self.select(names[max(0, min(len(names) - 1, at + by))])
            self.post_message(self.Selected(self.selected or ""))

    def show(self, state: WatchState, now: float) -> None:
        """Draw `state` at the moment `now`: the lines that look otherwise than they did."""
        same = state.sessions is self.state.sessions
        self.state, self.now = state, now
        if not same:
            self._clear_words = _in_clear(self._sessions())
        self._name_width = width_of_names(state, self.size.width)
        subtitle = " - ".join(filter(None, (self._clear_words, self._hidden_words())))
        if subtitle != self._subtitle:
            self._subtitle = subtitle
            self.border_subtitle = Text(self.signs.text(subtitle))
        if self.selected not in state.sessions:
            self.selected = next(iter(self.names()), None)
        width = self.size.width
        changed = [y for y in range(self.size.height) if self._line(y) != self._rendered.get(y)]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

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
        line = self._rendered[y] = self._line(y)
        segments = [Segment(text, self._style_of(looks)) for text, looks in line]
        rest = segments[-1].style if segments else self.rich_style
        return Strip(segments).adjust_cell_length(self.size.width, rest)

    def _style_of(self, looks: tuple[str, ...]) -> Style:
        return Style.combine(self.get_component_rich_style(f"sessions--{name}") for name in looks)

    def _line(self, y: int) -> _Line:
        if self.compact:
            return self._compact_line(y)
        sessions = self._sessions()
        if y == 0:
            return ((self._rows().head(), ("head",)),)
        row = y - 1 + self._top
        if row >= len(sessions):
            return ((self._empty(y) if not sessions else "", ("head",)),)
        return ((self._rows().row(sessions[row]), self._looks(sessions[row])),)

    def _looks(self, session: SessionState) -> tuple[str, ...]:
        looks = _looks(session)
        return (looks, "selected") if session.name == self.selected else (looks,)

    def _rows(self) -> SessionRows:
        return SessionRows(
            state=self.state,
            now=self.now,
            width=self.size.width,
            signs=self.signs,
            selected=self.selected,
            name_width=self._name_width,
        )

    def _empty(self, y: int) -> str:
        key = keys_on(self.app).first("add")
        first = f"no session yet: press {key} to add one, e.g. ftp://ftp.example.com"
        return f"  {self.nothing or first}" if y == 2 else ""

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

    def _compact_line(self, y: int) -> _Line:
        """Sessions as items, several a line, from the line that holds the selected one."""
        width = self._item_width()
        each = max(1, self.size.width // width)
        names = self.names()
        at = names.index(self.selected) // each if self.selected in names else 0
        line = y + max(0, at - self.size.height + 1)
        items = [
            (set_cell_size(self._rows().item(session), width), self._looks(session))
            for session in self._sessions()[line * each : (line + 1) * each]
        ]
        hidden = len(names) - each * self.size.height
        if hidden <= 0 or y != self.size.height - 1:
            return tuple(items)
        first = keys_on(self.app).first
        rest = f" {hidden} more: {first('session.previous')} {first('session.next')}"
        room = self.size.width - len(rest)
        text, looks = items.pop() if items else ("", ("head",))
        left = max(0, room - width * len(items))
        return (*items, (set_cell_size(text, left), looks), (rest, ("head",)))

    def _item_width(self) -> int:
        items = map(self._rows().item, self._sessions()[:_MEASURED])
        return max(map(cell_len, items), default=1) + 2


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


def _in_clear(sessions: Sequence[SessionState]) -> str:
    """Which sessions sent their password in clear to another machine."""
    names = [
        visible(session.name)
        for session in sessions
        if session.target.is_in_clear
        and session.connection is not None
        and session.connection.tls is None
        and "PASS" in session.connection.sent_at
    ]
    return f"password in clear: {shortened(', '.join(names), 40)}" if names else ""
