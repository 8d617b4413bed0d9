"""The lines at the bottom: what a demo or a replay tells, and the keys that matter now."""

from rich.text import Text
from textual.actions import parse
from textual.events import Click
from textual.widgets import Static

from ftpwatch.tui.actions import Action, Pane
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import Piece, actions_of, keys_on

__all__ = ["Guide", "KeyBar"]


@fenced
class Guide(Static):
    """A sentence that guides, and how its story is being played; hidden while there is none."""

    _sentence = ""
    _mode = ""

    def say(self, sentence: str | None) -> None:
        """Show `sentence`."""
        self._sentence = sentence or ""
        self._draw()

    @property
    def mode(self) -> str:
        """Paused, hurrying, looking back: nothing where it simply plays."""
        return self._mode

    @mode.setter
    def mode(self, mode: str) -> None:
        if mode != self._mode:
            self._mode = mode
            self._draw()

    def _draw(self) -> None:
        self.display = bool(self._sentence)
        line = Text()
        if self._mode:
            line.append(f" {self._mode} ", "reverse bold")
            line.append(" ")
        self.update(line.append(self._sentence))


@fenced
class KeyBar(Static):
    """The keys of `panes` in a line, as many as fit; `story` where a demo or a replay is shown,
    `seeks` where a replay is, `past` where nothing can be steered. A click does what the key
    does.
    """

    story = seeks = past = False

    def __init__(self, *panes: Pane) -> None:
        super().__init__(id="keys")
        self._panes = panes
        self._pieces: list[Piece] = []

    def on_resize(self) -> None:
        self.draw()

    def draw(self) -> None:
        """Of all keys those that do something now."""
        actions = actions_of(*self._panes, story=self.story, seeks=self.seeks, past=self.past)
        offered = [action for action in actions if self._is_offered(action)]
        self._pieces = keys_on(self.app).pieces(offered, self.size.width)
        line = "".join(text for text, _ in self._pieces)
        self.update(Text(line, no_wrap=True))

    def _is_offered(self, action: Action) -> bool:
        _, name, parameters = parse(action.call)
        return self.screen.check_action(name, parameters) is not False

    def on_click(self, event: Click) -> None:
        at = event.get_content_offset(self)
        action = None if at is None else self._at(at.x)
        if action is not None:
            namespace = self.app if action.pane is Pane.APP else self.screen
            self.app.call_later(self.app.run_action, action.call, namespace)

    def _at(self, x: int) -> Action | None:
        end = 0
        for text, action in self._pieces:
            end += len(text)
            if x < end:
                return action
        return None
