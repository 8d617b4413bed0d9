"""Time that can be compressed, stopped and let go on: of a demo, of a replay."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Final

from ftpwatch.core.clock import Alarm, Clock

__all__ = ["PacedClock"]

_STEP_SECONDS: Final = 0.05


class _PacedAlarm:
    def __init__(self, clock: "PacedClock", moment: float, callback: Callable[[], None]) -> None:
        self._clock, self._moment, self._callback = clock, moment, callback
        self._real: Alarm | None = None

    def look(self) -> None:
        """Ring if it is time, else look again."""
        due = self._moment <= self._clock.elapsed() and self._real is not None
        if due:
            self._callback()
        else:
            self._real = self._clock.call_in_a_step(self._moment, self.look)

    def cancel(self) -> None:
        if self._real is not None:
            self._real.cancel()


class PacedClock:
    """Advances with `real`, `speed` times as fast, from where it stands; `speed` 0 stands still,
    and beyond its bound it does not go. `origin` is its wall time at 0.
    """

    def __init__(self, real: Clock, speed: float = 1.0) -> None:
        self._real = real
        self._speed = speed
        self._position = 0.0
        self._since = real.elapsed()
        self._bound = inf
        self.origin = datetime.fromtimestamp(0, UTC)

    @property
    def speed(self) -> float:
        """How many of its seconds pass in a second."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._position, self._since = self.elapsed(), self._real.elapsed()
        self._speed = speed

    def now(self) -> datetime:
        return self.origin + timedelta(seconds=self.elapsed())

    def elapsed(self) -> float:
        return min(self._bound, self._position + (self._real.elapsed() - self._since) * self._speed)

    def call_at(self, elapsed: float, callback: Callable[[], None]) -> Alarm:
        alarm = _PacedAlarm(self, elapsed, callback)
        alarm.look()
        return alarm

    def call_in_a_step(self, elapsed: float, look: Callable[[], None]) -> Alarm:
        """Have `look` called when `elapsed` may be reached, or a step later as the speed may change
        meanwhile.
        """
        return self._real.call_at(self._real.elapsed() + self._step(elapsed), look)

    def _step(self, elapsed: float) -> float:
        left = max(0.0, elapsed - self.elapsed())
        return min(_STEP_SECONDS, left / self._speed) if self._speed else _STEP_SECONDS

    async def sleep_until(self, elapsed: float) -> None:
        while elapsed > self.elapsed():
            await self._real.sleep_until(self._real.elapsed() + self._step(elapsed))

    async def wait_moving(self) -> None:
        """Return when it does not stand still."""
        while not self._speed:
            await self._real.sleep_until(self._real.elapsed() + _STEP_SECONDS)

    def may_reach(self, elapsed: float) -> None:
        """Go on to `elapsed` at most."""
        self._position, self._since = self.elapsed(), self._real.elapsed()
        self._bound = elapsed

    def skip_to(self, elapsed: float) -> None:
        """Stand at `elapsed`."""
        self._position, self._since = elapsed, self._real.elapsed()
