"""The first line: how many sessions live, whether it is recorded, 421s, the next keep-alive."""

from collections.abc import Sequence

import msgspec
from rich.text import Text
from textual.widget import Widget

from ftpwatch.core.state.next_step import next_keep_alive_at
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import RecordingStatus, SessionState, WatchState
from ftpwatch.core.text.headline import Headline, Keeping
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.keys import keys_on
from ftpwatch.tui.signs import UNICODE, Signs

__all__ = ["TopBar"]

_GAP = 2
_LEAVING = "closing all with QUIT"
_MANY = 200
_OPENING = (Phase.CONNECTING, Phase.GREETING, Phase.TLS, Phase.LOGIN)


class _Counts(msgspec.Struct, frozen=True):
    closed: int = 0
    unreached: int = 0
    live: int = 0
    opening: int = 0
    due: float | None = None


@fenced
class TopBar(Widget):
    """Counts of the whole watch."""

    signs: Signs = UNICODE
    state = WatchState()
    now = 0.0
    refusals = 0
    headline = Headline()
    frozen_behind: int | None = None
    leaving = False
    _counted_from: object = None
    _counted_at = 0.0
    _counts = _Counts()
    _drawn: tuple[str, int] = ("", 0)

    def show(self, state: WatchState, now: float, refusals: int, frozen_behind: int | None) -> None:
        """Draw them, where they look otherwise than they did."""
        self.state, self.now, self.refusals = state, now, refusals
        self.frozen_behind = frozen_behind
        if self._line() != self._drawn:
            self.refresh()

    def _count(self) -> _Counts:
        """Anew where something happened; with many sessions once a second."""
        sessions = self.state.sessions
        is_fresh = len(sessions) > _MANY and 0 <= self.now - self._counted_at < 1
        if self._counted_from is not sessions and not is_fresh:
            self._counted_from, self._counted_at = sessions, self.now
            dues = [next_keep_alive_at(session) for session in sessions.values()]
            new = sum(session.connection is None for session in sessions.values())
            unreached = sum(_is_unreached(session) for session in sessions.values())
            self._counts = _Counts(
                closed=self.state.count(Phase.CLOSED, Phase.WAITING) - new - unreached,
                unreached=unreached,
                live=self.state.count(Phase.READY, Phase.TRANSFER),
                opening=self.state.count(*_OPENING) + new,
                due=min((due for due in dues if due is not None), default=None),
            )
        return self._counts

    def render(self) -> Text:
        self._drawn = self._line()
        return Text(self.signs.text(self._drawn[0]), no_wrap=True, overflow="crop")

    def _line(self) -> tuple[str, int]:
        """The line, and how wide it is."""
        counts = self._count()
        left = f" {self.headline.title}  {counts.live} live · {counts.closed} closed"
        if counts.unreached:
            left += f" · {counts.unreached} not reached"
        if counts.opening:
            left += f" · connecting {counts.opening} of {len(self.state.sessions)}"
        keys = f"{keys_on(self.app).first('help')} help"
        refusals, due = f"421s: {self.refusals}", self._next_keep_alive()
        long = self._recording()
        short = long if "PAUSED" in long else str(self.headline.keeping)
        least = "" if self.headline.keeping == Keeping.NOT_RECORDED else short
        choices: tuple[tuple[str, ...], ...] = (
            (long, refusals, due, keys), (long, refusals, keys), (short, refusals, keys),
            (least, refusals, keys), (least, refusals), (least,),
        )  # fmt: skip
        frozen = f"FROZEN +{self.frozen_behind}" if self.frozen_behind is not None else ""
        if self.leaving:
            left, frozen = f" {self.headline.title}", ""
            choices = ((f"{_LEAVING}, at most 3 s; once more to leave at once",), (_LEAVING,))
        room = self.size.width - len(left) - _GAP
        right = [part for part in (frozen, *_that_fits(choices, room - len(frozen))) if part]
        gap = "   " if len("   ".join(right)) < room else "  "
        line = left + " " * _GAP + f"{gap.join(right)} ".rjust(max(0, room))
        return line, self.size.width

    def _recording(self) -> str:
        minutes, seconds = divmod(int(self.now), 60)
        time = f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
        if not self.state.timed:
            return f"{self.headline.keeping} without times"
        paused = "" if self.state.kept is RecordingStatus.YES else " PAUSED"
        if self.headline.keeping == Keeping.NOT_RECORDED:
            return f"{self.headline.keeping} · {time}"
        return f"{self.headline.keeping}{paused} {time}"

    def _next_keep_alive(self) -> str:
        if self.state.source is not None:
            return ""
        soonest = self._count().due
        return (
            "no keep-alive due"
            if soonest is None
            else f"next keep-alive {format_duration(max(0, soonest - self.now) // 1)}"
        )


def _is_unreached(session: SessionState) -> bool:
    """Nobody closed what never stood."""
    facts = session.connection
    failed = facts is not None and facts.failure is not None and facts.opened_at is None
    return failed and session.phase in (Phase.CLOSED, Phase.WAITING)


def _that_fits(choices: Sequence[tuple[str, ...]], room: int) -> tuple[str, ...]:
    """The first of them that is shorter than `room`, or the last."""
    return next((c for c in choices if len("  ".join(filter(None, c))) < room), choices[-1])
