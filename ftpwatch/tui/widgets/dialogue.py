"""The dialogue: a window on the journal that draws, and holds, only what is visible.

Which rows those are, `dialogue_reading` says; here they are drawn, with a scrollbar that marks
trouble, and a mouse is heard.
"""

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip

from ftpwatch.core.journal.history import History, Row
from ftpwatch.core.text.tone import Tone
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import keys_on
from ftpwatch.tui.widgets.dialogue_page import Place
from ftpwatch.tui.widgets.dialogue_reading import DialogueReading
from ftpwatch.tui.widgets.ends_row import fitted
from ftpwatch.tui.widgets.row_text import name_width, strip_of
from ftpwatch.tui.widgets.trouble_bar import TroubleBar

__all__ = ["DialogueView"]


@fenced
class DialogueView(DialogueReading, can_focus=True):
    """Show it entries by `reach`; it asks History for the page it has."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "dialogue--head", "dialogue--selected", "dialogue--thumb", "dialogue--bar-trouble",
        "dialogue--bar-mark", "dialogue--bar-empty", *(f"dialogue--{tone}" for tone in Tone),
    }  # fmt: skip

    class Chosen(Message):
        """The user pressed enter or clicked a row."""

        def __init__(self, row: Row) -> None:
            super().__init__()
            self.row = row

    def __init__(self, history: History, id: str) -> None:
        super().__init__(history, id)
        self._bar, self._learning = TroubleBar(history), False

    def reach(self, upto: int) -> None:
        came = upto != self.upto
        super().reach(upto)
        if came:
            self._learn()

    def _learn(self) -> None:
        if self._bar.is_behind(self.upto) and not self._learning and self.is_attached:
            self._learning = True
            self.run_worker(self._learn_on(), group="troubles")

    async def _learn_on(self) -> None:
        try:
            while await self._bar.learn(self.upto) or self._bar.is_behind(self.upto):
                self.refresh()
        finally:
            self._learning = False
        self.refresh()

    # --- drawing and mouse ---------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        width = max(1, self.size.width - 1)
        return Strip.join([self._render_row(y, width), self._render_bar(y)])

    def _render_row(self, y: int, width: int) -> Strip:
        if y >= len(self.lines):
            nothing = y == 0 and self.shows.is_narrowed and not self._stale
            text = self.signs.text(self.shows.nothing(keys_on(self.app))) if nothing else ""
            style = self.get_component_rich_style("dialogue--head")
            shown = fitted(text, width, self.signs)
            return Strip([Segment(shown, style)]).adjust_cell_length(width, self.rich_style)
        line, row = self.lines[y]
        style = self.get_component_rich_style(f"dialogue--{line.tone}")
        head = self.get_component_rich_style("dialogue--head")
        if row.seq == self.selected:
            picked = self.get_component_rich_style("dialogue--selected")
            style, head = style + picked, head + picked
        names = name_width(self._longest_name, width, self.screen.size.width)
        return strip_of(line, style, head, width, names, self.signs)

    def _render_bar(self, y: int) -> Strip:
        height = max(1, self.size.height)
        is_page = len(self.lines) >= height
        sign, what = " ", ""
        if is_page or self.shows.is_narrowed:  # else all there is can be seen
            sign, what = self._bar.cell(y, height, self.upto, self.signs)
        style = self.get_component_rich_style(f"dialogue--bar-{what or 'empty'}")
        if is_page:
            last = self.lines[-1][1]
            end = last.folded.last.seq if last.folded is not None else last.seq
            seqs = self.lines[0][1].seq, end
            if self._bar.is_thumb(y, height, self.upto, seqs):
                style += self.get_component_rich_style("dialogue--thumb")
        return Strip([Segment(sign, style)])

    def on_resize(self) -> None:
        self.reload()

    async def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        if at.x >= self.size.width - 1:
            seq = self._bar.seq_at(at.y, self.size.height, self.upto)
            rows = await self._history.after(seq, 1, self.upto, self.shows.asked)
            self._begin_at(Place(rows[0].seq)) if rows else self.follow()
        elif at.y < len(self.lines):
            row = self.lines[at.y][1]
            self._stop_following()
            self.selected = row.seq
            self._lay_out()
            self.post_message(self.Chosen(row))

    async def on_mouse_scroll_up(self) -> None:
        await self.scroll_lines(-3)

    async def on_mouse_scroll_down(self) -> None:
        await self.scroll_lines(3)
