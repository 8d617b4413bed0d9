"""What the circumstances say, whatever the words: clocks, phase, company, transport, own acts."""

from collections.abc import Iterator
from typing import Final

from ftpwatch.core.ftp.reply import ReplyClass, reply_class
from ftpwatch.core.journal.events import LEFT_BY_US, LOGIN_NOT_TRIED, NO_FTP
from ftpwatch.core.journal.vocabulary import Cause, ClosedBy, Stage
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import ConnectionFacts
from ftpwatch.knowledge.clock_findings import from_clocks
from ftpwatch.knowledge.company import from_company
from ftpwatch.knowledge.data_connections import (
    from_data_connections,
    left_owing,
    waits_for_data,
)
from ftpwatch.knowledge.finding import (
    Finding,
    Kind,
)
from ftpwatch.knowledge.identify import Identity
from ftpwatch.knowledge.silence import from_silence
from ftpwatch.knowledge.strength import (
    CLEAR,
    CONCEIVABLE,
    DECIDED,
    FITS,
    UNANSWERED,
    UNASKED,
    WITNESSED,
    WORDING,
)

__all__ = ["from_circumstances"]

_MANY_FAILURES: Final = 3
_SHOWN_OUT_AFTER: Final = 2
_NOT_YET: Final = 120


def from_circumstances(context: Context, identity: Identity | None) -> Iterator[Finding]:
    """Findings that need no words."""
    yield from _own_acts(context)
    yield from from_silence(context, identity)
    yield from from_data_connections(context)
    if not context.solicited:
        yield from _attempt(context)
        yield from _phase(context)
        yield from from_clocks(context, identity)
        if context.slept_seconds is None:
            yield from from_company(context, identity)


def _was_shown_out(context: Context) -> bool:
    """The server closed after what it refused, and nobody had said QUIT."""
    closure = context.closure
    return closure is not None and closure.event.by is ClosedBy.SERVER_PI and not context.solicited


def _waited(context: Context) -> str:
    """How long the reply that was given up had been waited for."""
    closure = context.closure
    owing = closure.owing if closure is not None else None
    if owing is None or closure is None or not context.timed:
        return "too long"
    return f"{closure.at - owing.sent_at:.0f} s"


def _own_acts(context: Context) -> Iterator[Finding]:
    reply, closure = context.reply, context.closure
    who = context.user
    if context.solicited:
        after = f"{who} had sent QUIT, and 221 is its answer"
        by_us = closure is not None and closure.event.by_us
        how = ", and closed" if by_us else "; the server closed"
        silent = f"{who} had sent QUIT{how}"
        text = after if reply and reply.code == 221 else f"{silent} without the 221"
        yield Finding(Cause.CLIENT_QUIT, WITNESSED, text, Kind.OURS)
    elif reply is not None and reply.code == 221:
        yield Finding(
            Cause.SERVER_GOODBYE, UNASKED, f"{who} had not sent QUIT", Kind.OURS | Kind.WORDS
        )
    if context.unreadable is not None and not _was_refused(context):
        yield Finding(Cause.LOCAL, DECIDED, f"{context.unreadable}: we closed", Kind.OURS)
    elif _gave_up(context) and closure and closure.event.by_us:
        owing = f"no reply for {_waited(context)}; {'ftpwatch' if who == 'we' else who} closed it"
        strength = CONCEIVABLE if waits_for_data(context) else DECIDED
        yield Finding(Cause.NO_ANSWER, strength, owing, Kind.OURS)
    elif closure and closure.event.by_us and not _was_refused(context):
        strength = DECIDED if context.source is None and not context.solicited else FITS
        yield Finding(Cause.LOCAL, strength, f"{who} closed the connection", Kind.OURS)


def _gave_up(context: Context) -> bool:
    """Replies stayed away; a handshake that does is a failure of TLS."""
    if left_owing(context):
        return True
    in_handshake = context.failure is not None and context.failure.stage is Stage.TLS
    return context.connection.overdue >= 1 and not in_handshake


def _was_refused(context: Context) -> bool:
    return context.failure is not None or context.reply is not None


def _attempt(context: Context) -> Iterator[Finding]:
    failure, facts = context.failure, context.connection
    if failure is None:
        return
    match failure.stage:
        case _ if failure.problem == LEFT_BY_US:
            yield Finding(Cause.LOCAL, DECIDED, "we left before it was decided", Kind.OURS)
        case _ if failure.problem == LOGIN_NOT_TRIED:
            yield Finding(Cause.LOGIN_REFUSED, WITNESSED, failure.problem, Kind.OURS)
        case Stage.RESOLVE | Stage.CONNECT:
            yield Finding(Cause.SERVER_UNREACHABLE, WITNESSED, failure.problem, Kind.TRANSPORT)
        case Stage.TLS if context.reply is None:
            yield Finding(Cause.TLS_FAILED, WITNESSED, failure.problem, Kind.TRANSPORT)
        case Stage.TLS:
            refused = "AUTH TLS was refused"
            yield Finding(Cause.TLS_FAILED, CLEAR, refused, Kind.PHASE | Kind.WORDS)
        case Stage.GREETING if facts.malformed is not None and (
            facts.greeting_at is None or facts.malformed.problem == NO_FTP
        ):
            yield Finding(Cause.NOT_FTP, WITNESSED, failure.problem, Kind.TRANSPORT)
        case Stage.GREETING if facts.overdue or "no answer" in failure.problem:
            yield Finding(Cause.NO_ANSWER, UNANSWERED, "no greeting came", Kind.TRANSPORT)
        case Stage.LOGIN if _asks_again(facts):
            again = "it answers the password with a question, and no login came about"
            yield Finding(Cause.LOGIN_REFUSED, CLEAR, again, Kind.PHASE)
        case _:
            return


def _asks_again(facts: ConnectionFacts) -> bool:
    codes = [facts.answered[verb].code for verb in ("PASS", "ACCT") if verb in facts.answered]
    return bool(codes) and reply_class(codes[-1]) is ReplyClass.INTERMEDIATE


def _phase(context: Context) -> Iterator[Finding]:
    reply, facts = context.reply, context.connection
    refused = reply is not None and reply.is_negative
    asked = reply.in_reply_to.verb if reply is not None and reply.in_reply_to else None
    if refused and asked == "AUTH" and context.failure is None:
        # Other clients may have gone without it, or left for something else.
        kind = Kind.PHASE | Kind.WORDS if context.source is None else Kind.PHASE
        yield Finding(Cause.TLS_FAILED, WORDING, "it refuses AUTH TLS", kind)
    if context.phase is Phase.GREETING and refused and facts.malformed is None:
        for cause in (Cause.TOO_MANY_CONNECTIONS, Cause.SERVICE_UNAVAILABLE, Cause.ADDRESS_REFUSED):
            yield Finding(cause, CONCEIVABLE, "it came in place of the greeting", Kind.PHASE)
    if reply is not None and reply.code == _NOT_YET and context.closure is not None:
        yield Finding(
            Cause.SERVICE_UNAVAILABLE, CLEAR, "it said that it is not ready yet", Kind.WORDS
        )
    if context.phase is Phase.LOGIN and refused:
        if facts.failed_logins >= _SHOWN_OUT_AFTER and _was_shown_out(context):
            text = f"it closed after {facts.failed_logins} failed logins, and nobody had said QUIT"
            yield Finding(Cause.LOGIN_ABUSE, WITNESSED, text, Kind.PHASE | Kind.TRANSPORT)
        elif facts.failed_logins >= _MANY_FAILURES:
            text = f"{facts.failed_logins} logins had failed before"
            yield Finding(Cause.LOGIN_ABUSE, CLEAR, text, Kind.PHASE)
        if reply and reply.code != 421 and reply.in_reply_to is not None:
            text = f"it answers {reply.in_reply_to.verb}"
            yield Finding(Cause.LOGIN_REFUSED, CONCEIVABLE, text, Kind.PHASE)
