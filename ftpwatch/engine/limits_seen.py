"""Publishes what becomes known of a host's limits: stated by the server, or seen in a close."""

from typing import Final

from ftpwatch.core.events import ClosedBy, ConnectionClosed, LimitKnown, ReplyReceived, Role
from ftpwatch.core.explanation import Confidence, Explained
from ftpwatch.core.limits import PATH
from ftpwatch.core.protocols import Advisor, Publish
from ftpwatch.core.state import KnownLimit, host_key
from ftpwatch.core.watch import Update

__all__ = ["LimitsSeen"]

_SAME_WITHIN_SECONDS: Final = 1.0


class LimitsSeen:
    """Subscribe `receive` to the Watch. The Advisor reads the words; nothing is known here."""

    def __init__(self, advisor: Advisor, publish: Publish) -> None:
        self._advisor, self._publish = advisor, publish
        self._told: dict[tuple[str, int, str, str], float] = {}

    def receive(self, update: Update) -> None:
        """Publish a limit that `update` makes known, once."""
        match update.entry.event:
            case ReplyReceived() as reply:
                for limit in self._advisor.limits_in(_what(reply), reply.lines):
                    self._tell(update, limit)
            case ConnectionClosed(by=ClosedBy.SERVER_PI) if update.judgement is not None:
                session = update.state.sessions.get(update.judgement.session)
                facts = session.connection if session is not None else None
                seen = _observed(update.judgement, stood=bool(facts and facts.ready_at is not None))
                if seen is not None:
                    self._tell(update, seen)
            case _:
                return

    def _tell(self, update: Update, limit: KnownLimit) -> None:
        session = update.state.sessions.get(update.entry.session or "")
        if session is None:
            return
        host, port = host_key(session)
        # Kept here: several sessions may tell it in one turn, before any of it is folded.
        told = self._told.get((host, port, limit.clock, limit.source))
        if told is not None and abs(told - limit.limit_seconds) <= _SAME_WITHIN_SECONDS:
            return
        self._told[host, port, limit.clock, limit.source] = limit.limit_seconds
        event = LimitKnown(
            host, port, limit.clock, limit.limit_seconds, limit.source, limit.reset_by
        )
        self._publish(event, session.name, update.entry.connection)


def _what(reply: ReplyReceived) -> str:
    if reply.role is Role.GREETING:
        return "GREETING"
    return reply.in_reply_to.verb if reply.in_reply_to is not None else ""


def _observed(judgement: Explained, *, stood: bool) -> KnownLimit | None:
    """The limit that a close showed, where its cause is a clock and more than a guess. A session
    that never `stood` shows nothing of the clocks that run after login.
    """
    told = judgement.explanation
    seconds = told.limit_seconds or told.observed_seconds
    clock = PATH if told.cause == "path_idle_timeout" else told.clock
    if clock is None or seconds is None or told.observed_seconds is None:
        return None
    if told.confidence is Confidence.POSSIBLE or (clock != "login" and not stood):
        return None
    undecided = told.confidence is Confidence.LIKELY and clock != PATH and told.alternatives
    return None if undecided else KnownLimit(clock, seconds, "observed")
