"""Replay: a recording published again in its own time, or faster. Never opens a socket.

It answers the wishes of a user with Refused: what happened cannot be steered.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, NoReturn

from ftpwatch.core.command import Secret
from ftpwatch.core.entry import Entry
from ftpwatch.core.protocols import Clock, Refused
from ftpwatch.core.state import KnownLimit

__all__ = ["Replay", "ReplayClock"]

_STEP_SECONDS: Final = 0.05
_ENTRIES_PER_TURN: Final = 50


class ReplayClock:
    """The time of the recording: it advances with `real`, `speed` times as fast, from where
    replay stands; `speed` 0 stands still.
    """

    def __init__(self, real: Clock, speed: float) -> None:
        self._real = real
        self._speed = speed
        self._position = 0.0
        self._since = real.elapsed()
        self.origin = datetime.fromtimestamp(0, UTC)

    @property
    def speed(self) -> float:
        """How many recorded seconds pass in a second."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._position, self._since = self.elapsed(), self._real.elapsed()
        self._speed = speed

    def now(self) -> datetime:
        return self.origin + timedelta(seconds=self.elapsed())

    def elapsed(self) -> float:
        return self._position + (self._real.elapsed() - self._since) * self._speed

    async def sleep_until(self, elapsed: float) -> None:
        # In steps, as the speed may change meanwhile.
        while (left := elapsed - self.elapsed()) > 0:
            step = min(_STEP_SECONDS, left / self._speed) if self._speed else _STEP_SECONDS
            await self._real.sleep_until(self._real.elapsed() + step)

    def skip_to(self, elapsed: float) -> None:
        """Stand at `elapsed`."""
        self._position, self._since = elapsed, self._real.elapsed()


class Replay:
    """Publishes the entries of a recording. Implements Controls by refusing."""

    def __init__(
        self,
        entries: Iterable[Entry],
        clock: ReplayClock,
        republish: Callable[[Entry], object],
    ) -> None:
        self._entries = entries
        self._clock = clock
        self._republish = republish
        self.finished = asyncio.Event()

    async def run(self) -> None:
        """Publish every entry when its time has come."""
        first = True
        for number, entry in enumerate(self._entries):
            if number % _ENTRIES_PER_TURN == 0:
                await asyncio.sleep(0)
            if first:
                self._clock.origin = entry.at - timedelta(seconds=entry.elapsed_seconds)
                self._clock.skip_to(entry.elapsed_seconds)
                first = False
            await self._clock.sleep_until(entry.elapsed_seconds)
            self._republish(entry)
        self.finished.set()

    def add(self, target: str, password: Secret | None = None) -> None:
        self._refuse()

    def remove(self, session: str) -> None:
        self._refuse()

    def reconnect(self, session: str) -> None:
        self._refuse()

    def quit(self, session: str) -> None:
        self._refuse()

    def drop(self, session: str) -> None:
        self._refuse()

    def keep_alive_now(self, session: str) -> None:
        self._refuse()

    def set_keep_alive(
        self, session: str, interval_seconds: float | None, by: str = "user"
    ) -> None:
        self._refuse()

    def set_keep_alive_command(self, session: str, command: str) -> None:
        self._refuse()

    def open_twin(
        self, of: str, name: str, command: str | None, interval_seconds: float | None
    ) -> str:
        self._refuse()

    def know_limit(self, session: str, limit: KnownLimit) -> None:
        self._refuse()

    def check(self, session: str) -> None:
        self._refuse()

    def mark(self, text: str) -> None:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise Refused("this is a recording: what happened cannot be steered")
