"""Help: the keys and signs of the pane that has the focus, then all others."""

from typing import ClassVar, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from ftpwatch.tui.actions import LIVE_PANES, Pane
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import KeyLine, bindings_of, keys_on

__all__ = ["Help"]

_SIGNS: Final = {
    Pane.SESSIONS: """\
● connected   ◌ on its way   ○ waits to reconnect   ✗ closed   ◐ a reply is overdue
IDLE / LIMIT: how long the clock runs that strikes next, and where it strikes. ╷ in its bar is the
next keep-alive: right of the end it comes too late.
VERDICT says whether the keep-alive holds: … not yet known
✓ holding: it outlived the limit   ✗ no help: closed by a limit it does not reset
✗ too slow   ! refused by the server
Keys act on the selected session, named in the frame; on those marked (*), or on a whole group,
once they are asked about.""",
    Pane.DIALOGUE: """\
▲ sent   ▼ 2xx   ◆ 1xx and 3xx   ! 4xx   ✗ 5xx or a close   ∙ keep-alive and its answer
A move up stops following; the end follows again.""",
    Pane.ENDS: """\
✗ nobody here wanted it   ▸ ends of one host that are one event   ▾ unfolded
LIVED is how long the connection stood. Inside an incident those with a rare cause come first.""",
}
_ASCII: Final = str.maketrans("●◌○✗◐▲▼◆∙↑↓←→…✓▸▾╷", "o-.x?><*.^v<>~+>v|")
_WIDE: Final = 100
_KEYS_WIDTH: Final = 7
_WHERE: Final = "These keys work whichever pane has the focus.\n"


@fenced
class Help(ModalScreen[None]):
    """The keys of `pane` first, then all that work on its screen."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Pane.HELP)

    def __init__(self, pane: Pane | None, *, ascii_only: bool) -> None:
        super().__init__()
        self._pane, self._ascii = pane, ascii_only

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog help"):
            yield Static(id="help-text")

    def on_resize(self) -> None:
        own = [] if self._pane is None else [self._pane]
        on_live = self._pane is None or self._pane in LIVE_PANES
        own += [Pane.LIST] if self._pane is Pane.SESSIONS else []
        others = [Pane.LIVE, Pane.APP, *LIVE_PANES, Pane.LIST] if on_live else [Pane.APP]
        panes = dict.fromkeys([*own, *others])
        parts = [part for pane in panes for part in self._section(pane)]
        where = [Text(_WHERE)] if on_live else []
        self.query_one("#help-text", Static).update(Group(*where, *parts))

    def _section(self, pane: Pane) -> list[RenderableType]:
        parts: list[RenderableType] = [
            Text(pane.upper(), "bold"),
            self._keys(keys_on(self.app).lines(pane)),
        ]
        if pane in _SIGNS:
            parts.append(self._text(_SIGNS[pane]))
        return [*parts, Text("")]

    def _keys(self, lines: list[KeyLine]) -> Table:
        """Two beside one another where there is room."""
        beside = 2 if self.size.width >= _WIDE else 1
        table = Table.grid(padding=(0, 1), expand=True)
        for _ in range(beside):
            table.add_column(min_width=_KEYS_WIDTH, no_wrap=True)
            table.add_column(ratio=1)
        height = -(-len(lines) // beside)
        for row in range(height):
            cells = [(" ".join(line.keys), line.text) for line in lines[row::height]]
            table.add_row(*(self._text(cell) for pair in cells for cell in pair))
        return table

    def _text(self, text: str) -> Text:
        return Text(text.translate(_ASCII) if self._ascii else text)
