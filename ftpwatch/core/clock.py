"""Time as a parameter: nothing here reads a clock of the machine."""

from datetime import datetime
from typing import Protocol

__all__ = ["Clock"]


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Wall time, UTC."""
        ...

    def elapsed(self) -> float:
        """Seconds since the watch began; never goes back, counts sleep of the machine."""
        ...

    async def sleep_until(self, elapsed: float) -> None:
        """Return when `elapsed()` has reached the given moment."""
        ...
