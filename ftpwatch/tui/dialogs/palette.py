"""The palette: Textual's, with our commands in the order of help, and no sign two columns wide."""

from textual.app import ComposeResult
from textual.command import (
    CommandInput,
    CommandList,
    CommandPalette,
    DiscoveryHit,
    Hit,
    Hits,
    Provider,
    SearchIcon,
)
from textual.containers import Horizontal, Vertical
from textual.style import Style
from textual.widgets import LoadingIndicator

__all__ = ["Commands", "Palette"]


class Commands(Provider):
    """What the app has as commands of a screen, in that order; words are looked for in what is
    said of them too.
    """

    async def discover(self) -> Hits:
        for title, words, run, _ in self.app.get_system_commands(self.screen):
            yield DiscoveryHit(title, run, help=words)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for title, words, run, _ in self.app.get_system_commands(self.screen):
            score = matcher.match(title)
            by_words = matcher.match(words) / 2 if query.lower() in words.lower() else 0.0
            if score > 0 or by_words > 0:
                shown = matcher.highlight(title) if score > 0 else title
                yield Hit(max(score, by_words), shown, run, help=words)


class _Commands(CommandList):
    """A command that is chosen is seen without colours too."""

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        """Textual leaves out that it is reversed."""
        style = super().get_visual_style(*component_classes, partial=partial)
        reversed_ = any(self.get_component_styles(n).text_style.reverse for n in component_classes)
        return style + Style(reverse=True) if reversed_ else style


class Palette(CommandPalette):
    """Opened over a screen."""

    def __init__(self) -> None:
        super().__init__(placeholder="Search for commands", id="--command-palette")

    def on_mount(self) -> None:
        self.query_one(SearchIcon).icon = ">"

    def compose(self) -> ComposeResult:
        """Textual's own, with our list."""
        with Vertical(id="--container"):
            with Horizontal(id="--input"):
                yield SearchIcon()
                yield CommandInput(placeholder=self._placeholder, select_on_focus=False)
            with Vertical(id="--results"):
                yield _Commands()
                yield LoadingIndicator()
