"""`fold` makes the next state of a watch from an entry: pure, the same live and in replay."""

from typing import Final

from immutables import Map
from msgspec.structs import replace

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    ClockJumped,
    CommandSent,
    ConnectionClosed,
    ConnectionOpened,
    LimitKnown,
    RecordingPaused,
    RecordingResumed,
    ReplyReceived,
    SessionAdded,
    SessionRemoved,
    SourceOpened,
    WatchStopped,
)
from ftpwatch.core.journal.vocabulary import Role
from ftpwatch.core.state.fold_session import new_session, next_session
from ftpwatch.core.state.folded_ahead import FoldedAhead
from ftpwatch.core.state.state import (
    CLOSURES_KEPT,
    ENDED_KEPT,
    LIMITS_KEPT,
    RECENT_CLOSURES_KEPT,
    RECENT_SECONDS,
    ClockLimit,
    HostFacts,
    HostKey,
    RecordingStatus,
    SessionState,
    WatchState,
    aim_key,
    host_key,
)
from ftpwatch.core.state.verdict import Judged

__all__ = ["fold"]

_TELLING_VERBS: Final = frozenset({"SYST", "FEAT", "NOOP", "STAT"})


def fold(state: WatchState, entry: Entry, ahead: FoldedAhead | None = None) -> WatchState:
    """State after `entry`; what its session folded `ahead` is taken as it is."""
    state = replace(state, seq=entry.seq, at=entry.elapsed_seconds)
    match entry.event:
        case CommandSent() | ReplyReceived():
            return _after_session(state, entry, ahead)
        case WatchStopped():
            return replace(state, stopped=True)
        case SourceOpened() as source:
            return replace(state, source=source)
        case RecordingPaused():
            return replace(state, kept=RecordingStatus.PAUSED)
        case RecordingResumed():
            return replace(state, kept=RecordingStatus.YES)
        case LimitKnown() as known:
            return _after_limit(state, known, entry.elapsed_seconds)
        case ClockJumped() as jump:
            return replace(state, jump=(entry.elapsed_seconds, jump))
        case SessionAdded(target):
            folded = ahead.take(None, entry) if ahead is not None else None
            session = folded or new_session(target, entry.seq)
            return replace(state, sessions=state.sessions.set(target.name, session))
        case SessionRemoved():
            gone = state.sessions.get(entry.session or "")
            return state if gone is None else _without(state, gone)
        case _:
            return _after_session(state, entry, ahead)


def _after_session(state: WatchState, entry: Entry, ahead: FoldedAhead | None) -> WatchState:
    session = state.sessions.get(entry.session or "")
    if session is None:
        return state
    known = ahead.take(session, entry) if ahead is not None else None
    return _with_session(state, session, known or next_session(session, entry), entry)


def _with(state: WatchState, session: SessionState) -> WatchState:
    key = host_key(session)
    host = state.hosts.get(key, HostFacts())
    host = replace(host, sessions=host.sessions.set(session.name, 0))
    sessions = state.sessions.set(session.name, session)
    return replace(state, sessions=sessions, hosts=state.hosts.set(key, host))


def _without(state: WatchState, session: SessionState) -> WatchState:
    return replace(
        state,
        sessions=state.sessions.delete(session.name),
        hosts=_left(_left(state.hosts, session, host_key(session)), session, aim_key(session)),
        ended=_kept(state.ended.set(session.place, session), others=state.source is not None),
        verdicts=_removed(state.verdicts, session.name),
    )


def _kept(ended: Map[int, SessionState], *, others: bool) -> Map[int, SessionState]:
    """Of others' sessions, which may be a million, the last; those that ended badly go last."""
    if not others or len(ended) <= ENDED_KEPT:
        return ended
    first = min(ended, key=lambda place: (ended[place].ended_badly, place))
    return ended.delete(first)


def _left(
    hosts: Map[HostKey, HostFacts], session: SessionState, key: HostKey
) -> Map[HostKey, HostFacts]:
    host = hosts.get(key)
    if host is None or session.name not in host.sessions:
        return hosts
    return hosts.set(key, replace(host, sessions=host.sessions.delete(session.name)))


def _removed(verdicts: Map[str, Judged], name: str) -> Map[str, Judged]:
    return verdicts.delete(name) if name in verdicts else verdicts


def _after_limit(state: WatchState, known: LimitKnown, at: float) -> WatchState:
    key = (known.host, known.port)
    host = state.hosts.get(key, HostFacts())
    limit = ClockLimit(
        clock=known.clock,
        limit_seconds=known.limit_seconds,
        source=known.source,
        reset_by=known.reset_by,
        known_at=at,
    )
    same = [old for old in host.limits if (old.clock, old.source) == (limit.clock, limit.source)]
    others = [old for old in host.limits if old not in same]
    after = replace(host, limits=(*others, *same[1 - LIMITS_KEPT :], limit))
    return replace(state, hosts=state.hosts.set(key, after))


def _with_session(
    state: WatchState, before: SessionState, after: SessionState, entry: Entry
) -> WatchState:
    if after is before:
        return state
    state = replace(state, sessions=state.sessions.set(after.name, after))
    match entry.event:
        case CommandSent():
            return state
        case ReplyReceived() as reply:
            what = _telling(reply)
            return state if what is None else _after_telling(state, after, what, reply.lines)
        case ConnectionOpened() | ConnectionClosed():
            key = host_key(after)
            host = _next_host(state.hosts.get(key, HostFacts()), after)
            return replace(state, hosts=state.hosts.set(key, host))
        case _:
            return state


def _telling(reply: ReplyReceived) -> str | None:
    """What a reply tells of the server: GREETING, or the verb it answers."""
    if reply.is_negative:
        return None
    if reply.role is Role.GREETING:
        return "GREETING"
    verb = reply.in_reply_to.verb if reply.in_reply_to else None
    return verb if reply.role is Role.FINAL and verb in _TELLING_VERBS else None


def _after_telling(
    state: WatchState, session: SessionState, what: str, lines: tuple[str, ...]
) -> WatchState:
    key = host_key(session)
    host = state.hosts.get(key, HostFacts())
    if host.said.get(what) == lines:
        return state
    after = replace(host, said={**host.said, what: lines})
    return replace(state, hosts=state.hosts.set(key, after))


def _next_host(host: HostFacts, session: SessionState) -> HostFacts:
    closure = session.connection.closure if session.connection else None
    if closure is None:
        number = session.connection.number if session.connection is not None else 0
        return replace(
            host,
            sessions=host.sessions.set(session.name, number),
            open_sessions=host.open_sessions.set(session.name, number),
        )
    recent = closure.at - RECENT_SECONDS
    older = [close for close in host.closures if close.at < recent][-CLOSURES_KEPT:]
    newer = [close for close in host.closures if close.at >= recent][1 - RECENT_CLOSURES_KEPT :]
    kept = (*older, *newer, closure)
    return replace(
        host,
        open_sessions=_closed(host.open_sessions, session.name),
        # Twins are there to be closed: their ends are no news of the host.
        closures=host.closures if session.target.twin else kept,
    )


def _closed(open_sessions: Map[str, int], name: str) -> Map[str, int]:
    return open_sessions.delete(name) if name in open_sessions else open_sessions
