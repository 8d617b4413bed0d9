"""The words of `ftpwatch limits`: the result on stdout, progress on stderr."""

import sys
from typing import Final

from ftpwatch.core.counted import counted
from ftpwatch.core.state.limits import Found, LimitsRun, Twin, found_line, scale_of
from ftpwatch.core.text.limits_text import limits_table, recommendation
from ftpwatch.core.text.neutral import shortened, visible
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.core.text.tone import in_ascii
from ftpwatch.headless.narration import Narration

__all__ = ["Progress", "limits_json", "limits_text"]

_BAR: Final = 24


def limits_json(conclusion: Found) -> str:
    """One object on one line."""
    return found_line(conclusion) + "\n"


def limits_text(conclusion: Found, *, ascii_only: bool = False) -> str:
    """A table of clocks, and what keep-alive to use."""
    server = conclusion.server or "a server that is not recognised"
    logins = counted(conclusion.logins, "login")
    lines = [f"{conclusion.host}:{conclusion.port}  {server}  {logins}"]
    if conclusion.problem is not None:
        lines.append(f"stopped: {conclusion.problem}")
    if conclusion.clocks:
        rows = limits_table(conclusion)
        widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
        for row in rows:
            cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
            lines.append("  ".join(cells).rstrip())
    lines.append(recommendation(conclusion))
    text = "\n".join(visible(line) for line in lines) + "\n"
    return in_ascii(text) if ascii_only else text


class Progress:
    """Bars against time on a terminal, drawn over one another; else a line for each end."""

    def __init__(self, run: LimitsRun, narration: Narration) -> None:
        self._run, self._narration = run, narration
        self._on_terminal = sys.stderr is not None and sys.stderr.isatty()
        self._drawn = 0
        self._reported: set[str] = set()

    def show(self, now: float) -> None:
        """Draw the state at the moment `now`."""
        if not self._on_terminal:
            self._tell_ends()
            return
        lines = [self._line(twin, now) for twin in self._run.twins]
        self._narration.redraw(lines, over=self._drawn)
        self._drawn = len(lines)

    def _tell_ends(self) -> None:
        for twin in self._run.twins:
            if twin.ended_at is not None and twin.session not in self._reported:
                self._reported.add(twin.session)
                lived = twin.ended_at - twin.ready_at if twin.ready_at is not None else 0.0
                text = f"{twin.command or 'silent'}: ended after {lived:.1f} s: {twin.ending}"
                if not twin.outlived_all:
                    self._narration.say(text)

    def _line(self, twin: Twin, now: float) -> str:
        name = f"{twin.command or 'silent':<7}"
        if twin.ready_at is None:
            return f"{name} connecting" if twin.ended_at is None else f"{name} {twin.ending}"[:78]
        lived = (twin.ended_at if twin.ended_at is not None else now) - twin.ready_at
        scale = scale_of(self._run, now)
        bar = "#" * round(min(1.0, lived / scale) * _BAR)
        text = (
            f"{name} [{bar:<{_BAR}}] {format_duration(round(lived)):>6} of {format_duration(scale)}"
        )
        ending = f"  {twin.ending}" if twin.ended_at is not None else ""
        return shortened(visible(text + ending), 78)
