"""The one place that reads the system's clocks."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["SystemClock"]

_LONGEST_NAP: Final = 2.0
# Counts the time a machine slept; Linux has it, others fall back to the monotonic clock.
_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class SystemClock:
    """Real time from the moment of construction; `speed` over 1 compresses it."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._origin = time.clock_gettime(_CLOCK)
        self._anchor = datetime.now(UTC)

    def now(self) -> datetime:
        """Wall time, UTC, anchored to `elapsed`: it never goes back."""
        return self._anchor + timedelta(seconds=self.elapsed())

    def elapsed(self) -> float:
        """Seconds since construction, sleep of the machine included."""
        return (time.clock_gettime(_CLOCK) - self._origin) * self._speed

    async def sleep_until(self, elapsed: float) -> None:
        """Return once `elapsed` is reached. Naps are short: timers stand still in sleep."""
        while (left := elapsed - self.elapsed()) > 0:  # noqa: ASYNC110 this is the clock itself
            await asyncio.sleep(min(left / self._speed, _LONGEST_NAP))
