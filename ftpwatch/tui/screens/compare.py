"""The Compare screen (4): what a server promised and what it did; two codes side by side."""

from typing import ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from ftpwatch.core.journal.vocabulary import ClockName, LimitSource
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.state.explanation import CodeMeaning
from ftpwatch.core.state.state import HostFacts
from ftpwatch.core.text.limits_text import limit_words, promise_kept
from ftpwatch.core.text.neutral import visible
from ftpwatch.tui.actions import Pane
from ftpwatch.tui.dialogs.ask import Ask
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import bindings_of
from ftpwatch.tui.signs import Signs
from ftpwatch.tui.widgets.guide import KeyBar

__all__ = ["CompareScreen"]

_CLOCKS = {
    ClockName.IDLE: "idle",
    ClockName.NO_TRANSFER: "no transfer",
    ClockName.LOGIN: "login",
    ClockName.SESSION: "session",
}


@fenced
class CompareScreen(Screen[None]):
    """Reads the Watch when it opens, and again twice a second."""

    PANES: ClassVar[tuple[Pane, ...]] = (Pane.COMPARE,)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(*PANES)

    def __init__(self, watch: Watch, signs: Signs, codes: tuple[int, int] = (220, 421)) -> None:
        super().__init__()
        self._watch, self._signs, self._codes = watch, signs, codes

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="compare"):
            yield Static(id="promised")
            yield Static(id="codes")
        yield KeyBar(*self.PANES)

    def on_mount(self) -> None:
        compare = self.query_one("#compare")
        compare.border_title = "Promised and observed - codes side by side"
        compare.border_subtitle = Text(self.app.title)
        self._draw()
        self.set_interval(0.5, self._draw_promises)

    def action_scroll(self, by: int) -> None:
        self.query_one("#compare").scroll_relative(y=by, animate=False)

    def action_codes(self) -> None:
        self.app.push_screen(Ask("Which two codes?", "220 421"), self._choose)

    def _choose(self, text: str | None) -> None:
        codes = (text or "").split()
        if len(codes) == 2 and all(code.isdigit() and len(code) == 3 for code in codes):
            self._codes = (int(codes[0]), int(codes[1]))
            self._draw()
        elif text is not None:
            problem = f"{visible(text)!r} are not two reply codes; write 220 421"
            self.notify(problem, markup=False)

    def _draw(self) -> None:
        self._draw_promises()
        self.query_one("#codes", Static).update(self._side_by_side())

    def _draw_promises(self) -> None:
        tables = [
            self._table(visible(f"{host}:{port}"), rows)
            for (host, port), facts in self._watch.state.hosts.items()
            if (rows := self._rows(facts))
        ]
        nothing = Text("no limit of a host is known yet")
        self.query_one("#promised", Static).update(Group(*tables) if tables else nothing)

    def _table(self, host: str, rows: list[tuple[str, str, str, str, str]]) -> Table:
        title = Text(self._signs.text(host), "bold")
        table = Table(title=title, title_justify="left", expand=True, box=None, padding=(0, 1))
        for heading in ("clock", "promised", "default", "observed", "verdict"):
            table.add_column(Text(heading), ratio=2 if heading == "default" else 1)
        for row in rows:
            table.add_row(*(Text(self._signs.text(cell)) for cell in row))
        return table

    def _rows(self, facts: HostFacts) -> list[tuple[str, str, str, str, str]]:
        defaults = {clock.clock: clock for clock in self._watch.clocks(facts.said)}
        rows = []
        for clock, name in _CLOCKS.items():
            known = {limit.source: limit for limit in facts.limits if limit.clock == clock}
            default = defaults.get(clock)
            if not known and default is None:
                continue
            promised = known.get(LimitSource.ADVERTISED)
            seen = (LimitSource.MEASURED, LimitSource.OBSERVED, LimitSource.REMEMBERED)
            observed = next((known[source] for source in seen if source in known), None)
            setting = f"{default.directive}: {default.default}" if default else "?"
            kept = promise_kept(known).replace("kept", "as promised")
            rows.append((name, limit_words(promised), setting, limit_words(observed), kept))
        return rows

    def _side_by_side(self) -> Table:
        both = self._watch.compare(*self._codes)
        table = Table(expand=True, box=None, padding=(0, 1))
        table.add_column("")
        for side in (both.left, both.right):
            table.add_column(Text(f"{side.code:03d}"), ratio=1)
        for label in ("digits", "meaning", "seen", "todo", "source"):
            cells = (Text(self._field(side, label)) for side in (both.left, both.right))
            table.add_row(Text(_LABELS[label]), *cells)
        for number, difference in enumerate(both.differences):
            label = "differences" if number == 0 else ""
            table.add_row(Text(label), Text(self._signs.text(difference)), Text(""))
        return table

    def _field(self, side: CodeMeaning, label: str) -> str:
        text: str = getattr(side, label)
        return self._signs.text(text)


_LABELS = {
    "digits": "kind",
    "meaning": "meaning",
    "seen": "when seen",
    "todo": "what to do",
    "source": "source",
}
