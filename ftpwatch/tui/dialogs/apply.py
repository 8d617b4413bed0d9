"""The dialog that asks for whom a cure is carried out."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label

from ftpwatch.tui.actions import Pane
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import Keys, bindings_of, keys_on

__all__ = ["Apply"]


@fenced
class Apply(ModalScreen[str | None]):
    """`one`, `all`, `other`, or None where the user left. `sessions` is how many the host
    has; with one, all of them are not asked about.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Pane.CURE)

    def __init__(self, question: str, sessions: int) -> None:
        super().__init__()
        self._question, self._sessions = question, sessions

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Label(self._question, markup=False)
            yield Label(Text(self._keys(keys_on(self.app))), classes="hint")

    def _keys(self, keys: Keys) -> str:
        parts = [f"{' or '.join(keys.of('cure_one')[:2])}: yes"]
        if self._sessions > 1:
            parts.append(f"{keys.first('cure_all')}: all {self._sessions} sessions of this host")
        parts.append(f"{keys.first('cure_other')}: another value")
        return "\n".join([*parts, f"{keys.first('cure_none')}: no"])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No key for what is not offered."""
        return self._sessions > 1 or (action, parameters) != ("dismiss", ("all",))
