"""The dialog in which one command is typed, with those that were sent before it."""

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from ftpwatch.core.ftp.by_hand import MOST_BYTES, Refusal, Typed, read_typed
from ftpwatch.core.text.neutral import visible
from ftpwatch.tui.actions import Pane
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import bindings_of, keys_on

__all__ = ["CommandLine"]

_EXAMPLES: Final = "STAT, FEAT, HELP, SITE HELP, SITE IDLE, PWD, NOOP"
_SEVERAL: Final = "what was pasted has several lines or a control character; nothing of it is taken"


@fenced
class _Line(Input):
    """Takes no pasted line feed for the end of what is pasted."""

    refused: str | None = None

    def _on_paste(self, event: events.Paste) -> None:
        text = event.text.rstrip("\r\n")
        self.refused = None if text.isprintable() else _SEVERAL
        event.prevent_default()
        event.stop()
        if self.refused is None:
            self.insert_text_at_cursor(text)
        else:
            self.post_message(self.Changed(self, self.value))


@fenced
class CommandLine(ModalScreen[Typed | None]):
    """One command for the session that is named; None where the user left. `history` is what was
    sent before, oldest first.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Pane.BY_HAND)

    def __init__(self, session: str, history: Sequence[str]) -> None:
        super().__init__()
        self._session, self._history = session, [*history, ""]
        self._place = len(history)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Label(f"Command for {visible(self._session)}", markup=False)
            yield _Line(placeholder=_EXAMPLES, max_length=MOST_BYTES)
            yield Label(self._keys(), classes="hint", markup=False)

    def action_older(self) -> None:
        self._turn(-1)

    def action_newer(self) -> None:
        self._turn(1)

    def on_input_changed(self) -> None:
        """What was wrong may be right now."""
        line = self.query_one(_Line)
        self._hint(line.refused or self._keys())
        line.refused = None

    def on_input_submitted(self, event: Input.Submitted) -> None:
        typed = read_typed(event.value)
        if isinstance(typed, Refusal):
            key = keys_on(self.app).first(typed.action) if typed.action else ""
            self._hint(typed.text(key))
        else:
            self.dismiss(typed)

    def _turn(self, by: int) -> None:
        """What is typed is kept as the newest."""
        line = self.query_one(_Line)
        if self._place == len(self._history) - 1:
            self._history[-1] = line.value
        self._place = max(0, min(len(self._history) - 1, self._place + by))
        line.value = self._history[self._place]
        line.cursor_position = len(line.value)

    def _keys(self) -> str:
        keys = keys_on(self.app)
        before = f"    {keys.first('by_hand_older')} sent before" if len(self._history) > 1 else ""
        return f"enter ok    {keys.first('by_hand_back')} cancel{before}"

    def _hint(self, text: str) -> None:
        self.query_one(".hint", Label).update(Text(visible(text)))
