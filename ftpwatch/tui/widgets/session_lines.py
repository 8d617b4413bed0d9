"""The lines of the sessions list as pieces with looks: headings, sessions, hosts, kinds. Pure."""

from collections.abc import Sequence

from rich.cells import set_cell_size

from ftpwatch.tui.signs import UNICODE, Signs
from ftpwatch.tui.widgets.session_group_row import GroupRows
from ftpwatch.tui.widgets.session_groups import Key, ListRow
from ftpwatch.tui.widgets.session_row import Cell, SessionRows, layout_of
from ftpwatch.tui.widgets.session_view import SessionView
from ftpwatch.tui.widgets.session_words import Frame

__all__ = ["SessionLines"]

_GROUPS = " HOST, and how its sessions stand, trouble first"


class SessionLines:
    """Tell it what is shown by `see`; `top` is the place of the first row in view."""

    def __init__(self, view: SessionView) -> None:
        self._view = view
        self.top = self.room = 0
        self.now, self.width, self.signs = 0.0, 60, UNICODE
        self.layout = layout_of(60, 60, 4, self.signs)
        self._limit_key = ""
        self._groups: dict[Key, tuple[object, list[Cell]]] = {}

    def see(self, now: float, width: int, screen: int, signs: Signs, limit_key: str) -> None:
        """A moment, the widths of the pane and of the screen; `limit_key` measures limits."""
        self.now, self.width, self.signs, self._limit_key = now, width, signs, limit_key
        longest = self._view.longest + 2 * self._view.is_grouped
        self.layout = layout_of(width, screen, longest, signs)

    def first(self, frame: Frame | None, focused: bool) -> Sequence[Cell]:
        """Above the rows: what would stand in a frame, where there is none, or the headings."""
        view, width = self._view, self.width
        if frame is not None:
            text = self.signs.text(frame.line_in(width))
            return [(set_cell_size(text, width), "title" if focused else "head")]
        in_view = view.rows[self.top : self.top + self.room]
        if view.is_grouped and not any(row.session for row in in_view):
            return [(set_cell_size(_GROUPS, width), "head")]
        return [(self.layout.head(view.column, descending=view.descending), "head")]

    def row(self, place: int) -> Sequence[Cell]:
        """The row at that place."""
        view, row = self._view, self._view.rows[place]
        selected = place == view.at
        if row.session is None:
            return self._group(row, selected=selected)
        session = view.state.sessions.get(row.session.name, row.session)
        rows = SessionRows(view.state, self.now, self.layout, view.marked)
        return rows.row(session, selected=selected, depth=row.depth)

    def forget(self) -> None:
        """The rows are others."""
        self._groups.clear()

    def _group(self, row: ListRow, *, selected: bool) -> list[Cell]:
        """Drawn once a second, or as its sessions are others: it tells of all of them."""
        names = self._view.marked
        marked = bool(names) and all(session.name in names for session, _ in row.sessions)
        about = self.now // 1, selected, marked, self.width, self.signs.ascii_only
        known = self._groups.get(row.key)
        if known is None or known[0] != about:
            groups = GroupRows(
                knowledge=self._view.knowledge,
                now=self.now,
                width=self.width,
                signs=self.signs,
                host_width=self._view.host_width,
                limit_key=self._limit_key,
            )
            known = self._groups[row.key] = about, groups.row(row, selected=selected, marked=marked)
        return known[1]
