"""Dialogs that ask for a line of text, for a new session, or for a yes."""

import re
from collections.abc import Callable
from typing import ClassVar, Final

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from ftpwatch.core.ftp.command import Secret
from ftpwatch.tui.actions import Pane
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import Keys, bindings_of, keys_on

__all__ = ["AddSession", "Ask", "Confirm", "NewSession"]

_HOST: Final = re.compile(
    r"([^@/:\s]+@)?"
    r"((\w[\w-]*(\.[\w-]+)+|localhost|\[[\da-fA-F:.]+\])(:\d{1,5})?|[\w-]+:\d{1,5})"
)
NewSession = tuple[str, Secret | None]


def _hint(keys: Keys) -> str:
    return f"enter ok    {keys.first('question_back')} cancel"


def _yes_or_no(keys: Keys) -> str:
    return "    ".join(f"{' or '.join(keys.of(id)[:2])}: {id}" for id in ("yes", "no"))


@fenced
class Ask(ModalScreen[str | None]):
    """One line of text; None where the user left. `accept` gives what is wrong with it, and the
    dialog stays then.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Pane.QUESTION)

    def __init__(
        self,
        question: str,
        hint: str = "",
        value: str = "",
        accept: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        super().__init__()
        self._question, self._hint, self._value = question, hint, value
        self._accept = accept

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Label(self._question, markup=False)
            yield Input(self._value, placeholder=self._hint)
            yield Label(_hint(keys_on(self.app)), classes="hint")

    def on_input_changed(self) -> None:
        """What was wrong may be right now."""
        self.query_one(".hint", Label).update(_hint(keys_on(self.app)))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if (problem := self._accept(event.value)) is None:
            self.dismiss(event.value)
        else:
            self.query_one(".hint", Label).update(Text(problem))


@fenced
class AddSession(ModalScreen[NewSession | None]):
    """A URL or profile, and a password where the user knows that none is found elsewhere; as
    with Ask, `accept` gives what is wrong.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Pane.QUESTION)

    def __init__(self, accept: Callable[[NewSession], str | None]) -> None:
        super().__init__()
        self._accept = accept

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Label("Watch which server? A URL, a profile, or @ and a group")
            yield Input(placeholder="ftp://user@host:port, ftpes://..., ftps://...", id="target")
            yield Label("Password (empty: from the environment, netrc, the keyring or the profile)")
            yield Input(password=True, id="password")
            yield Label(_hint(keys_on(self.app)), classes="hint")

    def on_input_changed(self) -> None:
        """What was wrong may be right now."""
        self.query_one(".hint", Label).update(_hint(keys_on(self.app)))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        target, password = self.query_one("#target", Input), self.query_one("#password", Input)
        word = target.value.strip()
        user = word.partition("://")[2].rpartition("@")[0] if "://" in word else word[1:]
        asks = "@" in word[1:] and ":" not in user.partition("@")[0]  # @eu is a group
        if event.input is target and asks and not password.value:
            password.focus()
        elif word:
            self._add(word, Secret(password.value) if password.value else None)

    def _add(self, word: str, password: Secret | None) -> None:
        """A host alone is a URL without its scheme; what is wrong is said of what was typed."""
        wanted = word, password
        problem = self._accept(wanted)
        if problem is not None and "://" not in word and _HOST.fullmatch(word):
            wanted = f"ftp://{word}", password
            problem = self._accept(wanted)
        if problem is None:
            self.query_one("#password", Input).value = ""
            self.dismiss(wanted)
        else:
            self.query_one(".hint", Label).update(Text(problem))
            self.query_one("#target", Input).focus()


@fenced
class Confirm(ModalScreen[bool]):
    """Yes or no."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Pane.CONFIRM)

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Label(self._question, markup=False)
            yield Label(_yes_or_no(keys_on(self.app)), classes="hint")
