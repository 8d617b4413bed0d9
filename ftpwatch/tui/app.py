"""The application: themes, keys that work everywhere, the Live screen, and a clean end."""

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.driver import Driver
from textual.filter import Monochrome
from textual.screen import Screen

from ftpwatch.tui.inputs import Look, Sources
from ftpwatch.tui.keys import APP_KEYS, LIVE_KEYS
from ftpwatch.tui.screens.live import LiveScreen
from ftpwatch.tui.signs import ASCII, UNICODE
from ftpwatch.tui.themes import DEFAULT_THEME, THEMES

if TYPE_CHECKING:
    from ftpwatch.tui.driver import Terminal

__all__ = ["FtpWatchApp"]


class FtpWatchApp(App[None]):
    """`leave(why, interrupted=...)` ends the watch; whoever runs it calls `exit` afterwards.
    `failed` hears of errors of ours, which cost what they struck; without it they end the app.
    `open_terminal` makes what a LastingDriver draws on.
    """

    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*APP_KEYS]
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        sources: Sources,
        leave: Callable[..., None],
        look: Look,
        failed: Callable[[Exception], None] | None = None,
        open_terminal: "Callable[..., Terminal] | None" = None,
    ) -> None:
        super().__init__(driver_class=_driver() if open_terminal is not None else None)
        self.open_terminal = open_terminal
        self._leave, self._look, self._failed = leave, look, failed
        self._words: str | None = look.notice
        self.title = look.title
        self.set_class(look.ascii_only, "-ascii")
        self.live = LiveScreen(sources, ASCII if look.ascii_only else UNICODE, look)
        if look.colourless:
            self._filters.append(Monochrome())
        sources.watch.subscribe(self.live.receive)

    def on_mount(self) -> None:
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = THEMES.get(self._look.theme or "", THEMES[DEFAULT_THEME]).name
        self.push_screen(self.live)
        self.call_after_refresh(self._say_first_words)

    def tell(self, words: str) -> None:
        """A line that guides the user."""
        self._words = words
        if self.live.is_mounted:
            self.live.tell(words)

    def point_at(self, session: str) -> None:
        """What is told now is about `session`."""
        if self.live.is_mounted:
            self.live.point_at(session)

    def begin_part(self) -> None:
        """Another part of a story begins."""
        if self.live.is_mounted:
            self.live.begin_part()

    def action_leave(self, interrupted: bool) -> None:
        """QUIT to all, then the end; a second time, at once."""
        self.live.say_leaving()
        self._leave("the user left", interrupted=interrupted)

    def terminal_is_gone(self) -> None:
        """Nobody sees it any more."""
        self._leave("the terminal is gone")

    def _handle_exception(self, error: Exception) -> None:
        """Textual's own end of the app, for what strikes before there is a screen."""
        if self._failed is None or not self.live.is_mounted:
            super()._handle_exception(error)
        else:
            self._failed(error)

    def warn(self, words: str) -> None:
        """Something went wrong with us: over the screen, until it is read."""
        if self.live.is_mounted:
            self.live.notify(words, markup=False, severity="warning", timeout=10)

    def action_next_theme(self) -> None:
        names = [theme.name for theme in THEMES.values()]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every key is in the palette too."""
        for key in (*LIVE_KEYS, *APP_KEYS):
            action = key.action
            keys = key.key_display or key.key
            yield SystemCommand(
                key.description, f"key: {keys}", lambda action=action: self._run(action)
            )

    def _run(self, action: str) -> None:
        namespace = self.live if hasattr(self.live, f"action_{action.split('(')[0]}") else self
        self.call_later(self.run_action, action, namespace)

    def _say_first_words(self) -> None:
        if self._words:
            self.live.tell(self._words)


def _driver() -> type[Driver] | None:
    """None for Textual's choice, where there are no POSIX terminals."""
    if sys.platform == "win32":
        return None
    from ftpwatch.tui.driver import LastingDriver

    return LastingDriver
