"""The Compare screen (4): what a server promised and what it did; two codes side by side."""

from functools import partial
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.text.neutral import visible
from ftpwatch.tui.actions import Pane
from ftpwatch.tui.dialogs.ask import Ask
from ftpwatch.tui.dialogs.help import Help
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import bindings_of
from ftpwatch.tui.signs import Signs
from ftpwatch.tui.widgets.blocks_view import BlocksView
from ftpwatch.tui.widgets.compare_text import HostPromises, clock_rows, compare_lines
from ftpwatch.tui.widgets.guide import KeyBar

__all__ = ["CompareScreen"]


@fenced
class CompareScreen(Screen[None]):
    """Reads the Watch when it opens, and again twice a second."""

    PANES: ClassVar[tuple[Pane, ...]] = (Pane.COMPARE,)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(*PANES)

    def __init__(self, watch: Watch, signs: Signs, codes: tuple[int, int] = (220, 421)) -> None:
        super().__init__()
        self._watch, self._signs, self._codes = watch, signs, codes

    def compose(self) -> ComposeResult:
        yield BlocksView(id="compare")
        yield KeyBar(*self.PANES)

    def on_mount(self) -> None:
        view = self._view
        view.signs = self._signs
        # Text objects: a plain string would be parsed as markup.
        title = "Compare · promised and observed, codes side by side"
        view.border_title = Text(self._signs.text(title))
        view.border_subtitle = Text(self.app.title)
        view.focus()
        self._draw()
        self.set_interval(0.5, self._draw)

    @property
    def _view(self) -> BlocksView:
        return self.query_one(BlocksView)

    def action_help(self) -> None:
        self.app.push_screen(Help(Pane.COMPARE, ascii_only=self._signs.ascii_only))

    def action_scroll(self, by: int) -> None:
        self._view.scroll_relative(y=by, animate=False)

    def action_codes(self) -> None:
        now = f"{self._codes[0]:03d} {self._codes[1]:03d}"
        self.app.push_screen(Ask("Which two codes?", now), self._choose)

    def _choose(self, text: str | None) -> None:
        codes = (text or "").split()
        if len(codes) == 2 and all(_is_code(code) for code in codes):
            self._codes = (int(codes[0]), int(codes[1]))
            self._draw()
        elif text is not None:
            problem = f"{visible(text)!r} are not two reply codes; write 220 421"
            self.notify(problem, markup=False)

    def _draw(self) -> None:
        both = self._watch.compare(*self._codes)
        self._view.show(partial(compare_lines, self._hosts(), both))

    def _hosts(self) -> list[HostPromises]:
        """Those of which a limit is known, or whose server is."""
        hosts = []
        for (host, port), facts in self._watch.state.hosts.items():
            if rows := clock_rows(facts, self._watch.clocks(facts.said)):
                hosts.append(HostPromises(f"{host}:{port}", self._watch.server(facts.said), rows))
        return hosts


def _is_code(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) == 3
