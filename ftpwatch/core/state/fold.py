"""`fold` makes the next state of a watch from an entry: pure, the same live and in replay."""

from typing import Final

from msgspec.structs import replace

from ftpwatch.core.ftp.keep_alive_policy import policy_of
from ftpwatch.core.ftp.reply import ReplyClass, reply_class
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    CheckMade,
    ClockJumped,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    KeepAliveChanged,
    LimitKnown,
    ReconnectAbandoned,
    ReconnectScheduled,
    RecordingPaused,
    RecordingResumed,
    ReplyReceived,
    SessionAdded,
    SessionRemoved,
    WatchStopped,
)
from ftpwatch.core.journal.vocabulary import ClosedBy, Role
from ftpwatch.core.state.fold_connection import next_facts, refuses_login
from ftpwatch.core.state.phases import Phase, next_phase
from ftpwatch.core.state.state import (
    CLOSURES_KEPT,
    LIMITS_KEPT,
    RECENT_CLOSURES_KEPT,
    RECENT_SECONDS,
    ConnectionFacts,
    HostFacts,
    Kept,
    KnownLimit,
    Retry,
    SessionState,
    WatchState,
    Worked,
    host_key,
)

__all__ = ["fold"]

_TELLING_VERBS: Final = frozenset({"SYST", "FEAT", "NOOP", "STAT"})
_NEGATIVE: Final = (ReplyClass.TRANSIENT_NEGATIVE, ReplyClass.PERMANENT_NEGATIVE)


def fold(state: WatchState, entry: Entry) -> WatchState:
    """State after `entry`."""
    state = replace(state, seq=entry.seq, at=entry.elapsed_seconds)
    match entry.event:
        case WatchStopped():
            return replace(state, stopped=True)
        case RecordingPaused():
            return replace(state, kept=Kept.PAUSED)
        case RecordingResumed():
            return replace(state, kept=Kept.YES)
        case LimitKnown() as known:
            return _after_limit(state, known, entry.elapsed_seconds)
        case ClockJumped() as jump:
            return replace(state, jump=(entry.elapsed_seconds, jump))
        case SessionAdded(target):
            auto = policy_of(target.keep_alive_command).is_auto
            added = SessionState(target.name, target, auto=auto)
            return replace(state, sessions={**state.sessions, target.name: added})
        case SessionRemoved():
            left = {name: s for name, s in state.sessions.items() if name != entry.session}
            gone = state.sessions.get(entry.session or "")
            ended = state.ended if gone is None else (*state.ended, gone)
            return replace(state, sessions=left, ended=ended)
        case _:
            session = state.sessions.get(entry.session or "")
            return state if session is None else _fold_session(state, session, entry)


def _after_limit(state: WatchState, known: LimitKnown, at: float) -> WatchState:
    key = (known.host, known.port)
    host = state.hosts.get(key, HostFacts())
    limit = KnownLimit(known.clock, known.limit_seconds, known.source, known.reset_by, at)
    same = [old for old in host.limits if (old.clock, old.source) == (limit.clock, limit.source)]
    others = [old for old in host.limits if old not in same]
    after = replace(host, limits=(*others, *same[1 - LIMITS_KEPT :], limit))
    return replace(state, hosts={**state.hosts, key: after})


def _fold_session(state: WatchState, session: SessionState, entry: Entry) -> WatchState:
    after = _next_session(session, entry)
    if after is session:
        return state
    state = replace(state, sessions={**state.sessions, after.name: after})
    match entry.event:
        case ConnectionOpened() | ConnectionClosed():
            key = host_key(after)
            host = _next_host(state.hosts.get(key, HostFacts()), after)
            return replace(state, hosts={**state.hosts, key: host})
        case ReplyReceived() as reply if (what := _telling(reply)) is not None:
            return _after_telling(state, after, what, reply.lines)
        case _:
            return state


def _telling(reply: ReplyReceived) -> str | None:
    """What a reply tells of the server: GREETING, or the verb it answers."""
    if reply_class(reply.code) in _NEGATIVE:
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
    told = replace(host, said={**host.said, what: lines})
    return replace(state, hosts={**state.hosts, key: told})


def _next_host(host: HostFacts, session: SessionState) -> HostFacts:
    closure = session.connection.closure if session.connection else None
    if closure is None:
        return replace(host, open_sessions=host.open_sessions | {session.name})
    recent = closure.at - RECENT_SECONDS
    older = [close for close in host.closures if close.at < recent][-CLOSURES_KEPT:]
    newer = [close for close in host.closures if close.at >= recent][1 - RECENT_CLOSURES_KEPT :]
    kept = (*older, *newer, closure)
    return replace(
        host,
        open_sessions=host.open_sessions - {session.name},
        # Twins are there to be closed: their ends are no news of the host.
        closures=host.closures if session.target.twin else kept,
    )


def _next_session(session: SessionState, entry: Entry) -> SessionState:
    event, at = entry.event, entry.elapsed_seconds
    phase = next_phase(session.phase, event)
    match event:
        case ConnectionOpening(host, port, attempt):
            number = entry.connection or session.connections + 1
            facts = ConnectionFacts(number, host, port, opening_at=at, attempt=attempt)
            return replace(
                session, phase=phase, connection=facts, connections=number, retry=None,
                given_up=False, kept_before=0,
            )  # fmt: skip
        case ReconnectScheduled(delay, attempt, cause):
            return replace(session, phase=phase, retry=Retry(attempt, at + delay, cause))
        case CheckMade() as check:
            before_it = () if check.check == "resolve" else session.checks
            return replace(session, checks=(*before_it, check), checks_of=entry.connection or 0)
        case ReconnectAbandoned():
            return replace(session, phase=phase, retry=None, given_up=True)
        case KeepAliveChanged() as changed:
            return _after_change(session, changed, at)
        case _:
            before = session.connection
            facts_after = next_facts(before, session.phase, entry) if before else None
            if facts_after is before and phase is session.phase:
                return session
            got_ready = phase is Phase.READY and session.phase is Phase.LOGIN
            return replace(
                session,
                phase=phase,
                connection=facts_after,
                worked=_worked(facts_after, at) if got_ready else session.worked,
                checks=() if isinstance(event, ConnectionClosed) else session.checks,
                was_open=session.was_open or isinstance(event, ConnectionOpened),
                ended_badly=session.ended_badly or _is_bad_end(entry, before),
            )


def _after_change(session: SessionState, changed: KeepAliveChanged, at: float) -> SessionState:
    before = session.target
    target = replace(
        before, keep_alive_seconds=changed.interval_seconds, keep_alive_command=changed.command
    )
    every, was = changed.interval_seconds, before.keep_alive_seconds
    anew = before.keep_alive_command != changed.command or was is None
    anew = anew or (every is not None and was is not None and every > was)
    facts = session.connection
    kept = facts.keep_alives_answered - facts.keep_alives_refused if facts is not None else 0
    return replace(
        session,
        target=target,
        kept_before=kept if anew else session.kept_before,
        stopped=every is None and changed.by == "auto",
        keep_alive_since=at if anew else session.keep_alive_since,
        auto=session.auto if changed.by == "auto" else policy_of(changed.command).is_auto,
    )


def _worked(facts: ConnectionFacts | None, at: float) -> Worked | None:
    if facts is None or facts.peer is None:
        return None
    return Worked(at, facts.peer.rpartition(":")[0].strip("[]"), facts.greeting)


def _is_bad_end(entry: Entry, before: ConnectionFacts | None) -> bool:
    match entry.event:
        case ConnectionClosed(by, _, solicited):
            gave_up = before is not None and before.overdue > 0
            return not solicited and (by is not ClosedBy.USER_PI or gave_up)
        case ConnectionFailed():
            return before is not None and before.opened_at is not None
        case ReplyReceived() as reply:
            return refuses_login(reply)
        case _:
            return False
