"""A gap in time is told before anything that is found after it: bytes that waited while the machine
slept are read at once at waking, sooner than any timer fires.
"""

from collections.abc import Callable

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import AnyEvent, ClockJumped
from ftpwatch.core.journal.keeper import Publish

__all__ = ["JumpsFirst"]


class JumpsFirst:
    """A Publish that looks at the clocks first; `look` gives a gap since it looked last."""

    def __init__(self, publish: Publish, look: Callable[[], ClockJumped | None]) -> None:
        self._publish, self._look = publish, look

    def __call__(
        self, event: AnyEvent, session: str | None = None, connection: int | None = None
    ) -> Entry:
        if not isinstance(event, ClockJumped) and (jump := self._look()) is not None:
            self._publish(jump)
        return self._publish(event, session, connection)
