"""The one place that reads the system's clocks."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from heapq import heapify, heappop, heappush
from itertools import count
from math import inf
from typing import Final

import msgspec

from ftpwatch.core.journal.events import ClockJumped
from ftpwatch.core.journal.vocabulary import Jump

__all__ = ["Readings", "SystemClock", "jump_between"]

_LONGEST_NAP: Final = 2.0
_LOOK_SECONDS: Final = 1.0
_FEW_ALARMS: Final = 64
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


class _Alarm:
    """`is_wanted` until it rang or was cancelled."""

    __slots__ = ("_callback", "_clock", "is_wanted")

    def __init__(self, clock: "SystemClock", callback: Callable[[], None]) -> None:
        self._clock, self._callback = clock, callback
        self.is_wanted = True

    def ring(self) -> None:
        if self.is_wanted:
            self.is_wanted = False
            self._callback()

    def cancel(self) -> None:
        if self.is_wanted:
            self.is_wanted = False
            self._clock.forget_one()


class SystemClock:
    """Real time from the moment of construction; `speed` over 1 compresses it."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._origin = time.clock_gettime(_CLOCK)
        self._anchor = time.time()
        self._last = datetime.fromtimestamp(self._anchor, UTC)
        self._before = _read()
        self._alarms: list[tuple[float, int, _Alarm]] = []
        self._numbers = count()
        self._timer: asyncio.TimerHandle | None = None
        self._unwanted = 0

    def now(self) -> datetime:
        """Wall time, UTC, anchored to `elapsed`: it never goes back."""
        now = datetime.fromtimestamp(self._anchor + self.elapsed(), UTC)
        if now > self._last:
            self._last = now
        return self._last

    def elapsed(self) -> float:
        """Seconds since construction, sleep of the machine included."""
        return (time.clock_gettime(_CLOCK) - self._origin) * self._speed

    def call_at(self, elapsed: float, callback: Callable[[], None]) -> "_Alarm":
        """One timer of the loop serves all alarms, and naps are short: timers stand still while
        the machine sleeps.
        """
        alarm = _Alarm(self, callback)
        if elapsed < inf:
            heappush(self._alarms, (elapsed, next(self._numbers), alarm))
            if self._alarms[0][2] is alarm:
                self._nap()
        return alarm

    async def sleep_until(self, elapsed: float) -> None:
        """Return once `elapsed` is reached."""
        if elapsed <= self.elapsed():
            return
        future = asyncio.get_running_loop().create_future()
        alarm = self.call_at(elapsed, lambda: None if future.done() else future.set_result(None))
        try:
            await future
        finally:
            alarm.cancel()

    def forget_one(self) -> None:
        """One alarm more is not wanted; where most are not, they are thrown away."""
        self._unwanted += 1
        if self._unwanted > max(_FEW_ALARMS, len(self._alarms) // 2):
            self._alarms = [item for item in self._alarms if item[2].is_wanted]
            heapify(self._alarms)
            self._unwanted = 0

    def _nap(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._alarms:
            left = max(0.0, self._alarms[0][0] - self.elapsed()) / self._speed
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(min(left, _LONGEST_NAP), self._look)

    def _look(self) -> None:
        now, loop = self.elapsed(), asyncio.get_running_loop()
        while self._alarms and self._alarms[0][0] <= now:
            alarm = heappop(self._alarms)[2]
            if alarm.is_wanted:
                loop.call_soon(alarm.ring)
            else:
                self._unwanted -= 1
        self._nap()

    def look(self) -> ClockJumped | None:
        """The gap in time since the last look, if there was one; wall time is then anchored anew,
        unless it went back. To be called once a second at least.
        """
        before, self._before = self._before, _read()
        jump = jump_between(before, self._before, _LOOK_SECONDS)
        if jump is not None and jump.gap_seconds > 0:
            self._anchor = time.time() - self.elapsed()
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
