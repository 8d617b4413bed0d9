"""The application: themes, keys that work everywhere, the Live screen, and a clean end."""

import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.command import CommandPalette, Provider
from textual.driver import Driver
from textual.events import DescendantFocus, Event, Key, Paste
from textual.notifications import Notify
from textual.screen import Screen

from ftpwatch.tui.actions import Action, Pane
from ftpwatch.tui.dialogs.palette import Commands, Palette
from ftpwatch.tui.drawing import dress, is_still, keep_still
from ftpwatch.tui.inputs import Look, Sources
from ftpwatch.tui.keys import actions_of, bindings_of
from ftpwatch.tui.screens.live import LiveScreen
from ftpwatch.tui.signs import ASCII, UNICODE
from ftpwatch.tui.themes import THEMES, themes_for, why_no_other
from ftpwatch.tui.typed_ahead import TypedAhead

if TYPE_CHECKING:
    from ftpwatch.tui.driver import Terminal

__all__ = ["FtpWatchApp"]

_MOST_TOASTS = 3


class FtpWatchApp(App[None]):
    """`leave(why, interrupted=...)` ends the watch; whoever runs it calls `exit` afterwards.
    `failed` hears of errors of ours, which cost what they struck; without it they end the app.
    `open_terminal` makes what a LastingDriver draws on.
    """

    CSS_PATH = "app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Pane.APP)
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {Commands}

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
        self._sentence: str | None = look.headline.notice
        self._warnings: list[str] = []
        self.once_drawn: Callable[[], None] = lambda: None
        self.typed_ahead = TypedAhead(self, super().on_event)
        self.title, self.keys = look.headline.title, look.keys
        self.set_keymap(look.keys.changed)
        self.set_class(look.ascii_only, "-ascii")
        self.live = LiveScreen(sources, ASCII if look.ascii_only else UNICODE, look)
        dress(self, look)
        sources.watch.subscribe(self.live.receive)

    def on_mount(self) -> None:
        drawn = themes_for(self._look.colours)
        for theme in drawn:
            self.register_theme(theme)
        wanted = THEMES.get(self._look.theme or "", drawn[0])
        self.theme = (wanted if wanted in drawn else drawn[0]).name
        self.push_screen(self.live)
        self.call_after_refresh(self._begin)

    async def on_event(self, event: Event) -> None:
        if isinstance(event, (Key, Paste)) and not event.is_forwarded:
            await self.typed_ahead.take(event)
        else:
            await super().on_event(event)

    def tell(self, sentence: str) -> None:
        """A line that guides the user."""
        self._sentence = sentence
        if self.live.is_mounted:
            self.live.tell(sentence)

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

    def pop_screen(self) -> AwaitComplete:
        """Who presses enter and escape at once leaves a dialog twice, and below the Live screen
        there is nothing.
        """
        return AwaitComplete() if self.screen is self.live else super().pop_screen()

    def terminal_is_gone(self) -> None:
        """Nobody sees it any more."""
        self._leave("the terminal is gone")

    def _handle_exception(self, error: Exception) -> None:
        """Textual's own end of the app, for what strikes before there is a screen."""
        if self._failed is None or not self.live.is_mounted:
            super()._handle_exception(error)
        else:
            self._failed(error)

    def on_notify(self, event: Notify) -> None:
        """Before Textual shows it: a sentence makes room for the next, as for itself said again,
        and of warnings the newest few stay.
        """
        new, shown = event.notification, list(self._notifications)
        plain = "information" if new.severity == "information" else None
        gone = [one for one in shown if one.message == new.message or one.severity == plain]
        others = [one for one in shown if one not in gone]
        for one in (*gone, *others[: max(0, len(others) - _MOST_TOASTS + 1)]):
            self._unnotify(one, refresh=False)

    def warn(self, problem: str) -> None:
        """Something went wrong with us: over the screen, until it is read."""
        if self.live.is_mounted:
            self.live.notify(
                problem, title="! ftpwatch", markup=False, severity="warning", timeout=10
            )
        else:
            self._warnings = [*self._warnings, problem][-_MOST_TOASTS:]

    def signal(self, sequence: str) -> None:
        """Give the terminal `sequence`, which moves nothing on it."""
        if self._driver is not None:
            self._driver.write(sequence)

    def action_next_theme(self) -> None:
        names = [theme.name for theme in themes_for(self._look.colours)]
        if len(names) > 1:
            self.theme = names[(names.index(self.theme) + 1) % len(names)]
        else:
            self.notify(why_no_other(self._look.colours), markup=False)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        if is_still(self):
            keep_still(event.widget)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the keys of `screen` do, by panes as help has them, that with the focus first."""
        panes: tuple[Pane, ...] = (*getattr(screen, "PANES", ()), Pane.APP)
        own = getattr(screen, "subject", None)
        actions = actions_of(*panes, **self.live.which_keys)
        for action in sorted(actions, key=lambda a: (a.pane is not own, panes.index(a.pane))):
            if action.palette:
                more = f"; {action.detail}" if action.detail else ""
                keys = " ".join(self.keys.of(action.id))
                run = partial(self._run, action, screen)
                yield SystemCommand(action.title, f"{action.pane}{more}; key: {keys}", run)

    def action_command_palette(self) -> None:
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette())

    def _run(self, action: Action, screen: Screen[object]) -> None:
        namespace = self if action.pane is Pane.APP else screen
        self.call_later(self.run_action, action.call, namespace)

    def _begin(self) -> None:
        self.once_drawn()
        if self._sentence:
            self.live.tell(self._sentence)
        for problem in self._warnings:
            self.warn(problem)


def _driver() -> type[Driver] | None:
    """None for Textual's choice, where there are no POSIX terminals."""
    if sys.platform == "win32":
        return None
    from ftpwatch.tui.driver import LastingDriver

    return LastingDriver
