"""What the circumstances say, whatever the words: clocks, phase, company, transport, own acts."""

from collections.abc import Iterator
from typing import Final

from ftpwatch.core.ftp.reply import ReplyClass, reply_class
from ftpwatch.core.journal.events import LEFT_BY_US, LOGIN_NOT_TRIED
from ftpwatch.core.journal.vocabulary import Cause, ClockName, Stage
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import ConnectionFacts
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.knowledge.company import from_company
from ftpwatch.knowledge.finding import (
    ROUND_LIMITS,
    Finding,
    Kind,
    fits,
    format_seconds,
    stated_seconds,
    to_the_second,
)
from ftpwatch.knowledge.identify import Identity
from ftpwatch.knowledge.silence import from_silence
from ftpwatch.knowledge.strength import (
    CLEAR,
    CONCEIVABLE,
    DECIDED,
    FITS,
    RULED_OUT,
    SUGGESTS,
    UNANSWERED,
    UNASKED,
    WITNESSED,
    WORDING,
)

__all__ = ["from_circumstances", "measured_seconds"]

_MANY_FAILURES: Final = 3
_TIMEOUTS: Final = (
    Cause.IDLE_TIMEOUT,
    Cause.NO_TRANSFER_TIMEOUT,
    Cause.LOGIN_TIMEOUT,
    Cause.SESSION_TIME_LIMIT,
)
_NOT_YET: Final = 120
_JUST_NOW_SECONDS: Final = 2.0


def from_circumstances(context: Context, identity: Identity | None) -> Iterator[Finding]:
    """Findings that need no words."""
    yield from _own_acts(context)
    yield from from_silence(context, identity)
    if not context.solicited:
        yield from _attempt(context)
        yield from _phase(context)
        yield from _clocks(context, identity)
        if context.slept_seconds is None:
            yield from from_company(context, identity)


def measured_seconds(cause: Cause, context: Context) -> float | None:
    """What we measured of the clock that `cause` is about."""
    match cause:
        case Cause.IDLE_TIMEOUT:
            return context.idle_seconds
        case Cause.NO_TRANSFER_TIMEOUT:
            return context.seconds_since_transfer
        case Cause.PATH_IDLE_TIMEOUT:
            # Once may be chance: a limit of the path is one that struck twice.
            idle = context.idle_seconds
            again = [gap for gap in context.earlier_silent_gaps if idle and fits(gap, idle)]
            return idle if again else None
        case Cause.LOGIN_TIMEOUT | Cause.SESSION_TIME_LIMIT:
            return context.open_seconds
        case _:
            return None


def _own_acts(context: Context) -> Iterator[Finding]:
    reply, closure = context.reply, context.closure
    if context.solicited:
        after = "we had sent QUIT, and 221 is its answer"
        by_us = closure is not None and closure.event.by_us
        silent = "we had sent QUIT, and closed" if by_us else "we had sent QUIT; the server closed"
        text = after if reply and reply.code == 221 else f"{silent} without the 221"
        yield Finding(Cause.CLIENT_QUIT, WITNESSED, text, Kind.OURS)
    elif reply is not None and reply.code == 221:
        yield Finding(Cause.SERVER_GOODBYE, UNASKED, "we had not sent QUIT", Kind.OURS | Kind.WORDS)
    if context.unreadable is not None and not _was_refused(context):
        yield Finding(Cause.LOCAL, DECIDED, f"{context.unreadable}: we closed", Kind.OURS)
    elif _gave_up(context) and closure and closure.event.by_us:
        owing = "its replies stayed away, and we gave up"
        yield Finding(Cause.NO_ANSWER, DECIDED, owing, Kind.OURS)
    elif closure and closure.event.by_us and not _was_refused(context):
        yield Finding(Cause.LOCAL, FITS, "we closed the connection", Kind.OURS)


def _gave_up(context: Context) -> bool:
    """Replies stayed away; a handshake that does is a failure of TLS."""
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
        case Stage.GREETING if facts.malformed is not None and facts.greeting_at is None:
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
        yield Finding(Cause.TLS_FAILED, WORDING, "it refuses AUTH TLS", Kind.PHASE | Kind.WORDS)
    if context.phase is Phase.GREETING and refused and facts.malformed is None:
        for cause in (Cause.TOO_MANY_CONNECTIONS, Cause.SERVICE_UNAVAILABLE, Cause.ADDRESS_REFUSED):
            yield Finding(cause, CONCEIVABLE, "it came in place of the greeting", Kind.PHASE)
    if reply is not None and reply.code == _NOT_YET and context.closure is not None:
        yield Finding(
            Cause.SERVICE_UNAVAILABLE, CLEAR, "it said that it is not ready yet", Kind.WORDS
        )
    if context.phase is Phase.LOGIN and refused:
        if facts.failed_logins >= _MANY_FAILURES:
            text = f"{facts.failed_logins} logins had failed before"
            yield Finding(Cause.LOGIN_ABUSE, CLEAR, text, Kind.PHASE)
        if reply and reply.code != 421 and reply.in_reply_to is not None:
            text = f"it answers {reply.in_reply_to.verb}"
            yield Finding(Cause.LOGIN_REFUSED, CONCEIVABLE, text, Kind.PHASE)


def _clocks(context: Context, identity: Identity | None) -> Iterator[Finding]:
    if context.reply is None or context.reply.code not in (421, 221):
        return
    stated = stated_seconds(context.reply.text)
    idle = context.idle_seconds
    if context.slept_seconds is not None:
        away = format_duration(round(context.slept_seconds))
        text = f"we were away for {away} and could send nothing"
        yield Finding(Cause.IDLE_TIMEOUT, CONCEIVABLE, text, Kind.CLOCK)
        return
    if stated is not None:
        yield from _stated(context, stated)
    if context.phase is not Phase.READY or idle is None or context.ends:
        return  # of several the idle times are compared
    yield from _idle(context, idle, stated)
    if stated is None and identity is not None:
        yield from _defaults(context, identity)


def _stated(context: Context, stated: float) -> Iterator[Finding]:
    for cause in _TIMEOUTS:
        measured = measured_seconds(cause, context)
        if measured is None or not _possible(cause, context.phase):
            continue
        if cause == Cause.IDLE_TIMEOUT and context.ends:
            continue
        passed = f"{_since(cause)} {format_seconds(measured)} had passed"
        if fits(measured, stated):
            yield Finding(cause, FITS, f"it names {stated:g} s, and {passed}", Kind.CLOCK)
        elif measured < stated and cause != Cause.IDLE_TIMEOUT:
            yield Finding(cause, RULED_OUT, f"it names {stated:g} s, but only {passed}", Kind.CLOCK)


def _idle(context: Context, idle: float, stated: float | None) -> Iterator[Finding]:
    facts = context.connection
    before = [past for past in context.earlier_idle_closes if fits(past, idle)]
    known = context.limit(ClockName.IDLE)
    is_known = known is not None and fits(idle, known.limit_seconds)
    busy = _is_busy(context, idle, stated, fitting=bool(before) or is_known)
    if busy and facts.last_command_at is not None:
        text = f"a command had been sent {format_seconds(idle)} before"
        yield Finding(Cause.IDLE_TIMEOUT, RULED_OUT, text, Kind.CLOCK)
    if facts.keep_alives_answered and facts.keep_alives_refused == 0 and busy:
        text = f"{facts.keep_alives_answered} keep-alives were sent and answered"
        yield Finding(Cause.NO_TRANSFER_TIMEOUT, CONCEIVABLE, text, Kind.PLAUSIBLE)
    if busy:
        return
    if before:
        text = f"this host closed after {format_seconds(before[-1])} without a command before"
        yield Finding(Cause.IDLE_TIMEOUT, FITS, text, _clock_kind(idle, before[-1]))
    elif stated is None and known is not None and is_known:
        text = f"{format_seconds(idle)} is the idle limit of this host ({known.source})"
        yield Finding(Cause.IDLE_TIMEOUT, FITS, text, _clock_kind(idle, known.limit_seconds))
    elif stated is None and any(to_the_second(idle, limit) for limit in ROUND_LIMITS):
        text = f"{format_seconds(idle)} had passed without a command: a usual limit"
        yield Finding(Cause.IDLE_TIMEOUT, FITS, text, Kind.CLOCK)
    elif stated is None:
        text = f"{format_seconds(idle)} had passed without a command"
        yield Finding(Cause.IDLE_TIMEOUT, CONCEIVABLE, text, Kind.PLAUSIBLE)


def _is_busy(context: Context, idle: float, stated: float | None, *, fitting: bool) -> bool:
    """Commands kept coming: no idle limit struck. Where the silence is `fitting` a limit that is
    known, keep-alives as slow as that limit say nothing against it.
    """
    if stated is not None:
        return idle < stated / 2 and not fits(idle, stated)
    interval = context.session.target.keep_alive_seconds
    kept = context.connection.keep_alives_answered > 0 and interval is not None
    return idle < _JUST_NOW_SECONDS or (kept and idle <= (interval or 0.0) + 1.0 and not fitting)


def _defaults(context: Context, identity: Identity) -> Iterator[Finding]:
    causes = {ClockName.IDLE: Cause.IDLE_TIMEOUT, ClockName.NO_TRANSFER: Cause.NO_TRANSFER_TIMEOUT}
    for clock in identity.table.clock:
        cause = causes.get(clock.clock)
        measured = measured_seconds(cause, context) if cause else None
        idle = context.idle_seconds or 0.0
        busy = clock.clock is ClockName.IDLE and _is_busy(context, idle, None, fitting=False)
        if cause and measured and clock.struck_at(measured) and not busy:
            text = f"{format_seconds(measured)} is {clock.directive}'s default, {clock.default}"
            yield Finding(cause, SUGGESTS, text, Kind.CLOCK)


def _clock_kind(measured: float, limit: float) -> Kind:
    """A clock decides where it fits to the second; else it fits as much else would."""
    return Kind.CLOCK if to_the_second(measured, limit) else Kind.PLAUSIBLE


def _possible(cause: Cause, phase: Phase) -> bool:
    login = phase in (Phase.GREETING, Phase.LOGIN, Phase.TLS)
    return (cause == Cause.LOGIN_TIMEOUT) == login


def _since(cause: Cause) -> str:
    return {
        Cause.IDLE_TIMEOUT: "since the last command",
        Cause.NO_TRANSFER_TIMEOUT: "since login or the last transfer",
    }.get(cause, "since the connection stood")
