"""The Limits screen (L): a run's test sessions side by side, bars against time, the result."""

from typing import ClassVar, Final

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from ftpwatch.core.clock import Clock
from ftpwatch.core.state.limits import Found, LimitsRun, Twin, scale_of
from ftpwatch.core.text.limits_text import limits_table, recommendation
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.tui.actions import Pane
from ftpwatch.tui.dialogs.help import Help
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import bindings_of
from ftpwatch.tui.signs import Signs, bar
from ftpwatch.tui.widgets.guide import KeyBar

__all__ = ["LimitsScreen"]

_DRAW_SECONDS: Final = 0.25
_NARROW: Final = 80  # columns; under it, words have the room of the bar
_INTRO: Final = (
    "Up to four test sessions: one stays silent, the others each repeat one command. Which ones "
    "the server closes, and when, shows its limits."
)


@fenced
class LimitsScreen(Screen[bool]):
    """Shows a run; leaving the screen does not end it. True where another is wanted."""

    PANES: ClassVar[tuple[Pane, ...]] = (Pane.LIMITS,)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(*PANES)

    def __init__(self, run: LimitsRun, clock: Clock, signs: Signs) -> None:
        super().__init__()
        self._run, self._clock, self._signs = run, clock, signs
        self._scale = run.max_wait_seconds
        self._ended = run.found is not None

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="limits"):
            yield Static(Text(self._signs.text(_INTRO)), id="limits-intro")
            yield Static(id="test-sessions")
            yield Static(id="conclusion")
        yield KeyBar(*self.PANES)

    def on_mount(self) -> None:
        title = Text(self._signs.text(visible(f"Limits of {self._run.of}")))
        self.query_one("#limits").border_title = title
        self._draw()
        self.set_interval(_DRAW_SECONDS, self._draw)

    def action_help(self) -> None:
        self.app.push_screen(Help(Pane.LIMITS, ascii_only=self._signs.ascii_only))

    def action_scroll(self, by: int) -> None:
        self.query_one("#limits").scroll_relative(y=by, animate=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What has ended is not stopped, and another run waits for the end of this."""
        ended = self._run.found is not None
        return {"stop_run": not ended, "measure_anew": ended}.get(action, True)

    def action_measure_anew(self) -> None:
        self.dismiss(True)

    def action_stop_run(self) -> None:
        self._run.stop()

    def _draw(self) -> None:
        if self._ended != (self._run.found is not None):
            self._ended = not self._ended
            self.query_one(KeyBar).draw()
        now = self._clock.elapsed()
        table = Table(box=None, padding=(0, 1), expand=True)
        self._scale = scale_of(self._run, now)
        full = f"{f'a full bar is {format_duration(self._scale)}':<{self._room()}}"
        narrow = self.size.width < _NARROW
        columns = [("TEST", 9), ("STATE", 10), ("LIVED", 7), (full, self._room() + 2)]
        for heading, width in columns[: -1 if narrow else None]:
            table.add_column(Text(heading), width=width, no_wrap=True)
        table.add_column(Text("ENDED BY"), ratio=1)
        for session in self._run.twins:
            *cells, drawn, ending = self._row(session, now)
            cells = [*cells, ending] if narrow else [*cells, drawn, ending]
            table.add_row(*(Text(self._signs.text(cell)) for cell in cells))
        self.query_one("#test-sessions", Static).update(table)
        self.query_one("#conclusion", Static).update(self._result(self._run.found, now))

    def _room(self) -> int:
        return max(18, min(40, self.size.width - 70))

    def _row(self, session: Twin, now: float) -> tuple[str, str, str, str, str]:
        name = session.command or "silent"
        if session.ready_at is None:
            state = "connecting" if session.ended_at is None else "refused"
            return name, state, "", "", session.ending
        lived = (session.ended_at if session.ended_at is not None else now) - session.ready_at
        drawn = bar(lived / self._scale, self._room(), self._signs)
        state = "alive" if session.lives else "left" if session.outlived_all else "ended"
        return name, state, format_duration(round(lived)), drawn, session.ending

    def _result(self, conclusion: Found | None, now: float) -> Table | Text:
        if conclusion is None:
            most = format_duration(self._run.max_wait_seconds)
            waiting = f"measuring, at most {most}; conclusions use whatever has ended by then"
            return Text(self._signs.text(waiting))
        server = conclusion.server or "a server that is not recognised"
        head = f"{conclusion.host}:{conclusion.port}  {server}  logins: {conclusion.logins}"
        shown = Table(box=None, expand=True, show_header=False)
        shown.add_row(Text(self._signs.text(visible(head))))
        if conclusion.problem is not None:
            shown.add_row(Text(self._signs.text(visible(f"stopped: {conclusion.problem}"))))
        if conclusion.clocks:
            shown.add_row(self._clocks(conclusion))
        shown.add_row(Text(self._signs.text(visible(recommendation(conclusion))), style="bold"))
        return shown

    def _clocks(self, conclusion: Found) -> Table:
        """A row for each clock; where there is no room, a line for each of its cells."""
        heading, *rows = limits_table(conclusion)
        beside = self.size.width >= _NARROW
        table = Table(box=None, padding=(0, 1), expand=beside, show_header=beside)
        for cell in heading if beside else heading[:2]:
            table.add_column(Text(cell), overflow="fold")
        pairs = [pair for row in rows for pair in zip(heading, row, strict=True)]
        for cells in rows if beside else pairs:
            table.add_row(*(Text(self._signs.text(visible(cell))) for cell in cells))
        return table
