"""What was known after any entry of a recording, also of one that is being written: folded anew
from the newest state that is kept before it. Nothing is judged.
"""

from collections.abc import Callable
from typing import Final

from ftpwatch.core.state.fold import fold
from ftpwatch.core.state.state import WatchState
from ftpwatch.record.lane import Lane
from ftpwatch.record.recalling import entries_of, newest_state

__all__ = ["PastStates"]

_EVERY: Final = 500
_MOST: Final = 64


class PastStates:
    """Asks in a thread of its own, which is there once something is asked. States that it comes by
    are kept for the next question.
    """

    def __init__(self, open_lane: Callable[[], Lane]) -> None:
        self._open_lane = open_lane
        self._lane: Lane | None = None
        self._known: dict[int, WatchState] = {}

    def close(self) -> None:
        """Let go of the files."""
        if self._lane is not None:
            self._lane.close()

    def look_for_parts(self) -> None:
        """What somebody else writes may have gone on in another file."""
        if self._lane is not None:
            self._lane.look_for_parts()

    async def after(self, seq: int, version: str) -> WatchState | None:
        """What was known after the entry `seq`, by states that `version` of fold and knowledge
        kept; None where it cannot be read so far. Raises NotARecording.
        """
        lane = self._lane = self._lane or self._open_lane()
        return await lane.ask(lambda: self._bring(lane, seq, version), None)

    def _bring(self, lane: Lane, seq: int, version: str) -> WatchState | None:
        lane.open_new_parts()
        state = self._begin(lane, seq, version)
        reached = state.seq
        for entry in entries_of(lane.parts.files, state.seq):
            reached = entry.seq
            if entry.seq > seq:
                break
            state = fold(state, entry)
            if entry.seq % _EVERY == 0:
                self._keep(state)
        if reached < seq:
            return None
        self._keep(state)
        return state

    def _begin(self, lane: Lane, seq: int, version: str) -> WatchState:
        nearest = max((known for known in self._known if known <= seq), default=0)
        kept = None if seq - nearest <= _EVERY else newest_state(lane.parts, nearest, seq, version)
        return kept or self._known.get(nearest) or WatchState()

    def _keep(self, state: WatchState) -> None:
        self._known[state.seq] = state
        if len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
