"""The sessions: state, idle time, keep-alive countdown, RTT. Every width shows what fits."""

from collections.abc import Callable
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

from ftpwatch.core.keep_alive import session_due_at
from ftpwatch.core.neutral import shortened, visible
from ftpwatch.core.phases import Phase
from ftpwatch.core.phrasing import length
from ftpwatch.core.policy import AUTO
from ftpwatch.core.state import SessionState, WatchState
from ftpwatch.core.verdict import Judged
from ftpwatch.tui.signs import UNICODE, Signs, bar, sparkline

__all__ = ["SessionList"]

_SPARK_WIDTH = 10
_BAR_WIDTH = 5
_STRIKING = ("idle", "no_transfer", "session", "path")


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
    verdict_of: Callable[[str], Judged | None]

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.verdict_of = lambda _: None
        self.selected: str | None = None
        self._top = 0

    # --- selection -----------------------------------------------------------------------------

    def names(self) -> list[str]:
        """All sessions in the order shown."""
        return list(self.state.sessions)

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
        self.border_subtitle = Text(self.signs.text(_in_clear(state)))
        if self.selected not in state.sessions:
            self.selected = next(iter(state.sessions), None)
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
        sessions = list(self.state.sessions.values())
        if y == 0:
            return self._strip(self._head(), self._style("head"))
        row = y - 1 + self._top
        if row >= len(sessions):
            return self._strip(self._empty(y) if not sessions else "", self._style("head"))
        session = sessions[row]
        style = self._style(_looks(session))
        if session.name == self.selected:
            style += self._style("selected")
        return self._strip(self._row(session), style)

    def _empty(self, y: int) -> str:
        return "  no session yet: press a to add one, e.g. ftp://ftp.example.com" if y == 2 else ""

    def _head(self) -> str:
        name = self._name_width()
        line = f"  {'NAME':<{name}} {'STATE':<12} {'IDLE':>5} {'LIMIT':>5}  "
        return line + self._columns(
            f"{'KEEP-ALIVE':<{self._keep_alive_width()}}", "VERDICT", "RTT ms", "", "LAST REPLY"
        )

    def _columns(self, keep_alive: str, verdict: str, rtt: str, spark: str, reply: str) -> str:
        """What stands right of the limit, as much as there is room for."""
        line = keep_alive
        room = self.size.width - 29 - self._name_width()
        columns = (f" {verdict:<10}", f" {rtt:>6}", f" {spark:<{_SPARK_WIDTH}}", f" {reply}")
        needs = (11, 7, _SPARK_WIDTH + 1, 15)
        for column, need in zip(columns, needs, strict=True):
            if cell_len(line) + need > room:
                break
            line += column
        return line

    def _is_tight(self) -> bool:
        """There is no room for a column of verdicts: their sign goes before the keep-alive."""
        return self.size.width - 29 - self._name_width() < self._keep_alive_width() + 11

    def _keep_alive_width(self) -> int:
        """Room for command, interval and bar."""
        return 15 if self.size.width < 84 else 22

    def _row(self, session: SessionState) -> str:
        signs, name = self.signs, self._name_width()
        cursor = signs.cursor if session.name == self.selected else " "
        shown = set_cell_size(self.signs.text(shortened(visible(session.name), name)), name)
        line = f"{cursor} {shown} {self._state(session):<12} {self._idle(session):>5} "
        line += f"{self._limit(session):>5}  "
        facts = session.connection
        rtts = facts.rtts if facts else ()
        last = f"{rtts[-1] * 1000:.0f}" if rtts and rtts[-1] is not None else "–"
        width = self._keep_alive_width()
        sign = self._verdict(session)[:1] if self._is_tight() else ""
        keeping = self._keep_alive(session, width - 2 * bool(sign))
        keeping = set_cell_size(f"{sign} {keeping}" if sign else keeping, width)
        spark = sparkline(rtts, _SPARK_WIDTH, signs)
        columns = (keeping, self._verdict(session), signs.text(last), spark, self._said(session))
        return line + self._columns(*columns)

    def _verdict(self, session: SessionState) -> str:
        if session.target.twin:
            return "twin"
        judged = self.verdict_of(session.name)
        return "" if judged is None else self.signs.text(judged.short(self.now))

    def _said(self, session: SessionState) -> str:
        said = session.connection.last_reply if session.connection is not None else None
        if said is None:
            return ""
        first = next((text for text in said.lines if text.strip()), "")
        return f"{said.code:03d} {self.signs.text(visible(first))}"

    def _name_width(self) -> int:
        longest = max((len(name) for name in self.state.sessions), default=4)
        return max(4, min(longest, 12 if self.size.width < 68 else 20))

    def _state(self, session: SessionState) -> str:
        if session.silent:
            return f"{self.signs.silent} silent"
        return f"{self.signs.phases[session.phase]} {session.phase}"

    def _idle(self, session: SessionState) -> str:
        facts = session.connection
        if facts is None or facts.closure or facts.last_command_at is None:
            return "-"
        return length((self.now - facts.last_command_at) // 1)

    def _limit(self, session: SessionState) -> str:
        """The limit of its host that strikes first, as far as it is known."""
        host = self.state.host_of(session)
        known = [limit for clock in _STRIKING if (limit := host.limit(clock)) is not None]
        shortest = min((limit.limit_seconds for limit in known), default=None)
        return "?" if shortest is None else length(shortest)

    def _keep_alive(self, session: SessionState, width: int) -> str:
        if session.phase is Phase.WAITING and session.retry is not None:
            return f"again in {length(max(0.0, session.retry.due_at - self.now) // 1)}"
        interval = session.target.keep_alive_seconds
        if interval is None:
            return "off"
        auto = "auto " if session.auto and session.target.keep_alive_command != AUTO else ""
        words = f"{auto}{session.target.keep_alive_command} {length(interval)}"
        due = session_due_at(session)
        if due is None or len(words) + _BAR_WIDTH + 3 > width:
            return self.signs.text(shortened(words, width))
        return f"{words} {bar((due - self.now) / interval, _BAR_WIDTH, self.signs)}"

    def compact_rows(self, width: int) -> int:
        """How many rows the items need in `width` columns."""
        each = max(1, width // self._item_width())
        return max(1, -(-len(self.state.sessions) // each))

    def _compact_line(self, y: int) -> Strip:
        """Sessions as items, several a line, from the line that holds the selected one."""
        width = self._item_width()
        each = max(1, self.size.width // width)
        names = self.names()
        at = names.index(self.selected) // each if self.selected in names else 0
        line = y + max(0, at - self.size.height + 1)
        segments = []
        for session in list(self.state.sessions.values())[line * each : (line + 1) * each]:
            style = self._style(_looks(session))
            if session.name == self.selected:
                style += self._style("selected")
            segments.append(Segment(set_cell_size(self._item(session), width), style))
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def _item_width(self) -> int:
        items = map(self._item, self.state.sessions.values())
        return max(map(cell_len, items), default=1) + 2

    def _item(self, session: SessionState) -> str:
        cursor = self.signs.cursor if session.name == self.selected else " "
        name = self.signs.text(shortened(visible(session.name), 14))
        idle = self._idle(session)
        verdict = self._verdict(session)
        return f"{cursor}{self._state(session)} {name} {'' if idle == '-' else idle} {verdict}"

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
        for session in state.sessions.values()
        if session.target.is_in_clear
        and session.connection is not None
        and session.connection.tls is None
        and "PASS" in session.connection.sent_at
    ]
    return f"password in clear: {shortened(', '.join(names), 40)}" if names else ""
