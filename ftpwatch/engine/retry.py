"""Coming back after a close: asks the Advisor when, says so, waits.

Nothing is known here of causes: the Watch's judgement of the close gives the cause, the Advisor
gives the wait. Never sooner than 3 s after a close, and never two sessions of a host together.
"""

import asyncio
from enum import Enum, auto
from typing import Final

from ftpwatch.core.events import ReconnectAbandoned, ReconnectScheduled
from ftpwatch.core.protocols import RetryAdvice
from ftpwatch.core.spread import share
from ftpwatch.core.target import Reconnect, Target
from ftpwatch.engine.hosts import Hosts
from ftpwatch.engine.outside import Outside
from ftpwatch.engine.waiting import Overdue, within

__all__ = ["Comeback"]

SOONEST_SECONDS: Final = 3.0
_JUDGED_WITHIN_SECONDS: Final = 3.0
NEVER_BY_ITSELF: Final = frozenset({"login_refused", "login_abuse", "kicked"})
_ALWAYS_AS: Final = "connection_lost"


class _Wish(Enum):
    NONE = auto()
    NOW = auto()
    AWAY = auto()


class Comeback:
    """When one session connects again. `attempt` counts tries since the last that lasted."""

    def __init__(self, target: Target, outside: Outside, hosts: Hosts) -> None:
        self._target, self._name, self._policy = target, target.name, target.reconnect
        self._publish, self._clock = outside.publish, outside.clock
        self._advisor, self._hosts = outside.advisor, hosts
        self._judged: asyncio.Queue[tuple[int, str | None]] = asyncio.Queue()
        self._wish = _Wish.NONE
        self._wished = asyncio.Event()
        self.attempt = 1
        self.rests = False

    def at_once(self) -> None:
        """The user wants the session now."""
        self._set(_Wish.NOW)

    def stay_away(self) -> None:
        """The user wants the session to stay closed; ends a wait too."""
        self._set(_Wish.AWAY)

    def judge(self, connection: int, cause: str | None) -> None:
        """The Watch says what ended `connection`."""
        self._judged.put_nowait((connection, cause))

    async def wait(self, connection: int, *, lasted: bool) -> None:
        """Return when the session shall connect again."""
        tries = 1 if lasted else self.attempt
        if self._wish is _Wish.NONE and await self._wait_by_itself(connection, tries):
            self.attempt = tries + 1
            return
        while self._wish is not _Wish.NOW:
            self.rests = True
            self._wished.clear()
            await self._wished.wait()
        self.rests = False
        self.attempt = 1
        self._set(_Wish.NONE)

    async def _wait_by_itself(self, connection: int, tries: int) -> bool:
        """True where the wait is over; False where the user's wish decides."""
        closed_at = self._clock.elapsed()
        self._wished.clear()
        cause = await self._cause(connection)
        if self._advice(cause, tries, connection).needs_place:
            self._hosts.is_full(self._target)
        while self._wish is _Wish.NONE:
            advice = self._advice(cause, tries, connection)
            if advice.delay_seconds is None:
                self._publish(ReconnectAbandoned(tries, cause), self._name)
                return False
            delay = max(SOONEST_SECONDS, advice.delay_seconds)
            moment = self._hosts.apart(self._target, closed_at + delay)
            if await self._wait_until(moment, tries, cause):
                return False
            if not advice.needs_place or self._hosts.has_place(self._target):
                return True
            closed_at, tries = self._clock.elapsed(), tries + 1
        return False

    async def _wait_until(self, moment: float, tries: int, cause: str) -> bool:
        """Say how long, and wait; True where the user wished something meanwhile."""
        left = moment - self._clock.elapsed()
        self._publish(ReconnectScheduled(left, tries, cause), self._name)
        try:
            await within(self._clock, left, self._wished.wait())
        except Overdue:
            return False
        if self._wish is _Wish.AWAY:
            self._publish(ReconnectAbandoned(tries, "local"), self._name)
        return True

    def _set(self, wish: _Wish) -> None:
        self._wish = wish
        self._wished.set()

    async def _cause(self, connection: int) -> str:
        """What ended `connection`, as judged."""
        number, cause = 0, None
        try:
            while number != connection:
                number, cause = await within(
                    self._clock, _JUDGED_WITHIN_SECONDS, self._judged.get()
                )
        except Overdue:
            return "unknown"
        return cause or "unknown"

    def _advice(self, cause: str, tries: int, connection: int) -> RetryAdvice:
        if self._policy is Reconnect.NEVER or cause in NEVER_BY_ITSELF:
            return RetryAdvice(None, "not by itself")
        spread = share(self._name, connection, tries)
        advice = self._advisor.when_to_retry(cause, tries, spread)
        if advice.delay_seconds is None and self._policy is Reconnect.ALWAYS:
            return self._advisor.when_to_retry(_ALWAYS_AS, tries, spread)
        return advice
