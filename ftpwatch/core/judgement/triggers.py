"""Which entries ask for an explanation, and the Context to judge them by. Pure."""

from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    AnyEvent,
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    DataConnectionClosed,
    ReplyReceived,
)
from ftpwatch.core.journal.vocabulary import Jump, Role, SourceKind
from ftpwatch.core.judgement.context import TOGETHER_SECONDS, Context
from ftpwatch.core.state.fold_connection import answers_quit
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import (
    ANNOUNCING_CODES,
    DATA_FAILURE_CODES,
    Announcement,
    ConnectionFacts,
    SessionState,
    WatchState,
)

__all__ = ["adds_nothing", "context_of", "needs_explaining", "slept_seconds"]

_EXPLAINED_VERBS: Final = frozenset({"USER", "PASS", "ACCT", "AUTH"})
_WAKING_SECONDS: Final = 60.0
_TLS_GRANTED: Final = 234


def needs_explaining(entry: Entry, facts: ConnectionFacts, *, overheard: bool = False) -> bool:
    """An announcement, a close, a refused greeting or login, an attempt that failed. Of what others
    saw also that a data connection failed, and whatever is refused before a login.
    """
    if overheard and _is_tls_refusal(entry.event):
        return False  # many clients ask for TLS and do without it; the close tells who did not
    if overheard and _fails_for_others(entry, facts):
        return True
    match entry.event:
        case CommandSent():
            return False
        case ReplyReceived(code=code, role=role, in_reply_to=answered):
            login = answered is not None and answered.verb in _EXPLAINED_VERBS
            negative = entry.event.is_negative
            greeting = role is Role.GREETING
            if facts.failure is not None and answers_quit(entry.event):
                return False  # we only left after what had failed
            return code in ANNOUNCING_CODES or code is None or (negative and (login or greeting))
        case ConnectionClosed():
            return True
        case ConnectionFailed():
            return facts.opened_at is None
        case _:
            return False


def _is_tls_refusal(event: AnyEvent) -> bool:
    asked = event.in_reply_to if isinstance(event, ReplyReceived) else None
    return asked is not None and asked.verb == "AUTH"


def _fails_for_others(entry: Entry, facts: ConnectionFacts) -> bool:
    match entry.event:
        case ReplyReceived(code=code, role=Role.SPONTANEOUS) if facts.ready_at is None:
            return code in DATA_FAILURE_CODES or entry.event.is_negative
        case ReplyReceived(code=code):
            return code in DATA_FAILURE_CODES
        case DataConnectionClosed(problem=problem):
            return problem is not None
        case CommandSent() as sent:
            return sent.is_quit and facts.has_unused_offer
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
    """What is explained, by seq, and the facts to judge it by; `phase` is the one it ended. One
    that was heard from its middle on, and showed nothing of it, is in none that is known.
    """
    reply = facts.last_reply if _announces(facts) else None
    of, at = entry.seq, entry.elapsed_seconds
    if facts.closure is not None:
        of, at = facts.closure.seq, facts.closure.at
    data = _data_failure(entry)
    if isinstance(entry.event, ReplyReceived):
        reply = entry.event
    announcement = None if data is not None else _said(facts, entry)
    if announcement is not None:
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
        phase=None if _is_unseen(phase, facts, state) else phase,
        reply=reply,
        closure=facts.closure,
        failure=facts.failure,
        slept_seconds=slept_seconds(state, facts),
        source=state.source,
        data=data,
    )


def _is_unseen(phase: Phase, facts: ConnectionFacts, state: WatchState) -> bool:
    """It was heard from its middle on; or a log shows its greeting and nothing of its login."""
    if facts.failure is not None:
        return False
    in_log = state.source is not None and state.source.kind is SourceKind.LOG
    unseen = in_log and phase is Phase.LOGIN and not facts.sent_at
    return phase is Phase.CONNECTING or unseen


def _data_failure(entry: Entry) -> DataConnectionClosed | None:
    """How a data connection failed, where that is explained; one that the client gave up without a
    word of it is seen by its QUIT.
    """
    match entry.event:
        case DataConnectionClosed() as closed:
            return closed
        case CommandSent():
            problem = "an address for it was given, and no transfer came of it before the QUIT"
            return DataConnectionClosed(number=0, problem=problem)
        case _:
            return None


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
    failed = facts.data_failure
    if failed is not None and failed.seq == entry.seq:
        return failed
    refusal = facts.refusal if facts.ready_at is None else None
    if refusal is not None and _was_done_without(refusal.reply, facts):
        refusal = None
    if refusal is not None and not isinstance(entry.event, ReplyReceived) and facts.quit_sent:
        return refusal  # our QUIT after it only left
    return facts.announcement or refusal


def _was_done_without(refusal: ReplyReceived, facts: ConnectionFacts) -> bool:
    """TLS was refused, and then granted, or the client went on without it."""
    if not _is_tls_refusal(refusal):
        return False
    granted = facts.answered["AUTH"].code == _TLS_GRANTED
    return granted or next(reversed(facts.sent_at), None) != "AUTH"


def _announces(facts: ConnectionFacts) -> bool:
    """The last reply announced the close, with a code of its own."""
    closure, last = facts.closure, facts.last_reply
    if last is not None and facts.failure is not None and answers_quit(last):
        return False
    return closure is not None and last is not None and closure.event.announced_by == last.code
