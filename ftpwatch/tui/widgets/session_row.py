"""A session as a row of columns, as many as there is room for, or as a short item. Pure."""

from typing import Final

import msgspec
from rich.cells import cell_len, set_cell_size

from ftpwatch.core.ftp.keep_alive_policy import AUTO
from ftpwatch.core.ftp.reply import code_text
from ftpwatch.core.journal.vocabulary import ClockName
from ftpwatch.core.state.next_step import next_keep_alive_at
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import SessionState, WatchState
from ftpwatch.core.text.neutral import elided, shortened, visible
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.core.text.verdict_text import verdict_short
from ftpwatch.tui.signs import Signs, bar, sparkline

__all__ = ["SessionRows", "width_of_names"]

_SPARK_WIDTH: Final = 10
_BAR_WIDTH: Final = 5
_STRIKING: Final = (ClockName.IDLE, ClockName.NO_TRANSFER, ClockName.SESSION, ClockName.PATH)


def width_of_names(state: WatchState, width: int) -> int:
    """Columns for the names of all sessions, where there are `width` in all."""
    longest = max(map(len, state.sessions), default=4)
    return max(4, min(longest, 12 if width < 68 else 20))


class SessionRows(msgspec.Struct, frozen=True):
    """All rows of `state` at the moment `now`, `width` columns wide."""

    state: WatchState
    now: float
    width: int
    signs: Signs
    selected: str | None
    name_width: int

    def head(self) -> str:
        """The headings."""
        name = self.name_width
        line = f"  {'NAME':<{name}} {'STATE':<12} {'IDLE':>5} {'LIMIT':>5}  "
        return line + self._columns(
            f"{'KEEP-ALIVE':<{self._keep_alive_width()}}", "VERDICT", "RTT ms", "", "LAST REPLY"
        )

    def _columns(self, keep_alive: str, verdict: str, rtt: str, spark: str, reply: str) -> str:
        """What stands right of the limit, as much as there is room for."""
        line = keep_alive
        room = self.width - 29 - self.name_width
        columns = (f" {verdict:<10}", f" {rtt:>6}", f" {spark:<{_SPARK_WIDTH}}", f" {reply}")
        needs = (11, 7, _SPARK_WIDTH + 1, 15)
        for column, need in zip(columns, needs, strict=True):
            if cell_len(line) + need > room:
                break
            line += column
        return line

    def _is_tight(self) -> bool:
        """There is no room for a column of verdicts: their sign goes before the keep-alive."""
        return self.width - 29 - self.name_width < self._keep_alive_width() + 11

    def _keep_alive_width(self) -> int:
        """Room for command, interval and bar."""
        return 15 if self.width < 84 else 22

    def row(self, session: SessionState) -> str:
        """One session as a row."""
        signs, name = self.signs, self.name_width
        cursor = signs.cursor if session.name == self.selected else " "
        shown = set_cell_size(self.signs.text(elided(visible(session.name), name)), name)
        line = f"{cursor} {shown} {self._state(session):<12} {self._idle(session):>5} "
        line += f"{self._limit(session):>5}  "
        facts = session.connection
        rtts = facts.rtts if facts else ()
        last = f"{rtts[-1] * 1000:.0f}" if rtts and rtts[-1] is not None else "–"
        width = self._keep_alive_width()
        sign = self._verdict(session)[:1] if self._is_tight() else ""
        keeping = self._keep_alive(session, width - 2 * bool(sign))
        keeping = set_cell_size(f"{sign} {keeping}" if sign else keeping, width)
        spark = sparkline(rtts, _SPARK_WIDTH, signs)
        verdict, reply = self._verdict(session), self._last_reply(session)
        columns = (keeping, verdict, signs.text(last), spark, reply)
        return line + self._columns(*columns)

    def _verdict(self, session: SessionState) -> str:
        if session.target.twin:
            return "test"
        judged = self.state.verdicts.get(session.name)
        return "" if judged is None else self.signs.text(verdict_short(judged, self.now))

    def _last_reply(self, session: SessionState) -> str:
        reply = session.connection.last_reply if session.connection is not None else None
        if reply is None:
            return ""
        first = next((text for text in reply.lines if text.strip()), "")
        return f"{code_text(reply.code)} {self.signs.text(visible(first))}"

    def _state(self, session: SessionState) -> str:
        if session.silent:
            return f"{self.signs.silent} silent"
        return f"{self.signs.phases[session.phase]} {session.phase}"

    def _idle(self, session: SessionState) -> str:
        facts = session.connection
        if facts is None or facts.closure or facts.last_command_at is None:
            return "-"
        if not self.state.timed:
            return "-"
        return format_duration((self.now - facts.last_command_at) // 1)

    def _limit(self, session: SessionState) -> str:
        """The limit of its host that strikes first, as far as it is known."""
        host = self.state.host_of(session)
        known = [limit for clock in _STRIKING if (limit := host.limit(clock)) is not None]
        shortest = min((limit.limit_seconds for limit in known), default=None)
        return "?" if shortest is None else format_duration(shortest)

    def _keep_alive(self, session: SessionState, width: int) -> str:
        if session.phase is Phase.WAITING and session.retry is not None:
            return f"again in {format_duration(max(0.0, session.retry.due_at - self.now) // 1)}"
        interval = session.target.keep_alive_seconds
        if interval is None:
            return "off"
        auto = "auto " if session.auto and session.target.keep_alive_command != AUTO else ""
        text = f"{auto}{session.target.keep_alive_command} {format_duration(interval)}"
        due = next_keep_alive_at(session)
        if due is None or len(text) + _BAR_WIDTH + 3 > width:
            return self.signs.text(shortened(text, width))
        return f"{text} {bar((due - self.now) / interval, _BAR_WIDTH, self.signs)}"

    def item(self, session: SessionState) -> str:
        """One session as an item, where there is no room for rows."""
        cursor = self.signs.cursor if session.name == self.selected else " "
        name = self.signs.text(elided(visible(session.name), 14))
        idle = self._idle(session)
        verdict = self._verdict(session)
        return f"{cursor}{self._state(session)} {name} {'' if idle == '-' else idle} {verdict}"
