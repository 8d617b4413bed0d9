"""Help: the keys of all panes in columns, the pane that has the focus marked, then a legend.

A key never stands apart from its words: words wrap in a column of their own. What is longer than
the terminal scrolls.
"""

from collections.abc import Iterable
from typing import ClassVar, Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from ftpwatch.core.text.tone import in_ascii
from ftpwatch.tui.actions import LIVE_PANES, Pane
from ftpwatch.tui.dialogs.help_words import LEGEND, NOTES, SHORT
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import KeyLine, bindings_of, keys_on

__all__ = ["Help"]

_ASCII: Final[dict[int, int | str]] = {
    **str.maketrans("●◌○✗◐▲▼◆∙↑↓←→✓▸▾⌫╷─╌┈═│┃├┤└┘", "o-.x?><*.^v<>+>v<|-:~=|#[]++"),
    ord("…"): "~ ...",  # cut, and what is awaited in a row of the dialogue
}
_THREE, _TWO = 120, 80
_FRAME: Final = 8  # columns of border, padding and scrollbar
_WIDEST: Final = 150
_MOST_KEYS: Final = 14  # columns
_WORKS: Final = "Every key works whichever pane has the focus."


@fenced
class Help(ModalScreen[None]):
    """The keys that work on the screen of `pane`, as `actions_of` has them."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Pane.HELP)

    def __init__(
        self,
        pane: Pane | None,
        *,
        ascii_only: bool,
        story: bool = True,
        seeks: bool = True,
        past: bool = False,
    ) -> None:
        super().__init__()
        self._pane, self._ascii = pane, ascii_only
        self._which = {"story": story, "seeks": seeks, "past": past}

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog help"):
            yield Static(id="help-text")

    def on_mount(self) -> None:
        box, keys = self.query_one(VerticalScroll), keys_on(self.app)
        box.border_title = "Keys, signs and words"
        box.border_subtitle = self._plain(
            f"{keys.first('help_back')} closes   "
            f"{keys.first('help_scroll.down')} {keys.first('help_scroll.up')} scroll"
        )

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def action_to_start(self) -> None:
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def action_to_end(self) -> None:
        self.query_one(VerticalScroll).scroll_end(animate=False)

    def on_resize(self) -> None:
        width = self.size.width
        beside = 3 if width >= _THREE else 2 if width >= _TWO else 1
        beside = beside if self._is_on_live else max(1, beside - 1)
        room = min(width * 95 // 100, _WIDEST) - _FRAME
        parts = [*self._intro(), self._columns(beside, room // beside - 2), Text("")]
        legend = self._legend(2 if width >= _THREE else 1)
        heading = Text("SIGNS AND WORDS", "bold")
        self.query_one("#help-text", Static).update(Group(*parts, heading, legend))

    def _intro(self) -> list[RenderableType]:
        return [Text(_WORKS), Text("")] if self._is_on_live else []

    @property
    def _is_on_live(self) -> bool:
        return self._pane is None or self._pane in LIVE_PANES

    # --- keys ----------------------------------------------------------------------------------

    def _panes(self, beside: int) -> list[Pane]:
        """In their columns always in one order; one below another, that with the focus first."""
        if not self._is_on_live:
            return [self._pane or Pane.APP, Pane.APP]
        known = [
            Pane.SESSIONS, Pane.DIALOGUE, Pane.EXPLANATION, Pane.LIST, Pane.LIVE, Pane.APP,
        ]  # fmt: skip
        own = [] if beside > 2 or self._pane is None else [self._pane]
        return list(dict.fromkeys([*own, *known]))

    def _columns(self, beside: int, width: int) -> RenderableType:
        """Each section in the column that is the shortest so far."""
        columns: list[list[RenderableType]] = [[] for _ in range(beside)]
        heights = [0] * beside
        for pane in self._panes(beside):
            lines = keys_on(self.app).lines(pane, **self._which)
            for part in self._parts(pane, lines, beside):
                shortest = heights.index(min(heights))
                columns[shortest] += self._section(pane, part, goes_on=part[-1] is not lines[-1])
                heights[shortest] += len(part) + 2 + (pane in NOTES)
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        for _ in columns:
            table.add_column(width=width)
        table.add_row(*(Group(*column) for column in columns))
        return table

    def _parts(self, pane: Pane, lines: list[KeyLine], beside: int) -> list[list[KeyLine]]:
        """What stands one below the other: of a screen of its own so much that all columns but
        one are as high.
        """
        own = max(1, beside - 1) if not self._is_on_live and pane is self._pane else 1
        height = -(-len(lines) // own)
        return [lines[at : at + height] for at in range(0, len(lines), height or 1)]

    def _section(self, pane: Pane, lines: list[KeyLine], *, goes_on: bool) -> list[RenderableType]:
        is_own = pane is self._pane
        heading = Text(pane.upper() + (" (focused)" if is_own and self._is_on_live else ""), "bold")
        keys = ((" ".join(line.keys), SHORT.get(line.id, line.text)) for line in lines)
        parts: list[RenderableType] = [heading, self._pairs(keys)]
        if pane in NOTES and not goes_on:
            parts.append(self._text(NOTES[pane]))
        return [*parts, Text("")]

    # --- legend --------------------------------------------------------------------------------

    def _legend(self, beside: int) -> RenderableType:
        height = -(-len(LEGEND) // beside)
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        for _ in range(beside):
            table.add_column(ratio=1)
        parts = [LEGEND[n * height : (n + 1) * height] for n in range(beside)]
        table.add_row(*(self._pairs(part) for part in parts))
        return Padding(table, 0)

    def _pairs(self, pairs: Iterable[tuple[str, str]]) -> Table:
        """The first of each pair in one line, many keys in several, the other beside it."""
        table = Table.grid(padding=(0, 1, 0, 0), expand=True)
        table.add_column(max_width=_MOST_KEYS)
        table.add_column(ratio=1)
        for first, second in pairs:
            table.add_row(self._text(first, "bold"), self._text(second))
        return table

    def _text(self, text: str, style: str = "") -> Text:
        return Text(self._plain(text), style)

    def _plain(self, text: str) -> str:
        return in_ascii(text.translate(_ASCII)) if self._ascii else text
