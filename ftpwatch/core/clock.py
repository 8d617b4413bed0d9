"""Time as a parameter: nothing here reads a clock of the machine."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

__all__ = ["Alarm", "Clock"]


class Alarm(Protocol):
    """What was asked of a clock."""

    def cancel(self) -> object:
        """It is not wanted any more."""
        ...


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Wall time, UTC."""
        ...

    def elapsed(self) -> float:
        """Seconds since the watch began; never goes back, counts sleep of the machine."""
        ...

    def call_at(self, elapsed: float, callback: Callable[[], None]) -> Alarm:
        """Have `callback` called once `elapsed()` has reached the given moment."""
        ...

    async def sleep_until(self, elapsed: float) -> None:
        """Return when `elapsed()` has reached the given moment."""
        ...
