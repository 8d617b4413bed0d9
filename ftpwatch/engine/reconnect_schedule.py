"""Coming back after a close: asks the Advisor when, says so, waits.

Nothing is known here of causes: the Watch's judgement of the close gives the cause, the Advisor
gives the wait, and a judgement that is revised meanwhile changes it. Never sooner than 3 s after a
close, and never two sessions of a host together.
"""

from enum import Enum, auto
from typing import Final, Protocol

from ftpwatch.core.ftp.jitter import share
from ftpwatch.core.ftp.target import Reconnect, Target
from ftpwatch.core.journal.events import ReconnectAbandoned, ReconnectScheduled
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.judgement.advisor import RetryAdvice
from ftpwatch.engine.hosts import Hosts
from ftpwatch.engine.logins import NEVER_BY_ITSELF
from ftpwatch.engine.own_state import OwnState
from ftpwatch.engine.session_environment import SessionEnvironment
from ftpwatch.transport.waiting import Overdue, within

__all__ = ["ReconnectSchedule"]

SOONEST_SECONDS: Final = 3.0
_JUDGED_WITHIN_SECONDS: Final = 3.0
_NOT_JUDGED: Final = Cause.UNKNOWN
_ALWAYS_AS: Final = Cause.CONNECTION_LOST


class NoteRest(Protocol):
    """Hears whether a session waits for nothing but its user."""

    def __call__(self, *, rests: bool) -> None: ...


class _Wish(Enum):
    NONE = auto()
    NOW = auto()
    AWAY = auto()


class ReconnectSchedule:
    """When one session connects again. `attempt` counts tries since the last that lasted."""

    def __init__(
        self,
        target: Target,
        environment: SessionEnvironment,
        own: OwnState,
        hosts: Hosts,
        note_rest: NoteRest,
    ) -> None:
        self._target, self._name, self._policy = target, target.name, target.reconnect
        self._own, self._clock = own, environment.clock
        self._advisor, self._hosts = environment.advisor, hosts
        self._judged: tuple[int, dict[int, Cause | None]] = (0, {})
        self._passes = False
        self._wish = _Wish.NONE
        self._news = own.news
        self._note_rest = note_rest
        self.attempt = 1

    def rest(self) -> None:
        """Nothing more comes by itself."""
        self._note_rest(rests=True)

    def at_once(self) -> None:
        """The user wants the session now."""
        self._set(_Wish.NOW)

    def stay_away(self) -> None:
        """The user wants the session to stay closed; ends a wait too."""
        self._set(_Wish.AWAY)

    def judge(self, connection: int, of: int, cause: Cause | None, *, passes: bool = False) -> None:
        """The Watch says what the entry `of` means, which ended `connection` or refused it, and
        whether it may pass though its cause does not by itself.
        """
        number, causes = self._judged
        if connection >= number:
            self._passes = passes
            others = causes if connection == number else {}
            self._judged = (connection, {**{k: c for k, c in others.items() if k != of}, of: cause})
            self._news.set()

    async def wait(self, connection: int, *, lasted: bool) -> None:
        """Return when the session shall connect again."""
        tries = 1 if lasted else self.attempt
        over = self._wish is _Wish.NONE and await self._wait_by_itself(connection, tries)
        if over and self._wish is _Wish.NONE:
            self.attempt = tries + 1
            return
        if self._wish is _Wish.AWAY:
            self._own.publish(ReconnectAbandoned(tries, Cause.LOCAL))
        while self._wish is not _Wish.NOW:
            self.rest()
            self._news.clear()
            await self._news.wait()
        self._note_rest(rests=False)
        self.attempt = 1
        self._set(_Wish.NONE)

    async def _wait_by_itself(self, connection: int, tries: int) -> bool:
        """True where the wait is over; False where the user's wish decides."""
        closed_at = self._clock.elapsed()
        await self._wait_judged(connection)
        full = False
        while self._wish is _Wish.NONE:
            cause = self._cause(connection) or _NOT_JUDGED
            advice = self._advice(cause, tries, connection)
            if advice.needs_place and not full:
                full = True
                self._hosts.is_full(self._target, self._clock.elapsed())
            if advice.delay_seconds is None:
                self._own.publish(ReconnectAbandoned(tries, cause))
                return False
            delay = max(SOONEST_SECONDS, advice.delay_seconds)
            moment = self._hosts.take_return(self._target, closed_at + delay)
            wait = moment - self._clock.elapsed()
            self._own.publish(ReconnectScheduled(wait, tries, cause))
            if await self._something_new(moment, connection, self._cause(connection)):
                continue
            if not advice.needs_place:
                return True
            if self._hosts.may_ask(self._target, moment):
                self._hosts.ask(self._target, moment)
                return True
            closed_at, tries = self._clock.elapsed(), tries + 1
        return False

    async def _wait_judged(self, connection: int) -> None:
        """Until the Watch has said what ended `connection`, for some seconds at most."""
        moment = self._clock.elapsed() + _JUDGED_WITHIN_SECONDS
        await self._something_new(moment, connection, None)

    async def _something_new(self, moment: float, connection: int, cause: Cause | None) -> bool:
        """Wait until `moment`; True where before it the user wished something, or the cause is no
        longer `cause`, which is None while nothing was judged.
        """
        while self._wish is _Wish.NONE and self._cause(connection) == cause:
            self._news.clear()
            try:
                left = moment - self._clock.elapsed()
                await within(self._clock, left, self._news.wait())
            except Overdue:
                return False
        return True

    def _set(self, wish: _Wish) -> None:
        self._wish = wish
        self._news.set()

    def _cause(self, connection: int) -> Cause | None:
        """What ended `connection`, as judged by now; a refused login counts above what followed."""
        number, causes = self._judged
        if number != connection or not causes:
            return None
        for cause in causes.values():
            if cause in NEVER_BY_ITSELF:
                return cause
        return causes[max(causes)] or _NOT_JUDGED

    def _advice(self, cause: Cause, tries: int, connection: int) -> RetryAdvice:
        if self._policy is Reconnect.NEVER or cause in NEVER_BY_ITSELF:
            return RetryAdvice(None, "not by itself")
        spread = share(self._name, connection, tries)
        advice = self._advisor.when_to_retry(cause, tries, spread, passes=self._passes)
        if advice.delay_seconds is None and self._policy is Reconnect.ALWAYS:
            return self._advisor.when_to_retry(_ALWAYS_AS, tries, spread)
        return advice
