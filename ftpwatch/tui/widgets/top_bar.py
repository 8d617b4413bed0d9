"""The first line: how many sessions live, whether it is recorded, 421s, the next keep-alive."""

from rich.text import Text
from textual.widget import Widget

from ftpwatch.core.state.next_step import next_keep_alive_at
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import Kept, WatchState
from ftpwatch.core.text.phrasing import length
from ftpwatch.tui.fence import fenced
from ftpwatch.tui.signs import UNICODE, Signs

__all__ = ["TopBar"]

_GAP = 2
_OPENING = (Phase.CONNECTING, Phase.GREETING, Phase.TLS, Phase.LOGIN)


@fenced
class TopBar(Widget):
    """Counts of the whole watch."""

    signs: Signs = UNICODE
    state = WatchState()
    now = 0.0
    refusals = 0
    title_words = "ftpwatch"
    keeping = "REC"
    frozen_behind: int | None = None
    leaving = False

    def render(self) -> Text:
        state = self.state
        closed = state.count(Phase.CLOSED, Phase.WAITING)
        live = state.count(Phase.READY, Phase.TRANSFER)
        left = f" {self.title_words}  {live} live · {closed} closed"
        if opening := state.count(*_OPENING):
            left += f" · connecting {opening} of {len(state.sessions)}"
        right = [self._recording(), f"421 ▸ {self.refusals}", self._next_keep_alive(), "? help"]
        least = (right[2], right[3], right[1])  # left out in this order where it is narrow
        if self.frozen_behind is not None:
            right.insert(0, f"FROZEN +{self.frozen_behind}")
        if self.leaving:
            left = f" {self.title_words}"
            right = ["saying QUIT to all, 3 s at most; once more to leave at once"]
        room = self.size.width - len(left) - _GAP
        for part in least:
            if len("  ".join(right)) >= room and part in right:
                right.remove(part)
        gap = "   " if len("   ".join(right)) < room else "  "
        words = left + " " * _GAP + f"{gap.join(right)} ".rjust(max(0, room))
        return Text(self.signs.text(words), no_wrap=True, overflow="crop")

    def _recording(self) -> str:
        minutes, seconds = divmod(int(self.now), 60)
        time = f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
        paused = "" if self.state.kept is Kept.YES else " PAUSED"
        return f"{self.keeping}{paused} {time}"

    def _next_keep_alive(self) -> str:
        dues = [next_keep_alive_at(session) for session in self.state.sessions.values()]
        soonest = min((due for due in dues if due is not None), default=None)
        return (
            "no keep-alive due"
            if soonest is None
            else f"keep-alive in {length(max(0, soonest - self.now) // 1)}"
        )
