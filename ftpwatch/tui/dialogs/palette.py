"""The palette: Textual's, with our commands in the order of help, and no sign two columns wide."""

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider, SearchIcon

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


class Palette(CommandPalette):
    """Opened over a screen."""

    def __init__(self) -> None:
        super().__init__(placeholder="Search for commands", id="--command-palette")

    def on_mount(self) -> None:
        self.query_one(SearchIcon).icon = ">"
