"""Blocks of lines that scroll: drawn anew where what is shown, its size or the theme changed."""

from collections.abc import Callable
from typing import ClassVar

from rich.style import Style
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.theme import Theme
from textual.widgets import Static

from ftpwatch.tui.fence import fenced
from ftpwatch.tui.signs import UNICODE, Signs
from ftpwatch.tui.widgets.blocks import Line, Room, assembled

__all__ = ["BlocksView"]


def _nothing(_: Room) -> list[Line]:
    return []


@fenced
class BlocksView(VerticalScroll):
    """Shows the lines that the last `show` makes for the room that there is."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"blocks--{name}" for name in ("heading", "label", "cause", "calm", "below")
    }
    signs: Signs = UNICODE

    def __init__(self, id: str) -> None:
        super().__init__(id=id, classes="blocks")
        self._make: Callable[[Room], list[Line]] = _nothing
        self._about: object = None
        self._lines: list[Line] = []

    def compose(self) -> ComposeResult:
        yield Static(classes="blocks-text")

    @property
    def text(self) -> str:
        """What is shown, as lines of text."""
        lines = ("".join(words for _, words in line).rstrip() for line in self._lines)
        return "\n".join(lines)

    def show(self, make: Callable[[Room], list[Line]], about: object = None) -> None:
        """What `make` makes; from its top where it is `about` something else than before."""
        other, self._about = about != self._about, about
        self._make = make
        self._draw()
        if other:
            self.scroll_home(animate=False)

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._take_colours)
        self._draw(anew=True)

    def _take_colours(self, _: Theme) -> None:
        """What is drawn holds the colours of the theme that was."""
        self._draw(anew=True)

    def on_resize(self) -> None:
        self._draw(anew=True)

    def _draw(self, *, anew: bool = False) -> None:
        if not self.is_mounted:
            return
        region = self.scrollable_content_region
        if not region.width:
            return
        lines = self._make(Room(region.width - 1, region.height, self.signs))
        if lines != self._lines or anew:
            self._lines = lines
            self.query_one(".blocks-text", Static).update(assembled(lines, self._style))

    def _style(self, name: str) -> Style:
        # Whole styles: a muted colour is made of what is behind it.
        return self.get_component_rich_style(f"blocks--{name}")
