"""The one place that reads the system's clocks."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from ftpwatch.core.journal.events import ClockJumped
from ftpwatch.core.journal.vocabulary import Jump

__all__ = ["Readings", "SystemClock", "jump_between"]

_LONGEST_NAP: Final = 2.0
_LOOK_SECONDS: Final = 1.0
JUMP_SECONDS: Final = 1.5
# Counts the time a machine slept; Linux has it, others fall back to the monotonic clock.
_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Readings(msgspec.Struct, frozen=True):
    """What the system's clocks say at one moment, in seconds: `boot` counts sleep, `awake` does
    not, `wall` is what people set.
    """

    boot: float
    awake: float
    wall: float


def jump_between(before: Readings, after: Readings, expected: float) -> ClockJumped | None:
    """What happened in between, where it was to last `expected` seconds: sleep is boot time that
    nobody was awake for, a step is wall time that did not pass, a stall is our own loop being late.
    """
    awake = after.awake - before.awake
    slept = (after.boot - before.boot) - awake
    stepped = (after.wall - before.wall) - (after.boot - before.boot)
    if slept > JUMP_SECONDS:
        return ClockJumped(round(slept, 3), Jump.SLEEP)
    if awake - expected > JUMP_SECONDS:
        return ClockJumped(round(awake - expected, 3), Jump.STALL)
    if abs(stepped) > JUMP_SECONDS:
        return ClockJumped(round(stepped, 3), Jump.STEP)
    return None


class SystemClock:
    """Real time from the moment of construction; `speed` over 1 compresses it."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._origin = time.clock_gettime(_CLOCK)
        self._anchor = datetime.now(UTC)
        self._last = self._anchor
        self._before = _read()

    def now(self) -> datetime:
        """Wall time, UTC, anchored to `elapsed`: it never goes back."""
        self._last = max(self._last, self._anchor + timedelta(seconds=self.elapsed()))
        return self._last

    def elapsed(self) -> float:
        """Seconds since construction, sleep of the machine included."""
        return (time.clock_gettime(_CLOCK) - self._origin) * self._speed

    async def sleep_until(self, elapsed: float) -> None:
        """Return once `elapsed` is reached. Naps are short: timers stand still in sleep."""
        while (left := elapsed - self.elapsed()) > 0:  # noqa: ASYNC110 this is the clock itself
            await asyncio.sleep(min(left / self._speed, _LONGEST_NAP))

    def look(self) -> ClockJumped | None:
        """The gap in time since the last look, if there was one; wall time is then anchored anew,
        unless it went back. To be called once a second at least.
        """
        before, self._before = self._before, _read()
        jump = jump_between(before, self._before, _LOOK_SECONDS)
        if jump is not None and jump.gap_seconds > 0:
            self._anchor = datetime.now(UTC) - timedelta(seconds=self.elapsed())
        return jump

    async def wait_jump(self) -> ClockJumped:
        """Return at the next gap in time."""
        self._before = _read()
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if (jump := self.look()) is not None:
                return jump


def _read() -> Readings:
    return Readings(time.clock_gettime(_CLOCK), time.monotonic(), time.time())
