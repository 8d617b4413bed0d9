"""Publishes what becomes known of a host's limits: stated by the server, or seen in its closes.

A close teaches later ones only, and once it is known that it struck one session and not many: it
is held until then. It teaches where it states the limit, or where an earlier one agrees with it.
"""

import asyncio
from typing import Final

import msgspec
from msgspec.structs import replace

from ftpwatch.core.clock import Clock
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import ConnectionClosed, ReplyReceived
from ftpwatch.core.journal.keeper import Publish
from ftpwatch.core.journal.vocabulary import Cause, ClockName, ClosedBy, LimitSource, Role
from ftpwatch.core.judgement.advisor import Advisor
from ftpwatch.core.judgement.context import TOGETHER_SECONDS
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.explanation import Confidence, Explained
from ftpwatch.core.state.state import ClockLimit, HostKey, host_key

__all__ = ["LimitsSeen"]

_SAME_WITHIN_SECONDS: Final = 1.0
_HELD_SECONDS: Final = TOGETHER_SECONDS + 0.5
# Entries on their way to the Watch are stamped already.
_ON_THEIR_WAY_SECONDS: Final = 0.1
_STRIKES_KEPT: Final = 10


class _Close(msgspec.Struct, frozen=True):
    """A close that may teach a limit, and how it is explained by now."""

    entry: Entry
    host: HostKey
    explained: Explained
    stood: bool


class LimitsSeen:
    """Subscribe `receive` to the Watch, and let `run` run. The Advisor reads the words; nothing is
    known here.
    """

    def __init__(self, advisor: Advisor, publish: Publish, clock: Clock) -> None:
        self._advisor, self._publish, self._clock = advisor, publish, clock
        self._published: dict[tuple[str, int, str, str], float] = {}
        self._held: dict[int, _Close] = {}
        self._strikes: dict[tuple[str, int, str], list[float]] = {}
        self._holding = asyncio.Event()

    async def run(self) -> None:
        """Publish in time what nothing else would bring up, until cancelled."""
        while True:
            await self._holding.wait()
            while self._held:
                first = next(iter(self._held.values())).entry.elapsed_seconds
                await self._clock.sleep_until(first + _HELD_SECONDS + _ON_THEIR_WAY_SECONDS)
                self._learn(self._clock.elapsed())
            self._holding.clear()

    def receive(self, update: Update) -> None:
        """Publish a limit that `update` makes known, once."""
        for explained in update.explained:
            if explained.of in self._held:
                held = self._held[explained.of]
                self._held[explained.of] = replace(held, explained=explained)
        entry = update.entry
        match entry.event if entry is not None else None:
            case ReplyReceived() as reply if entry is not None:
                session = update.state.sessions.get(entry.session or "")
                for limit in self._advisor.limits_in(_what(reply), reply.lines):
                    if session is not None:
                        self._publish_limit(entry, host_key(session), limit)
            case ConnectionClosed(by=ClosedBy.SERVER_PI) if entry is not None:
                self._hold(update, entry)
            case _:
                pass
        self._learn(update.state.at)

    def conclude(self) -> None:
        """The watch ends: nobody else can end together with what is held."""
        self._learn(float("inf"))

    def _hold(self, update: Update, entry: Entry) -> None:
        session, explained = update.state.sessions.get(entry.session or ""), update.judgement
        facts = session.connection if session is not None else None
        if session is not None and explained is not None:
            stood = facts is not None and facts.ready_at is not None
            self._held[explained.of] = _Close(entry, host_key(session), explained, stood)
            self._holding.set()

    def _learn(self, now: float) -> None:
        while self._held:
            close = next(iter(self._held.values()))
            if now - close.entry.elapsed_seconds < _HELD_SECONDS:
                return  # they are held in the order of their closes
            del self._held[close.explained.of]
            seen = _observed(close.explained, stood=close.stood)
            if seen is not None and self._is_borne_out(close, seen):
                self._publish_limit(close.entry, close.host, seen)

    def _is_borne_out(self, close: _Close, seen: ClockLimit) -> bool:
        """The server states it, or it struck before; a limit of the path has struck twice."""
        strikes = self._strikes.setdefault((*close.host, seen.clock), [])
        before = any(
            abs(other - seen.limit_seconds) <= max(_SAME_WITHIN_SECONDS, other / 20)
            for other in strikes
        )
        strikes.append(seen.limit_seconds)
        del strikes[:-_STRIKES_KEPT]
        stated = close.explained.explanation.limit_seconds is not None
        return stated or before or seen.clock == ClockName.PATH

    def _publish_limit(self, entry: Entry, host: HostKey, limit: ClockLimit) -> None:
        # Kept here: several sessions may tell it in one turn, before any of it is folded.
        published = self._published.get((*host, limit.clock, limit.source))
        if published is not None and abs(published - limit.limit_seconds) <= _SAME_WITHIN_SECONDS:
            return
        self._published[*host, limit.clock, limit.source] = limit.limit_seconds
        self._publish(limit.as_event(*host), entry.session, entry.connection)


def _what(reply: ReplyReceived) -> str:
    if reply.role is Role.GREETING:
        return "GREETING"
    return reply.in_reply_to.verb if reply.in_reply_to is not None else ""


def _observed(judgement: Explained, *, stood: bool) -> ClockLimit | None:
    """The limit that a close showed, where its cause is a clock and more than a guess. A session
    that never `stood` shows nothing of the clocks that run after login, and sessions that ended
    together show what struck them all.
    """
    why = judgement.explanation
    seconds = why.limit_seconds or why.observed_seconds
    clock = ClockName.PATH if why.cause == Cause.PATH_IDLE_TIMEOUT else why.clock
    if judgement.incident is not None or clock is None or seconds is None:
        return None
    if why.observed_seconds is None or why.confidence is Confidence.POSSIBLE:
        return None
    if clock != ClockName.LOGIN and not stood:
        return None
    undecided = why.confidence is Confidence.LIKELY and clock != ClockName.PATH and why.alternatives
    return None if undecided else ClockLimit(clock, seconds, LimitSource.OBSERVED)
