"""What is counted of a watch, as the state only knows how it stands: replies, ends, keep-alives.

Persistent maps of frozen values: a scrape in another thread holds one moment, and an entry costs
the same however many sessions there are. Counts of a session or host that is watched no more are
kept for when it comes back, for as many as are watched, so that no counter goes back.
"""

from bisect import bisect_left
from typing import Final

import msgspec
from immutables import Map
from msgspec.structs import replace

from ftpwatch.core.ftp.reply import ReplyClass, reply_class
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import CommandSent, ConnectionOpening, ReplyReceived
from ftpwatch.core.journal.vocabulary import Role
from ftpwatch.core.judgement.alerts import is_unexpected
from ftpwatch.core.judgement.settled_ends import Ended
from ftpwatch.core.state.state import SessionState, WatchState

__all__ = ["BUCKETS", "CLASSES", "Aim", "Counts", "HostCounts", "SessionCounts", "aim_of"]

BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
CLASSES: Final = tuple(ReplyClass)
_FEW: Final = 5_000
_CLOSING: Final = 421
Aim = tuple[str, int]


class SessionCounts(msgspec.Struct, frozen=True):
    """Of one session, over all its connections."""

    keep_alives_sent: int = 0
    keep_alives_answered: int = 0
    connections: int = 0


class HostCounts(msgspec.Struct, frozen=True):
    """Of all sessions aimed at one host: replies by class, as in CLASSES; how many took up to each
    of BUCKETS, and longer, and the seconds of all; ends by cause and who closed.
    """

    replies: tuple[int, ...] = (0,) * len(CLASSES)
    took: tuple[int, ...] = (0,) * (len(BUCKETS) + 1)
    seconds: float = 0.0
    ends: Map[tuple[str, str], int] = Map()
    unexpected: int = 0


class Counts(msgspec.Struct, frozen=True):
    """Of the whole watch, by session and by host."""

    sessions: Map[str, SessionCounts] = Map()
    hosts: Map[Aim, HostCounts] = Map()

    def after_entry(self, entry: Entry, session: SessionState, state: WatchState) -> "Counts":
        """With `entry`, which is one of `session`."""
        match entry.event:
            case CommandSent() as sent if sent.is_keep_alive:
                counts = self._of(session)
                sent_now = counts.keep_alives_sent + 1
                return self._with(session, replace(counts, keep_alives_sent=sent_now), state)
            case ConnectionOpening():
                counts = self._of(session)
                return self._with(
                    session, replace(counts, connections=counts.connections + 1), state
                )
            case ReplyReceived() as reply:
                return self._after_reply(reply, session, state)
            case _:
                return self

    def after_end(self, ended: Ended, state: WatchState) -> "Counts":
        """With a connection that ended."""
        aim = aim_of(ended.session)
        host = self.hosts.get(aim, HostCounts())
        key = str(ended.cause), "none" if ended.by is None else str(ended.by)
        after = replace(
            host,
            ends=host.ends.set(key, host.ends.get(key, 0) + 1),
            unexpected=host.unexpected + is_unexpected(ended),
        )
        return self._with_host(aim, after, state)

    def _after_reply(
        self, reply: ReplyReceived, session: SessionState, state: WatchState
    ) -> "Counts":
        aim = aim_of(session)
        host = self.hosts.get(aim, HostCounts())
        kind = CLASSES.index(reply_class(reply.code))
        host = replace(host, replies=_one_more(host.replies, kind))
        seconds = reply.latency_seconds
        if reply.role is Role.FINAL and seconds is not None:
            took = _one_more(host.took, bisect_left(BUCKETS, seconds))
            host = replace(host, took=took, seconds=host.seconds + seconds)
        after = self._with_host(aim, host, state)
        answers = reply.role is Role.FINAL and reply.in_reply_to is not None
        if not answers or reply.code == _CLOSING or not _answers_keep_alive(reply):
            return after
        counts = self._of(session)
        answered = counts.keep_alives_answered + 1
        return after._with(session, replace(counts, keep_alives_answered=answered), state)

    def _of(self, session: SessionState) -> SessionCounts:
        return self.sessions.get(session.name, SessionCounts())

    def _with(self, session: SessionState, counts: SessionCounts, state: WatchState) -> "Counts":
        sessions = self.sessions.set(session.name, counts)
        if len(sessions) > 2 * max(_FEW, len(state.sessions)):
            sessions = Map({n: sessions[n] for n in state.sessions if n in sessions})
        return replace(self, sessions=sessions)

    def _with_host(self, aim: Aim, counts: HostCounts, state: WatchState) -> "Counts":
        hosts = self.hosts.set(aim, counts)
        if len(hosts) > 2 * max(_FEW, len(state.sessions)):
            aims = {aim_of(session) for session in state.sessions.values()}
            hosts = Map({aim: hosts[aim] for aim in aims if aim in hosts})
        return replace(self, hosts=hosts)


def aim_of(session: SessionState) -> Aim:
    """Where a session is aimed, as its user named it: not the address that answered."""
    return session.target.host, session.target.port


def _answers_keep_alive(reply: ReplyReceived) -> bool:
    return reply.in_reply_to is not None and reply.in_reply_to.is_keep_alive


def _one_more(counts: tuple[int, ...], at: int) -> tuple[int, ...]:
    return (*counts[:at], counts[at] + 1, *counts[at + 1 :])
