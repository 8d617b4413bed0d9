"""What is kept of a flood: AT_ONCE replies, then EACH_SECOND; the rest is counted. Pure.

Only what nobody waits for is counted: every final reply to a command is kept. So are the first and
the last 421 and 221 of a flood, which say why it is one.
"""

from typing import Final

from ftpwatch.core.journal.events import MalformedReply, RepliesSkipped, ReplyReceived

__all__ = ["AT_ONCE", "EACH_SECOND", "Flood", "Item"]

AT_ONCE: Final = 100
EACH_SECOND: Final = 10
AT_ONCE_BYTES: Final = 262_144
EACH_SECOND_BYTES: Final = 32_768
SECONDS: Final = 1.0
_ANNOUNCING: Final = (421, 221)
Item = ReplyReceived | MalformedReply


class Flood:
    """Counts the replies of one connection; moments are seconds, given by the caller."""

    def __init__(self) -> None:
        self._began = 0.0
        self._kept = self._bytes = 0
        self._goes_on = False
        self._skipped = self._skipped_bytes = 0
        self._announced: set[int] = set()
        self._last: dict[int, tuple[ReplyReceived, int]] = {}

    def keeps(self, item: Item, size: int, now: float) -> bool:
        """Whether `item` of `size` bytes is kept; else it is counted."""
        if now - self._began >= SECONDS:
            self._begin(now)
        most, most_bytes = (
            (EACH_SECOND, EACH_SECOND_BYTES) if self._goes_on else (AT_ONCE, AT_ONCE_BYTES)
        )
        fits = self._kept < most and self._bytes + size <= most_bytes
        code = (item.code or 0) if isinstance(item, ReplyReceived) else 0
        announces = code in _ANNOUNCING
        if fits or (announces and code not in self._announced):
            self._kept, self._bytes = self._kept + 1, self._bytes + size
            if announces:
                self._announced.add(code)
                self._count(self._last.pop(code, None))
            return True
        if isinstance(item, ReplyReceived) and announces:
            self._count(self._last.get(code))
            self._last[code] = item, size
        else:
            self._count((item, size))
        return False

    def _count(self, skipped: tuple[Item, int] | None) -> None:
        if skipped is not None:
            self._skipped, self._skipped_bytes = self._skipped + 1, self._skipped_bytes + skipped[1]

    @property
    def tells_at(self) -> float | None:
        """When what was counted is to be told; None where nothing was."""
        return self._began + SECONDS if self._skipped or self._last else None

    def tell(self, now: float, *, over: bool) -> list[RepliesSkipped | ReplyReceived]:
        """What was counted since it was told last; where the flood is `over`, because the
        connection ends or because it has ended by itself, also the last 421 and 221 of it.
        """
        events: list[RepliesSkipped | ReplyReceived] = []
        ended = over or not self._skipped
        if self._skipped:
            seconds = max(0.0, now - self._began)
            events.append(RepliesSkipped(self._skipped, self._skipped_bytes, seconds))
            self._skipped = self._skipped_bytes = 0
        if ended:
            events += [reply for reply, _ in self._last.values()]
            self._last.clear()
            self._announced.clear()
        return events

    def _begin(self, now: float) -> None:
        """Another second; the flood goes on where the one before was too full."""
        last = now - self._began < 2 * SECONDS
        self._goes_on = last and self._kept >= (EACH_SECOND if self._goes_on else AT_ONCE)
        self._began, self._kept, self._bytes = now, 0, 0
