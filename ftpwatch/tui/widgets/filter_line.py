"""The line in which a filter is typed: tried while it is typed, once the typing pauses, and with
what was typed before under the arrow keys.
"""

from collections.abc import Callable
from typing import Final

from rich.text import Text
from textual import events
from textual.timer import Timer
from textual.widgets import Input
from textual.widgets.input import Selection

from ftpwatch.core.journal.filter import FilterError

__all__ = ["FilterLine"]

PAUSE_SECONDS: Final = 0.25
MOST_REMEMBERED: Final = 50


class FilterLine(Input):
    """`tried` is told what has been typed, when the typing pauses."""

    def __init__(self, tried: Callable[[str], object], id: str, placeholder: str) -> None:
        super().__init__(id=id, placeholder=placeholder)
        self._tried = tried
        self._pause: Timer | None = None
        self._before: list[str] = []
        self._at, self._own = 0, ""

    def open_with(self, text: str) -> None:
        """Show it, with `text` to be changed."""
        self.display, self.value = True, text
        self._at = len(self._before)
        self.cursor_position = len(text)
        self.say("")
        self.focus()

    def close(self) -> None:
        """Put it away; nothing is tried any more."""
        self.display = False
        self._stop()

    def say(self, words: str, *, wrong: bool = False) -> None:
        """What came of it, on its lower edge."""
        self.set_class(wrong, "-wrong")
        self.border_subtitle = Text(words)  # a plain string would be parsed as markup

    def refuse(self, error: FilterError, words: str) -> None:
        """Say why it is no filter, with what of it is wrong selected."""
        self.say(words, wrong=True)
        self.selection = Selection(error.start, error.end)

    def remember(self, text: str) -> None:
        """It was accepted."""
        if text:
            self._before = [one for one in self._before if one != text][1 - MOST_REMEMBERED :]
            self._before.append(text)

    def on_input_changed(self) -> None:
        self._stop()
        if self.display:
            self._pause = self.set_timer(PAUSE_SECONDS, self._try)

    def on_key(self, event: events.Key) -> None:
        step = {"up": -1, "down": 1}.get(event.key)
        if step is None:
            return
        event.stop()
        event.prevent_default()
        if self._at == len(self._before):
            self._own = self.value
        self._at = max(0, min(len(self._before), self._at + step))
        self.value = [*self._before, self._own][self._at]
        self.cursor_position = len(self.value)

    def _try(self) -> None:
        self._tried(self.value)

    def _stop(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None
