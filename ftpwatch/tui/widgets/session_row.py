"""A session as a row of columns, as many as there is room for. Pure.

Columns give way from the right, so that none that stays moves: the reply and round trips first, the
verdict last. Their widths are those of the screen, not of the pane: a panel that opens moves none.
"""

from collections.abc import Collection
from typing import Final

import msgspec

from ftpwatch.core.ftp.keep_alive_policy import AUTO
from ftpwatch.core.ftp.reply import code_text
from ftpwatch.core.state.next_step import next_keep_alive_at
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import SessionState, WatchState
from ftpwatch.core.state.verdict import Verdict
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.core.text.verdict_text import ended_word, is_void, verdict_short
from ftpwatch.tui.signs import Signs, sparkline
from ftpwatch.tui.widgets.clock_gauge import RunningLimit, gauge, limit_of, running_limit
from ftpwatch.tui.widgets.ends_row import fitted, fitted_name
from ftpwatch.tui.widgets.session_order import Column

__all__ = ["Cell", "SessionLayout", "SessionRows", "layout_of", "standing_look"]

_SPARK_WIDTH: Final = 10
_LEAST_REPLY: Final = 12
_LEAST_NAME: Final = 6
_TIME: Final = 6
_FIXED: Final = {
    Column.STATE: 13, Column.VERDICT: 11, Column.IDLE: _TIME, Column.LIMIT: _TIME + 2,
    Column.KEEP_ALIVE: 15, Column.RTT: 6,
}  # fmt: skip
_LIVE: Final = (Phase.READY, Phase.TRANSFER)
_DOWN: Final = (Phase.CLOSED, Phase.WAITING)
_GOOD: Final = (Verdict.HOLDING,)

# Text, and the name of its look.
Cell = tuple[str, str]


class SessionLayout(msgspec.Struct, frozen=True):
    """What fits in `width` columns: `columns` from left to right with where each begins, and how
    wide the gauge is, 0 where it has no room.
    """

    width: int
    name_width: int
    gauge_width: int
    columns: tuple[tuple[Column, int, int], ...]
    signs: Signs

    def head(self, by: Column | None, *, descending: bool) -> str:
        """The headings; an arrow at the one that rows are sorted by."""
        up, down = ("^", "v") if self.signs.ascii_only else ("↑", "↓")
        line = ""
        for column, at, width in self.columns:
            arrow = (down if descending else up) if column is by else ""
            text = f"{_TITLES.get(column, column.upper())[: width - len(arrow)]}{arrow}"
            text = text.rjust(width) if column in (Column.IDLE, Column.RTT) else text
            line = f"{line:<{at}}{fitted(text, width, self.signs)}"
        return line

    def column_at(self, x: int) -> Column | None:
        """What stands at `x`."""
        return next((column for column, at, _ in reversed(self.columns) if x >= at), None)


_TITLES: Final = {Column.LIMIT: "/ LIMIT", Column.RTT: "RTT ms"}


def layout_of(width: int, screen: int, longest: int, signs: Signs) -> SessionLayout:
    """Columns for a pane of `width` on a `screen` that wide, where the longest name has `longest`
    columns.
    """
    most = 12 if screen < 80 else 14 if screen < 120 else 20
    name = max(_LEAST_NAME, min(longest, most))
    gauge_width = 10 if screen >= 120 else 6
    columns, at, shown_gauge = [(Column.NAME, 2, name)], 3 + name, 0
    for column, own in _FIXED.items():
        if at + own > width:
            break
        columns.append((column, at, own))
        at += own + 1
        if column is Column.LIMIT:
            if at + gauge_width + 3 > width:
                break
            shown_gauge, at = gauge_width, at + gauge_width + 4
        if column is Column.RTT:
            at += _SPARK_WIDTH + 1
    rest = width - at
    if columns[-1][0] is Column.RTT and rest >= _LEAST_REPLY:
        columns.append((Column.REPLY, at, rest))
    return SessionLayout(width, name, shown_gauge, tuple(columns), signs)


def standing_look(session: SessionState) -> str:
    """The look of a session's phase."""
    if session.silent:
        return "silent"
    if session.phase in _LIVE:
        return "good"
    return "closed" if session.phase in _DOWN else "opening"


class SessionRows(msgspec.Struct, frozen=True):
    """Rows of `state` at the moment `now`; `marked` are names."""

    state: WatchState
    now: float
    layout: SessionLayout
    marked: Collection[str] = ()

    @property
    def signs(self) -> Signs:
        """What is drawn and not written."""
        return self.layout.signs

    def row(self, session: SessionState, *, selected: bool, depth: int = 0) -> list[Cell]:
        """One session."""
        cells = [(self._begin(session, selected=selected, depth=depth), "live")]
        at = 2 + self.layout.name_width
        for column, begins, width in self.layout.columns[1:]:
            cells.append((" " * (begins - at), "live"))
            if column is Column.REPLY:
                cells.append((fitted(self._last_reply(session), width, self.signs), "dim"))
                continue
            text, look = self._cell(session, column, width)
            cells.append((fitted(text, width, self.signs), look))
            at = begins + width
            if column is Column.LIMIT and self.layout.gauge_width:
                cells += [(" ", "live"), self._gauge(session)]
                at += self.layout.gauge_width + 4
            if column is Column.RTT and begins + width + _SPARK_WIDTH < self.layout.width:
                cells.append((f" {self._spark(session)}", "gauge"))
                at += _SPARK_WIDTH + 1
        return cells

    def _begin(self, session: SessionState, *, selected: bool, depth: int) -> str:
        cursor = self.signs.cursor if selected else " "
        mark = self.signs.mark if session.name in self.marked else " "
        width = self.layout.name_width
        name = self.signs.text(f"{' ' * depth}{visible(session.name)}")
        return f"{cursor}{mark}{fitted_name(name, width, self.signs)}"

    def _cell(self, session: SessionState, column: Column, width: int) -> Cell:
        match column:
            case Column.STATE:
                return self._state(session), standing_look(session)
            case Column.VERDICT:
                return self._verdict(session)
            case Column.IDLE:
                return self._idle(session).rjust(width), "live"
            case Column.LIMIT:
                return f"/ {self._limit(session)}", "dim"
            case Column.KEEP_ALIVE:
                return self._keep_alive(session)
            case _:
                return self._rtt(session).rjust(width), "live"

    def _state(self, session: SessionState) -> str:
        if session.silent:
            return f"{self.signs.silent} silent"
        if session.phase is Phase.WAITING and session.retry is not None:
            left = max(0.0, session.retry.due_at - self.now) // 1
            return f"{self.signs.phases[session.phase]} back {format_duration(left)}"
        if session.connection is None:
            return f"{self.signs.phases[Phase.CONNECTING]} not yet"
        return f"{self.signs.phases[session.phase]} {session.phase}"

    def _verdict(self, session: SessionState) -> Cell:
        if session.target.twin:
            return "test", "dim"
        judged = self.state.verdicts.get(session.name)
        decided = judged is not None and judged.verdict is not Verdict.NOT_YET
        if not decided and self._is_past_its_limit(session):
            return "past limit", "live"
        if judged is None or is_void(session, judged):
            return ended_word(session) or self.signs.text("–"), "dim"
        text = verdict_short(judged, self.now)
        text = self.signs.text(text.replace("…", self.signs.cut))
        if judged.late or judged.verdict in (Verdict.USELESS, Verdict.REFUSED):
            return text, "bad"
        return text, "good" if judged.verdict in _GOOD else "dim"

    def _is_past_its_limit(self, session: SessionState) -> bool:
        """It is connected still, though the limit that is known has passed."""
        running = self._running(session) if session.phase is Phase.READY else None
        return running is not None and self.state.timed and running.is_outlived(self.now)

    def _running(self, session: SessionState) -> RunningLimit | None:
        facts = session.connection
        return None if facts is None else running_limit(facts, self.state.host_of(session))

    def _idle(self, session: SessionState) -> str:
        """How long the clock that strikes next has run."""
        running = self._running(session)
        if running is None or not self.state.timed:
            return self.signs.text("–")
        return format_duration(max(0.0, self.now - running.began_at) // 1)

    def _limit(self, session: SessionState) -> str:
        running = self._running(session)
        host = self.state.host_of(session)
        limit = limit_of(host) if running is None else running.limit_seconds
        return "?" if limit is None else format_duration(limit)

    def _gauge(self, session: SessionState) -> Cell:
        width, running = self.layout.gauge_width, self._running(session)
        if running is None or not self.state.timed:
            return " " * (width + 3), "gauge"
        due = next_keep_alive_at(session)
        drawn, is_late = gauge(running, self.now, due, width, self.signs)
        return drawn, "bad" if is_late else "gauge"

    def _keep_alive(self, session: SessionState) -> Cell:
        interval = session.target.keep_alive_seconds
        if interval is None:
            return "off", "dim"
        auto = "auto " if session.auto and session.target.keep_alive_command != AUTO else ""
        command = visible(session.target.keep_alive_command)
        look = "dim" if session.phase in _DOWN else "live"
        return self.signs.text(f"{auto}{command} {format_duration(interval)}"), look

    def _rtt(self, session: SessionState) -> str:
        rtts = session.connection.rtts if session.connection is not None else ()
        known = bool(rtts) and rtts[-1] is not None
        return f"{(rtts[-1] or 0.0) * 1000:.0f}" if known else self.signs.text("–")

    def _spark(self, session: SessionState) -> str:
        rtts = session.connection.rtts if session.connection is not None else ()
        return sparkline(rtts, _SPARK_WIDTH, self.signs)

    def _last_reply(self, session: SessionState) -> str:
        reply = session.connection.last_reply if session.connection is not None else None
        if reply is None:
            return ""
        first = next((text for text in reply.lines if text.strip()), "")
        return f"{code_text(reply.code)} {self.signs.text(visible(first))}"
