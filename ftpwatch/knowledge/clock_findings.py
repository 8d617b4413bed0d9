"""What lengths of time say: how long it was silent, since a transfer, since it stood."""

from collections.abc import Iterator
from typing import Final

from ftpwatch.core.counted import counted
from ftpwatch.core.journal.vocabulary import Cause, ClockName
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.limits import is_outlived
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import ClockLimit
from ftpwatch.core.text.phrasing import format_duration
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
from ftpwatch.knowledge.strength import (
    CONCEIVABLE,
    FITS,
    RULED_OUT,
    SUGGESTS,
)

__all__ = ["from_clocks", "measured_seconds"]

_JUST_NOW_SECONDS: Final = 2.0
_TIMEOUTS: Final = (
    Cause.IDLE_TIMEOUT,
    Cause.NO_TRANSFER_TIMEOUT,
    Cause.LOGIN_TIMEOUT,
    Cause.SESSION_TIME_LIMIT,
)


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


def from_clocks(context: Context, identity: Identity | None) -> Iterator[Finding]:
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
        sent = counted(facts.keep_alives_answered, "keep-alive was", "keep-alives were")
        text = f"{sent} sent and answered"
        yield Finding(Cause.NO_TRANSFER_TIMEOUT, CONCEIVABLE, text, Kind.PLAUSIBLE)
    if busy:
        return
    if before:
        text = f"this host closed after {format_seconds(before[-1])} without a command before"
        yield Finding(Cause.IDLE_TIMEOUT, FITS, text, _clock_kind(idle, before[-1]))
    elif stated is None and known is not None and is_known:
        text = f"{format_seconds(idle)} is the idle limit of this host ({known.source})"
        yield Finding(Cause.IDLE_TIMEOUT, FITS, text, _clock_kind(idle, known.limit_seconds))
    elif stated is None and _is_usual(idle, known):
        text = f"{format_seconds(idle)} had passed without a command: a usual limit"
        yield Finding(Cause.IDLE_TIMEOUT, FITS, text, Kind.CLOCK)
    elif stated is None:
        text = f"{format_seconds(idle)} had passed without a command"
        yield Finding(Cause.IDLE_TIMEOUT, CONCEIVABLE, text, Kind.PLAUSIBLE)


def _is_usual(idle: float, known: ClockLimit | None) -> bool:
    """What administrators set; no limit of a host that is known to have a shorter one."""
    usual = any(to_the_second(idle, limit) for limit in ROUND_LIMITS)
    return usual and (known is None or not is_outlived(known.limit_seconds, idle))


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


def _possible(cause: Cause, phase: Phase | None) -> bool:
    if phase is None:
        return True
    login = phase in (Phase.GREETING, Phase.LOGIN, Phase.TLS)
    return (cause == Cause.LOGIN_TIMEOUT) == login


def _since(cause: Cause) -> str:
    return {
        Cause.IDLE_TIMEOUT: "since the last command",
        Cause.NO_TRANSFER_TIMEOUT: "since login or the last transfer",
    }.get(cause, "since the connection stood")
