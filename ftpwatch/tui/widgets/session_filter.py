"""The line in which the filter of the sessions is typed: applied as it is typed, with a count."""

from collections.abc import Callable

from rich.text import Text
from textual.widgets import Input
from textual.widgets.input import Selection

from ftpwatch.core.journal.filter import FilterError
from ftpwatch.core.text.neutral import visible
from ftpwatch.tui.fence import fenced

__all__ = ["SessionFilter"]

_EXAMPLES = "words  *inside*  !word  session:eu-*  host:192.0.2.*  code:421  cause:idle*"


@fenced
class SessionFilter(Input):
    """Hidden while nothing is typed. `accept` is told what is typed, and gives what is wrong with
    it; `leave` is called once it is entered.
    """

    def __init__(self, id: str) -> None:
        super().__init__(id=id, placeholder=_EXAMPLES)
        self.accept: Callable[[str], FilterError | None] = lambda _: None
        self.leave: Callable[[], None] = lambda: None

    def on_mount(self) -> None:
        self.display = False

    def ask(self, text: str) -> None:
        """Show the line with what was typed before."""
        self.border_title = Text("Filter of the sessions")
        self.display, self.value = True, text
        self.say("")
        self.focus()

    def say(self, words: str, *, wrong: bool = False) -> None:
        """How many match, or what is wrong."""
        self.set_class(wrong, "-wrong")
        self.border_subtitle = Text(words)

    def on_input_changed(self, event: Input.Changed) -> None:
        """What is whole so far is applied; why it is none is told once it is entered."""
        event.stop()
        if self.display and self.has_focus:
            self.accept(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        problem = self.accept(event.value)
        if problem is None:
            self.leave()
        else:
            self.selection = Selection(problem.start, problem.end)
            self.say(visible(str(problem)), wrong=True)
