"""The Limits screen (L): the twins of a limits run side by side, bars against time, the result."""

from typing import ClassVar, Final

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from ftpwatch.core.clock import Clock
from ftpwatch.core.state.limits import Found, LimitsRun, Twin, scale_of
from ftpwatch.core.text.limits_text import limits_table, recommendation
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import length
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.signs import Signs, bar

__all__ = ["LimitsScreen"]

_DRAW_SECONDS: Final = 0.25
_INTRO: Final = (
    "One twin is silent, the others each keep sending a command of their own. Which of them the "
    "server ends, when and with what words, shows which clocks it runs and what resets them."
)


@fenced
class LimitsScreen(Screen[bool]):
    """Shows a run; leaving the screen does not end it. True where another is wanted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,1,L", "dismiss(False)", "Back; the run goes on", id="back", show=False),
        Binding("s", "stop_run", "Stop the run and conclude", id="stop_run", show=False),
        Binding("n", "measure_anew", "Measure anew", id="measure_anew", show=False),
        Binding("j,down", "scroll(1)", "Down", show=False),
        Binding("k,up", "scroll(-1)", "Up", show=False),
    ]

    def __init__(self, run: LimitsRun, clock: Clock, signs: Signs) -> None:
        super().__init__()
        self._run, self._clock, self._signs = run, clock, signs
        self._scale = run.max_wait_seconds

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="limits"):
            yield Static(Text(self._signs.text(_INTRO)), id="limits-intro")
            yield Static(id="twins")
            yield Static(id="found")
        yield Static(
            Text(" s stop and conclude   n measure anew   j k scroll   q back", no_wrap=True),
            id="keys",
        )

    def on_mount(self) -> None:
        title = Text(self._signs.text(visible(f"Limits of {self._run.of}")))
        self.query_one("#limits").border_title = title
        self._draw()
        self.set_interval(_DRAW_SECONDS, self._draw)

    def action_scroll(self, by: int) -> None:
        self.query_one("#limits").scroll_relative(y=by, animate=False)

    def action_measure_anew(self) -> None:
        if self._run.found is not None:
            self.dismiss(True)

    def action_stop_run(self) -> None:
        self._run.stop()

    def _draw(self) -> None:
        now = self._clock.elapsed()
        table = Table(box=None, padding=(0, 1), expand=True)
        self._scale = scale_of(self._run, now)
        full = f"{f'a full bar is {length(self._scale)}':<{self._room()}}"
        for heading, width in (
            ("TWIN", 8), ("STATE", 12), ("LIVED", 8), (full, self._room() + 2),
        ):  # fmt: skip
            table.add_column(Text(heading), width=width, no_wrap=True)
        table.add_column(Text("ENDED BY"), ratio=1, overflow="fold")
        for twin in self._run.twins:
            table.add_row(*(Text(self._signs.text(cell)) for cell in self._row(twin, now)))
        self.query_one("#twins", Static).update(table)
        self.query_one("#found", Static).update(self._result(self._run.found, now))

    def _room(self) -> int:
        return max(10, min(40, self.size.width - 70))

    def _row(self, twin: Twin, now: float) -> tuple[str, str, str, str, str]:
        name = twin.command or "silent"
        if twin.ready_at is None:
            state = "connecting" if twin.ended_at is None else "refused"
            return name, state, "", "", twin.ending
        lived = (twin.ended_at if twin.ended_at is not None else now) - twin.ready_at
        drawn = bar(lived / self._scale, self._room(), self._signs)
        state = "alive" if twin.lives else "left" if twin.outlived_all else "ended"
        return name, state, length(round(lived)), drawn, twin.ending

    def _result(self, found: Found | None, now: float) -> Table | Text:
        if found is None:
            most = length(self._run.max_wait_seconds)
            waiting = f"measuring, {most} at most; what has ended by then is concluded from"
            return Text(self._signs.text(waiting))
        table = Table(box=None, padding=(0, 1), expand=True)
        heading, *rows = limits_table(found)
        for cell in heading:
            table.add_column(Text(cell), overflow="fold")
        for row in rows:
            table.add_row(*(Text(self._signs.text(visible(cell))) for cell in row))
        server = found.server or "a server that is not recognised"
        head = f"{found.host}:{found.port}  {server}  logins: {found.logins}"
        shown = Table(box=None, expand=True, show_header=False)
        shown.add_row(Text(self._signs.text(visible(head))))
        if found.problem is not None:
            shown.add_row(Text(self._signs.text(visible(f"stopped: {found.problem}"))))
        if rows:
            shown.add_row(table)
        shown.add_row(Text(self._signs.text(visible(recommendation(found))), style="bold"))
        return shown
