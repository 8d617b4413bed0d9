"""A host as a row: how many of its sessions are in which state, its limit, its 421s, who comes back
next; and a kind of its sessions: those in one trouble by their names, those that are well as one
line. Pure; what is said last is cut first.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec
from rich.cells import cell_len

from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import HostFacts, SessionState, WatchState
from ftpwatch.core.state.verdict import Verdict
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.tui.signs import Signs
from ftpwatch.tui.widgets.clock_gauge import limit_of
from ftpwatch.tui.widgets.ends_row import fitted, fitted_name
from ftpwatch.tui.widgets.session_groups import HOST, ListRow
from ftpwatch.tui.widgets.session_knowledge import SessionKnowledge
from ftpwatch.tui.widgets.session_row import Cell
from ftpwatch.tui.widgets.session_standing import Rank

__all__ = ["GroupRows"]

_NAMES: Final = 200
_FEW: Final = 5
_HOST_WIDTH: Final = 24
_LOOKS: Final = {
    Rank.HEALTHY: "good",
    Rank.OPENING: "opening",
    Rank.CLOSED: "dim",
    Rank.TEST: "dim",
}


class GroupRows(msgspec.Struct, frozen=True):
    """Rows at the moment `now`, `width` columns wide, the longest host `host_width`; `limit_key` is
    the key that measures.
    """

    knowledge: SessionKnowledge
    now: float
    width: int
    signs: Signs
    host_width: int
    limit_key: str

    @property
    def state(self) -> WatchState:
        """What is shown."""
        return self.knowledge.state

    def row(self, row: ListRow, *, selected: bool, marked: bool) -> list[Cell]:
        """A host or a kind of its sessions; `marked` where all of them are."""
        signs = self.signs
        cursor = signs.cursor if selected else " "
        fold = signs.more if row.folded else signs.unfolded
        is_host = row.key[0] == HOST
        mark = signs.mark if marked else " "
        cells = [(f"{cursor}{mark}{'' if is_host else '  '}{fold} ", "live")]
        cells += self._host(row) if is_host else self._kind(row)
        return self._fitted([(signs.text(text), look) for text, look in cells])

    def _fitted(self, cells: list[Cell]) -> list[Cell]:
        """What goes beyond the width ends in an ellipsis."""
        fitting: list[Cell] = []
        left = self.width
        for text, look in cells:
            own = cell_len(text)
            fitting.append((text if own <= left else fitted(text, left, self.signs), look))
            left -= own
            if left <= 0:
                break
        return fitting

    # --- a host --------------------------------------------------------------------------------

    def _host(self, row: ListRow) -> list[Cell]:
        sessions = [session for session, _ in row.sessions]
        width = min(self.host_width, _HOST_WIDTH)
        name = fitted_name(visible(row.key[1]), width, self.signs)
        cells: list[Cell] = [(name, "group"), (f" {len(sessions)}:", "live")]
        cells += self._counts(sessions)
        host = self._facts(sessions)
        refused = sum(one.event.announced_by == 421 for one in host.closures)
        parts = [self._limit(host), f"421s: {refused}" if refused else "", self._next(sessions)]
        return [*cells, *((f"   {part}", "dim") for part in parts if part)]

    def _counts(self, sessions: Sequence[SessionState]) -> list[Cell]:
        """How many are in which state, by the signs of the column STATE."""
        signs = self.signs
        counts = Counter(self._state_sign(session) for session in sessions)
        looks = {
            signs.phases[Phase.READY]: "good",
            signs.silent: "bad",
            signs.phases[Phase.CONNECTING]: "opening",
            signs.phases[Phase.WAITING]: "closed",
            signs.phases[Phase.CLOSED]: "closed",
        }
        return [(f" {counts[sign]} {sign}", look) for sign, look in looks.items() if counts[sign]]

    def _state_sign(self, session: SessionState) -> str:
        """Nobody closed what has not been connected yet."""
        if session.silent:
            return self.signs.silent
        phase = Phase.CONNECTING if session.connection is None else session.phase
        return self.signs.phases[phase]

    def _facts(self, sessions: Sequence[SessionState]) -> HostFacts:
        """Of the address that answered, where one did."""
        answered = (s for s in sessions if s.connection is not None and s.connection.peer)
        return self.state.host_of(next(answered, sessions[0]))

    def _limit(self, host: HostFacts) -> str:
        limit = limit_of(host)
        if limit is not None:
            return f"limit {format_duration(limit)}"
        return f"limit ? ({self.limit_key} measures)"

    def _next(self, sessions: Sequence[SessionState]) -> str:
        due = min((s.retry.due_at for s in sessions if s.retry is not None), default=None)
        if due is None:
            return ""
        return f"next back in {format_duration(max(0.0, due - self.now) // 1)}"

    # --- a kind --------------------------------------------------------------------------------

    def _kind(self, row: ListRow) -> list[Cell]:
        """Of a few their names stand first."""
        sessions, standing = [session for session, _ in row.sessions], row.standing
        look = _LOOKS.get(standing.rank, "bad")
        is_well = standing.rank is Rank.HEALTHY
        words = self._healthy(sessions) if is_well else standing.words
        cells: list[Cell] = [(f"{self._sign(row)} {len(sessions):>4}  ", look), (words, look)]
        if is_well:
            return cells
        together = self._together(sessions) if standing.rank is Rank.ENDED else ""
        parts = [together, self._next(sessions), _names(sessions)]
        parts = parts[::-1] if len(sessions) <= _FEW else parts
        return [*cells, *((f"   {part}", "live") for part in parts if part)]

    def _sign(self, row: ListRow) -> str:
        signs = self.signs
        match row.standing.rank:
            case Rank.SILENT:
                return signs.silent
            case Rank.HEALTHY:
                return signs.phases[Phase.READY]
            case Rank.OPENING:
                return signs.phases[Phase.CONNECTING]
            case Rank.CLOSED | Rank.TEST:
                return " "
            case _:
                return "✗"

    def _together(self, sessions: Sequence[SessionState]) -> str:
        """When, and within how long, those ended that ended with others."""
        known = [explained for s in sessions if (explained := self.knowledge.known(s)[2])]
        with_others = {
            incident.seq: (incident, explained)
            for explained in reversed(known)
            if (incident := self.knowledge.incident_of(explained)) is not None
        }
        if not with_others:
            return ""
        if len(with_others) > 1:
            return f"ended in {len(with_others)} events"
        ((incident, explained),) = with_others.values()
        if not self.state.timed:
            return "ended together"
        at = explained.by.at.astimezone().strftime("%H:%M:%S")
        took = incident.last_at - incident.first_at
        return f"ended together {at}, within {took:.1f} s"

    def _healthy(self, sessions: Sequence[SessionState]) -> str:
        parts = ["ready", self._keep_alive(sessions), self._idle(sessions), _round_trips(sessions)]
        return " · ".join(filter(None, parts))

    def _keep_alive(self, sessions: Sequence[SessionState]) -> str:
        """The most frequent one, and for how many it is seen to hold."""
        kept = Counter((s.target.keep_alive_command, s.target.keep_alive_seconds) for s in sessions)
        ((command, seconds), many), others = kept.most_common(1)[0], len(kept) - 1
        text = "off" if seconds is None else f"{command} {format_duration(seconds)}"
        verdicts = (self.state.verdicts.get(session.name) for session in sessions)
        holding = sum(one is not None and one.verdict is Verdict.HOLDING for one in verdicts)
        held = " ✓" if holding == len(sessions) else f" ✓ {holding}" if holding else ""
        more = f" ×{many} and {others} other" if others else ""
        return f"{visible(text)}{more}{held}"

    def _idle(self, sessions: Sequence[SessionState]) -> str:
        if not self.state.timed:
            return ""
        last = [s.connection.last_command_at for s in sessions if s.connection is not None]
        known = [at for at in last if at is not None]
        if not known:
            return ""
        least, most = (max(0.0, self.now - at) // 1 for at in (max(known), min(known)))
        return f"idle {least:.0f}–{format_duration(most)}" if most > least else f"idle {most:.0f}s"


def _round_trips(sessions: Sequence[SessionState]) -> str:
    """The median of the last ones, and what 19 of 20 stay under."""
    last = [
        s.connection.rtts[-1] for s in sessions if s.connection is not None and s.connection.rtts
    ]
    known = sorted(rtt * 1000 for rtt in last if rtt is not None)
    if not known:
        return ""
    median, most = known[len(known) // 2], known[min(len(known) - 1, len(known) * 95 // 100)]
    return f"RTT {median:.0f} ms, 95% under {most + 0.5:.0f} ms"


def _names(sessions: Sequence[SessionState]) -> str:
    """As many as there is room for; the row cuts them."""
    names, length = [], 0
    for session in sessions:
        names.append(visible(session.name))
        length += len(session.name) + 1
        if length > _NAMES:
            break
    return " ".join(names)
