"""The Ends screen (l): every end of the watch or the recording, sorted, filtered, opened by enter.

It shows what the Live screen may show: what is frozen there, or looked back at, is so here. A
filter is applied as it is typed; what is none of it is said in its line.
"""

from collections.abc import Callable
from typing import ClassVar, Final

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Input, Static
from textual.widgets.input import Selection

from ftpwatch.core.journal.filter import EVERYTHING, Filter, FilterError, parse_filter
from ftpwatch.core.state.past_end import PastEnd
from ftpwatch.core.text.neutral import visible
from ftpwatch.tui.actions import Pane
from ftpwatch.tui.dialogs.help import Help
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import bindings_of, keys_on
from ftpwatch.tui.screens.ends_view import EndsView, ShowsEnds
from ftpwatch.tui.signs import Signs
from ftpwatch.tui.widgets.ends_order import Column
from ftpwatch.tui.widgets.ends_table import EndsTable
from ftpwatch.tui.widgets.ends_words import detail_of, title_of
from ftpwatch.tui.widgets.guide import KeyBar

__all__ = ["EndsScreen"]

_DRAW_SECONDS: Final = 0.1
_FILTERS: Final = "words  *inside*  !word  code:421,425  session:eu-*  cause:idle*  since:2h"


@fenced
class EndsScreen(Screen[PastEnd | None]):
    """Gives the end that is to be opened; None where nothing is."""

    PANES: ClassVar[tuple[Pane, ...]] = (Pane.ENDS,)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(*PANES)

    def __init__(
        self, source: ShowsEnds, view: EndsView, signs: Signs, freeze: Callable[[], None]
    ) -> None:
        super().__init__()
        self._source, self._view, self._signs, self._freeze = source, view, signs, freeze
        self._list = view.list
        self._stamp: object = None
        self._typed: str | None = None

    def compose(self) -> ComposeResult:
        yield EndsTable(self._list, self._signs)
        yield Static(id="ends-detail")
        yield Input(id="ends-filter", placeholder=_FILTERS)
        yield KeyBar(*self.PANES)

    def on_mount(self) -> None:
        self._input.display = False
        keys = self.query_one(KeyBar)
        keys.story, keys.seeks = self._source.story
        self._table.focus()
        self._show_ends()
        self._table.show_selected()
        self.set_interval(_DRAW_SECONDS, self.draw)

    @property
    def _table(self) -> EndsTable:
        return self.query_one(EndsTable)

    @property
    def _input(self) -> Input:
        return self.query_one("#ends-filter", Input)

    # --- drawing -------------------------------------------------------------------------------

    def draw(self) -> None:
        """Where the ends are others than those shown, or other ones are asked for."""
        typed, self._typed = self._typed, None
        if typed is not None:
            self._accept(typed)
        if self._source.stamp != self._stamp:
            self._show_ends()
        else:
            self._title()

    def _show_ends(self) -> None:
        self._stamp = self._source.stamp
        self._list.show(self._source.ends(), self._source.state().incidents)
        self._redraw()

    def _redraw(self) -> None:
        self._table.nothing = self._nothing()
        self._table.redraw()

    def on_ends_table_moved(self) -> None:
        self._title()
        row = self._list.selected_row
        detail = Text("") if row is None else detail_of(row, self._signs)
        self.query_one("#ends-detail", Static).update(detail)

    def on_resize(self) -> None:
        self.set_class(self.size.height < 24, "-low")

    def _nothing(self) -> str:
        if self._source.is_reading:
            return "reading the ends of before"
        if self._list.known:
            key = keys_on(self.app).first("ends_toggle_filter")
            return f"no end matches this filter; {key} shows all again"
        return "nothing has ended so far"

    def _title(self) -> None:
        ends, table, view = self._list, self._table, self._view
        off = bool(view.filter_text) and not view.filter_on
        wanted = f"off ({view.filter_text})" if off else view.filter_text or "none"
        title = title_of(ends, wanted, self._source.follows, held=self._source.is_held)
        # Text objects: a plain string would be parsed as markup.
        table.border_title = Text(self._signs.text(title))
        first, last = table.in_view
        hidden = f"{first}-{last} of {len(ends.rows)}" if len(ends.rows) > table.room else ""
        table.border_subtitle = Text(hidden)

    # --- moving --------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        self._select(self._list.at + by)

    def action_page(self, by: int) -> None:
        self._select(self._list.at + by * max(1, self._table.room - 1))

    def action_to_start(self) -> None:
        self._select(0)

    def action_to_end(self) -> None:
        self._list.to_end()
        self._table.show_selected()

    def _select(self, at: int) -> None:
        self._list.select(at)
        self._table.show_selected()

    # --- what is shown -------------------------------------------------------------------------

    def action_sort(self) -> None:
        columns = list(Column)
        following = columns[(columns.index(self._list.column) + 1) % len(columns)]
        self._sort(following, descending=False)

    def action_reverse(self) -> None:
        self._sort(self._list.column, descending=not self._list.descending)

    def _sort(self, column: Column, *, descending: bool) -> None:
        self._list.sort_by(column, descending=descending)
        self._table.redraw()
        self._table.show_selected()

    def action_unfold(self) -> None:
        self._list.toggle_fold()
        self._table.redraw()
        self._table.show_selected()

    def action_freeze(self) -> None:
        self._freeze()
        self._show_ends()

    def action_play(self, what: str) -> None:
        self._source.play(what)

    # --- filter --------------------------------------------------------------------------------

    def action_filter(self) -> None:
        self._input.display, self._input.value = True, self._view.filter_text
        self._say("")
        self._input.focus()

    def action_toggle_filter(self) -> None:
        if not self._view.filter_text:
            self.action_filter()
        else:
            self._view.filter_on = not self._view.filter_on
            self._apply()

    def on_input_changed(self, event: Input.Changed) -> None:
        """What is whole so far is applied soon: typing waits for nothing. Why it is none is told
        once it is entered.
        """
        if self._input.display:
            self._typed = event.value
            self._say("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._typed = None
        problem = self._accept(event.value)
        if problem is None:
            self._leave_filter()
        else:
            event.input.selection = Selection(problem.start, problem.end)
            self._say(self._signs.text(visible(str(problem))))

    def _say(self, problem: str) -> None:
        self._input.set_class(bool(problem), "-wrong")
        self._input.border_subtitle = Text(problem)

    def _accept(self, text: str) -> FilterError | None:
        try:
            wanted = parse_filter(text, self._source.now())
        except FilterError as error:
            return error
        self._view.filter, self._view.filter_text = wanted, text.strip()
        self._view.filter_on = bool(self._view.filter_text)
        self._apply()
        return None

    def _apply(self) -> None:
        shown: Filter = self._view.filter if self._view.filter_on else EVERYTHING
        self._list.filter_by(shown)
        self._redraw()
        self._table.show_selected()

    def _leave_filter(self) -> None:
        self._input.display = False
        self._table.focus()

    # --- leaving -------------------------------------------------------------------------------

    def on_ends_table_chosen(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        if (row := self._list.selected_row) is not None:
            self.dismiss(row.typical)

    def action_back(self) -> None:
        if self._input.display:
            self.draw()
            self._leave_filter()
        else:
            self.dismiss(None)

    def action_help(self) -> None:
        story, seeks = self._source.story
        plain = self._signs.ascii_only
        self.app.push_screen(Help(Pane.ENDS, ascii_only=plain, story=story, seeks=seeks))
