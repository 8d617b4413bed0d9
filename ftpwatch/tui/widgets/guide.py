"""The lines at the bottom: what a demo or a replay tells, and the keys that matter now."""

from rich.text import Text
from textual.widgets import Static

__all__ = ["Guide", "KeyBar"]


class Guide(Static):
    """A sentence that guides; hidden while there is none."""

    def say(self, words: str | None) -> None:
        """Show `words`."""
        self.display = bool(words)
        self.update(Text(words or ""))


class KeyBar(Static):
    """The keys in a line, as many as fit."""

    KEYS = (
        "/ filter", "space freeze", "f follow", "m mark", "e next error", "x explain",
        "r reconnect", ". keep-alive", "K command", "L limits", "a add", "D quit it", "z zoom",
        ": command", "q quit",
    )  # fmt: skip

    def on_resize(self) -> None:
        line = ""
        for key in self.KEYS:
            if len(line) + len(key) + 2 <= self.size.width:
                line += f" {key} "
        self.update(Text(line, no_wrap=True))
