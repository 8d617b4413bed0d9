"""What sessions folded of their own entries as they published them, on its way to the Watch: so an
entry is folded once, and what a session decides by is what every view reads.
"""

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.state.state import SessionState

__all__ = ["FoldedAhead"]


class FoldedAhead:
    """Sessions put, the Watch takes. Where it knows more of a session than that itself, as others
    published it, it folds again.
    """

    def __init__(self) -> None:
        self._states: dict[int, tuple[SessionState | None, SessionState]] = {}

    def __len__(self) -> int:
        """How many are on their way."""
        return len(self._states)

    def put(self, before: SessionState | None, entry: Entry, after: SessionState) -> None:
        """`entry` makes `before` be `after`; there was none before it was added."""
        self._states[entry.seq] = (before, after)

    def take(self, before: SessionState | None, entry: Entry) -> SessionState | None:
        """What `entry` makes of `before`; None where nobody folded it, or of another state."""
        known = self._states.pop(entry.seq, None)
        return known[1] if known is not None and known[0] is before else None
