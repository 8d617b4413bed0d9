"""Which entries ask for an explanation, and the Context to judge them by. Pure."""

from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import ConnectionClosed, ConnectionFailed, ReplyReceived
from ftpwatch.core.journal.vocabulary import Jump, Role
from ftpwatch.core.judgement.context import TOGETHER_SECONDS, Context
from ftpwatch.core.state.fold_connection import answers_quit
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import (
    ANNOUNCING_CODES,
    Announcement,
    ConnectionFacts,
    SessionState,
    WatchState,
)

__all__ = ["adds_nothing", "context_of", "needs_explaining", "slept_seconds"]

_EXPLAINED_VERBS: Final = frozenset({"USER", "PASS", "ACCT", "AUTH"})
_WAKING_SECONDS: Final = 60.0


def needs_explaining(entry: Entry, facts: ConnectionFacts) -> bool:
    """An announcement, a close, a refused greeting or login, an attempt that failed."""
    match entry.event:
        case ReplyReceived(code=code, role=role, in_reply_to=answered):
            login = answered is not None and answered.verb in _EXPLAINED_VERBS
            negative = entry.event.is_negative
            greeting = role is Role.GREETING
            if facts.failure is not None and answers_quit(entry.event):
                return False  # we only left after what had failed
            return code in ANNOUNCING_CODES or (negative and (login or greeting))
        case ConnectionClosed():
            return True
        case ConnectionFailed():
            return facts.opened_at is None
        case _:
            return False


def adds_nothing(entry: Entry, facts: ConnectionFacts, before: ConnectionFacts | None) -> bool:
    """One more announcement in a breath that is long already: a flood is not judged anew."""
    if not isinstance(entry.event, ReplyReceived) or entry.event.code not in ANNOUNCING_CODES:
        return False
    same = before is not None and facts.announcement is before.announcement
    return same and facts.announcement is not None


def context_of(
    session: SessionState,
    facts: ConnectionFacts,
    phase: Phase,
    state: WatchState,
    entry: Entry,
) -> tuple[int, Context]:
    """What is explained, by seq, and the facts to judge it by; `phase` is the one it ended."""
    reply = facts.last_reply if _announces(facts) else None
    of, at = entry.seq, entry.elapsed_seconds
    if facts.closure is not None:
        of, at = facts.closure.seq, facts.closure.at
    if (announcement := _said(facts, entry)) is not None:
        of, at, phase, reply = (
            announcement.seq,
            announcement.at,
            announcement.phase,
            announcement.reply,
        )
    host = state.host_of(session)
    return of, Context(
        session=session,
        connection=facts,
        host=host,
        at=at,
        phase=phase,
        reply=reply,
        closure=facts.closure,
        failure=facts.failure,
        slept_seconds=slept_seconds(state, facts),
    )


def slept_seconds(state: WatchState, facts: ConnectionFacts) -> float | None:
    """Seconds that we were away, where nothing was heard on this connection since."""
    if state.jump is None or state.jump[1].kind is Jump.STEP:
        return None
    noticed, jump = state.jump
    announced_at = facts.announcement.at if facts.announcement is not None else None
    if announced_at is not None and abs(announced_at - noticed) <= TOGETHER_SECONDS:
        return jump.gap_seconds
    heard = facts.last_reply_at if facts.last_reply_at is not None else facts.opened_at
    ended = facts.closure.at if facts.closure is not None else state.at
    away = heard is None or heard <= noticed - jump.gap_seconds / 2
    return jump.gap_seconds if away and ended <= noticed + _WAKING_SECONDS else None


def _said(facts: ConnectionFacts, entry: Entry) -> Announcement | None:
    """The words that `entry` is to be explained by: an announcement or a refused login."""
    refusal = facts.refusal if facts.ready_at is None else None
    if refusal is not None and not isinstance(entry.event, ReplyReceived) and facts.quit_sent:
        return refusal  # our QUIT after it only left
    return facts.announcement or refusal


def _announces(facts: ConnectionFacts) -> bool:
    """The last reply announced the close, with a code of its own."""
    closure, last = facts.closure, facts.last_reply
    if last is not None and facts.failure is not None and answers_quit(last):
        return False
    return closure is not None and last is not None and closure.event.announced_by == last.code
