"""The lines at the bottom: what a demo or a replay tells, and the keys that matter now."""

from rich.text import Text
from textual.widgets import Static

from ftpwatch.tui.fence import fenced

__all__ = ["Guide", "KeyBar"]


@fenced
class Guide(Static):
    """A sentence that guides, and how its story is being played; hidden while there is none."""

    _words = ""
    _mode = ""

    def say(self, words: str | None) -> None:
        """Show `words`."""
        self._words = words or ""
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
        self.display = bool(self._words)
        words = Text()
        if self._mode:
            words.append(f" {self._mode} ", "reverse bold")
            words.append(" ")
        self.update(words.append(self._words))


@fenced
class KeyBar(Static):
    """The keys in a line, as many as fit."""

    KEYS = (
        "/ filter", "space freeze", "f follow", "m mark", "e next error", "x explain",
        "r reconnect", ". keep-alive", "K command", "L limits", "a add", "D quit it", "z zoom",
        ": command", "q quit",
    )  # fmt: skip

    PLAYING_KEYS = ("p pause", "{ } steps")
    plays = False

    def on_resize(self) -> None:
        line = ""
        for key in (*(self.PLAYING_KEYS if self.plays else ()), *self.KEYS):
            if len(line) + len(key) + 2 <= self.size.width:
                line += f" {key} "
        self.update(Text(line, no_wrap=True))
