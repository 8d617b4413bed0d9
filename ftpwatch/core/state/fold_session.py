"""`next_session` folds an entry into the state of its session. Pure."""

from typing import Final

from msgspec.structs import replace

from ftpwatch.core.ftp.keep_alive_policy import policy_of
from ftpwatch.core.ftp.reply import code_text
from ftpwatch.core.ftp.target import TargetFacts
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    CheckMade,
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    KeepAliveChanged,
    ReconnectAbandoned,
    ReconnectScheduled,
    RepliesSkipped,
    ReplyReceived,
)
from ftpwatch.core.journal.vocabulary import ChangedBy
from ftpwatch.core.state.fold_connection import next_facts, refuses_login
from ftpwatch.core.state.phases import Phase, next_phase
from ftpwatch.core.state.state import ConnectionFacts, LastReady, PlannedReconnect, SessionState

__all__ = ["new_session", "next_session"]

_CLOSING: Final = 421


def new_session(target: TargetFacts, place: int = 0) -> SessionState:
    """Before anything happened to it."""
    auto = policy_of(target.keep_alive_command).is_auto
    return SessionState(target.name, target, place, auto=auto)


def next_session(session: SessionState, entry: Entry) -> SessionState:
    """Session after `entry`, which is one of its own."""
    event, at = entry.event, entry.elapsed_seconds
    phase = next_phase(session.phase, event)
    match event:
        case CommandSent() | ReplyReceived():
            return _after_connection(session, phase, entry)
        case ConnectionOpening(host, port, attempt):
            number = entry.connection or session.connections + 1
            facts = ConnectionFacts(number, host, port, opening_at=at, attempt=attempt)
            return replace(
                session, phase=phase, connection=facts, connections=number, retry=None,
                given_up=False, kept_before=0, turns_before=0,
            )  # fmt: skip
        case ReconnectScheduled(delay, attempt, cause):
            return replace(session, phase=phase, retry=PlannedReconnect(attempt, at + delay, cause))
        case CheckMade() as check:
            before_it = () if check.check == "resolve" else session.checks
            return replace(session, checks=(*before_it, check), checks_of=entry.connection or 0)
        case ReconnectAbandoned():
            return replace(session, phase=phase, retry=None, given_up=True)
        case KeepAliveChanged() as changed:
            return _after_change(session, changed, entry)
        case RepliesSkipped(count=count):
            return replace(session, replies_skipped=session.replies_skipped + count)
        case _:
            return _after_connection(session, phase, entry)


def _after_connection(session: SessionState, phase: Phase, entry: Entry) -> SessionState:
    before = session.connection
    facts = next_facts(before, session.phase, entry) if before is not None else None
    if facts is before and phase is session.phase:
        return session
    after = replace(session, phase=phase, connection=facts)
    match entry.event:
        case CommandSent():
            return after
        case ReplyReceived() as reply:
            return _after_reply(session, after, reply, entry.elapsed_seconds)
        case ConnectionOpened():
            return replace(after, was_open=True)
        case ConnectionClosed(solicited=solicited) as closed:
            gave_up = before is not None and before.overdue > 0
            told_to = closed.announced_by == _CLOSING
            bad = not solicited and (not closed.by_us or gave_up or told_to)
            return replace(after, checks=(), ended_badly=session.ended_badly or bad)
        case ConnectionFailed():
            bad = before is not None and before.opened_at is not None
            return replace(after, ended_badly=session.ended_badly or bad)
        case _:
            return after


def _after_reply(
    before: SessionState, after: SessionState, reply: ReplyReceived, at: float
) -> SessionState:
    facts, code = after.connection, code_text(reply.code)
    replies = {**after.replies, code: after.replies.get(code, 0) + 1}
    # A reply may be the first that is heard of a connection.
    after = replace(after, replies=replies, was_open=True)
    if facts is not None and facts.keep_alive_refusal is not None:
        refused = after.refused_commands | {facts.keep_alive_refusal.command}
        after = replace(after, refused_commands=refused)
    if after.phase is Phase.READY and before.phase is Phase.LOGIN:
        after = replace(after, worked=_worked(facts, at))
    return replace(after, ended_badly=True) if refuses_login(reply) else after


def _after_change(session: SessionState, changed: KeepAliveChanged, entry: Entry) -> SessionState:
    before, facts = session.target, session.connection
    if facts is not None:
        facts = next_facts(facts, session.phase, entry)
    target = replace(
        before, keep_alive_seconds=changed.interval_seconds, keep_alive_command=changed.command
    )
    every, was = changed.interval_seconds, before.keep_alive_seconds
    other_command = before.keep_alive_command != changed.command
    anew = other_command or was is None
    anew = anew or (every is not None and was is not None and every > was)
    kept = facts.keep_alives_answered - facts.keep_alives_refused if facts is not None else 0
    turns = facts.keep_alive_turns if facts is not None else 0
    by_auto = changed.by is ChangedBy.AUTO
    return replace(
        session,
        target=target,
        connection=facts,
        kept_before=kept if anew else session.kept_before,
        turns_before=turns if other_command else session.turns_before,
        refused_commands=session.refused_commands if by_auto else frozenset(),
        stopped=every is None and by_auto,
        keep_alive_since=entry.elapsed_seconds if anew else session.keep_alive_since,
        auto=session.auto if by_auto else policy_of(changed.command).is_auto,
    )


def _worked(facts: ConnectionFacts | None, at: float) -> LastReady | None:
    if facts is None or facts.peer is None:
        return None
    return LastReady(at, facts.peer.rpartition(":")[0].strip("[]"), facts.greeting)
