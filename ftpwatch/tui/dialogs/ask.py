"""Dialogs that ask for a line of text, for a new session, or for a yes."""

import re
from collections.abc import Callable
from typing import Any, ClassVar, Final

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Label

from ftpwatch.core.controls import PasswordWanted
from ftpwatch.core.ftp.command import Secret
from ftpwatch.tui.actions import Pane
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import Keys, bindings_of, keys_on

__all__ = ["INTERVALS", "AddSession", "Ask", "Confirm", "NewSession"]

INTERVALS: Final = "10s, 2m, or off; a number alone is seconds"

_HOLDS_PASSWORD: Final = re.compile(r"(?:^|//)[^/@]*:[^/@]*@")
_OR_ENTER: Final = "its password; enter alone takes it from where it is found"
_NAME_ONE: Final = "name a server first"
_TYPE_IT: Final = "no source has the password of this login: type it here"
_HOST: Final = re.compile(
    r"([^@/:\s]+@)?"
    r"((\w[\w-]*(\.[\w-]+)+|localhost|\[[\da-fA-F:.]+\])(:\d{1,5})?|[\w-]+:\d{1,5})"
)
NewSession = tuple[str, Secret | None]


def _hint(keys: Keys) -> str:
    return f"enter ok    {keys.first('question_back')} cancel"


def _say(dialog: Screen[Any], text: str, *, wrong: bool = False) -> None:
    """Below what is typed: which keys there are, or why it is not taken."""
    hint = dialog.query_one(".hint", Label)
    hint.set_class(wrong, "-wrong").update(Text(text))


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
        _say(self, _hint(keys_on(self.app)))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if (problem := self._accept(event.value)) is None:
            self.dismiss(event.value)
        else:
            _say(self, problem, wrong=True)


@fenced
class AddSession(ModalScreen[NewSession | None]):
    """A URL or profile, and a password where none is found elsewhere. `accept` gives what is wrong,
    as with Ask; or raises PasswordWanted, and the cursor is then where it is typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Pane.QUESTION)

    def __init__(self, accept: Callable[[NewSession], str | None]) -> None:
        super().__init__()
        self._accept = accept

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Label("Watch which server? A URL, a profile, or @ and a group")
            yield Input(placeholder="host, ftp://user@host:port, ftpes://, ftps://", id="target")
            yield Label("Password (empty: from the environment, netrc, the keyring or the profile)")
            yield Input(password=True, id="password")
            yield Label(_hint(keys_on(self.app)), classes="hint")

    def on_input_changed(self) -> None:
        """What was wrong may be right now."""
        _say(self, _hint(keys_on(self.app)))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        target, password = self.query_one("#target", Input), self.query_one("#password", Input)
        word = target.value.strip()
        password_given = Secret(password.value) if password.value else None
        has_user = "@" in word[1:] and _HOLDS_PASSWORD.search(word) is None
        if event.input is target and has_user and password_given is None:
            _say(self, _OR_ENTER)  # @eu is a group
            password.focus()
        elif not word:
            _say(self, _NAME_ONE, wrong=True)
            target.focus()
        else:
            self._add(word, password_given)

    def _add(self, word: str, password: Secret | None) -> None:
        """A host alone is a URL without its scheme; what is wrong is said of what was typed."""
        wanted = word, password
        try:
            problem = self._accept(wanted)
            if problem is not None and "://" not in word and _HOST.fullmatch(word):
                wanted = f"ftp://{word}", password
                problem = self._accept(wanted)
        except PasswordWanted:
            _say(self, _TYPE_IT)
            self.query_one("#password", Input).focus()
            return
        if problem is None:
            self.query_one("#password", Input).value = ""
            self.dismiss(wanted)
        else:
            _say(self, problem, wrong=True)
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
