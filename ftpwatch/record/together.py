"""Ends of one incident, or returns after it, which share a row on the screen."""

from collections import deque
from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.judgement.context import INCIDENT_SESSIONS

__all__ = ["Together"]

_LONGEST_SECONDS: Final = 30.0


class Together:
    """Events of one kind at one host in a row: from the third session on they share a row."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._recent: deque[tuple[int, float, str]] = deque()
        self._first: int | None = None
        self._began = 0.0

    def add(self, entry: Entry) -> tuple[int | None, list[int]]:
        """The seq of the row that `entry` shares, and earlier entries that share it from now on."""
        now = entry.elapsed_seconds
        while self._recent and now - self._recent[0][1] > self._seconds:
            self._recent.popleft()
        if not self._recent or now - self._began > _LONGEST_SECONDS:
            self._first, self._began = None, now
            self._recent.clear()
        self._recent.append((entry.seq, now, entry.session or ""))
        if self._first is not None:
            return self._first, []
        if len({session for _, _, session in self._recent}) < INCIDENT_SESSIONS:
            return None, []
        self._first = self._recent[0][0]
        return self._first, [seq for seq, _, _ in list(self._recent)[1:-1]]
