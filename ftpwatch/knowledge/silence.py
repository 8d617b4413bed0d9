"""What a close without a word shows: a refusal, an idle limit, a path that forgot, or nothing."""

from collections.abc import Iterator
from typing import Final

from ftpwatch.core.journal.events import ConnectionClosed
from ftpwatch.core.journal.vocabulary import Cause, ClockName, ClosedBy, LimitSource, Manner, Stage
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.knowledge.data_connections import was_silent_long
from ftpwatch.knowledge.finding import Finding, Kind, fits, format_seconds
from ftpwatch.knowledge.identify import Identity
from ftpwatch.knowledge.model import ServerClock
from ftpwatch.knowledge.strength import CLEAR, CONCEIVABLE, CUT_EARLY, FITS, STRUCK_AGAIN

__all__ = ["from_silence"]

_SHORTEST_PATH_LIMIT: Final = 5.0
_SILENT_REFUSALS: Final = (
    Cause.TOO_MANY_CONNECTIONS,
    Cause.CONNECTION_RATE,
    Cause.ADDRESS_REFUSED,
    Cause.LOGIN_ABUSE,
)


def from_silence(context: Context, identity: Identity | None) -> Iterator[Finding]:
    """Findings on a close that nothing announced; none where it was announced or asked for, or
    was not the server's.
    """
    closure = context.closure
    if closure is None or context.reply is not None or context.solicited or closure.event.by_us:
        return
    if context.slept_seconds is not None:
        slept = format_duration(round(context.slept_seconds))
        text = f"we were away for {slept}: what struck meanwhile could not be heard"
        yield Finding(Cause.CONNECTION_LOST, CLEAR, text, Kind.OURS)
        return
    tls_failed = context.failure is not None and context.failure.stage is Stage.TLS
    ours = tls_failed or context.connection.malformed is not None
    if context.phase is Phase.GREETING and not ours:
        for cause in _SILENT_REFUSALS:
            text = "some servers refuse like this: closed at once, without a reply"
            yield Finding(cause, CONCEIVABLE, text, Kind.PHASE)
    if context.phase is Phase.READY and context.idle_seconds is not None:
        yield from _silent_idle(context, closure.event, context.idle_seconds, identity)
    match closure.event.by, closure.event.manner:
        case ClosedBy.NETWORK, Manner.TIMEOUT:
            # After a long silence it may be the path alone that does not answer.
            strength = FITS if was_silent_long(context) else CLEAR
            gave_up = "the network gave the connection up"
            yield Finding(Cause.NO_ANSWER, strength, gave_up, Kind.TRANSPORT)
        case ClosedBy.SERVER_PI, manner:
            how = "RST" if manner is Manner.RESET else "FIN"
            text = f"closed with {how}, no reply before it"
            yield Finding(Cause.CONNECTION_LOST, FITS, text, Kind.TRANSPORT)
        case _:
            pass


def _silent_idle(
    context: Context, closed: ConnectionClosed, idle: float, identity: Identity | None
) -> Iterator[Finding]:
    """A close without a word after a known idle limit, or at the same gap again and again."""
    if closed.manner in (Manner.FIN, Manner.TLS_CLOSE):
        known = context.limit(ClockName.IDLE)
        if known is not None and fits(idle, known.limit_seconds):
            text = f"{format_seconds(idle)} is the idle limit of this host ({known.source})"
            yield Finding(Cause.IDLE_TIMEOUT, CLEAR, text, Kind.CLOCK)
        elif identity is not None:
            yield from _silent_default(context, idle, identity)
    yield from _longer_limit(context, closed, idle, identity)
    gaps = [gap for gap in context.earlier_silent_gaps if fits(gap, idle)]
    if closed.manner in (Manner.RESET, Manner.TIMEOUT) and gaps and idle >= _SHORTEST_PATH_LIMIT:
        text = f"{len(gaps) + 1} connections were cut silently after {format_seconds(idle)} idle"
        yield Finding(Cause.PATH_IDLE_TIMEOUT, STRUCK_AGAIN, text, Kind.CLOCK | Kind.TRANSPORT)


def _longer_limit(
    context: Context, closed: ConnectionClosed, idle: float, identity: Identity | None
) -> Iterator[Finding]:
    """Silence was cut without a word, though the server's own limit is longer."""
    known = context.limit(ClockName.IDLE)
    if known is None or known.source == LimitSource.OBSERVED or idle < _SHORTEST_PATH_LIMIT:
        return
    if idle > known.limit_seconds * 0.9 or context.connection.tls is not None:
        return
    path = context.limit(ClockName.PATH)
    measured = path is not None and fits(idle, path.limit_seconds)
    sure = measured or closed.manner is not Manner.FIN
    text = (
        f"cut without a reply after {format_seconds(idle)} idle, though the server's own limit is "
        f"{format_seconds(known.limit_seconds)} ({known.source})"
    )
    yield Finding(
        Cause.PATH_IDLE_TIMEOUT,
        STRUCK_AGAIN if sure else CUT_EARLY,
        text,
        Kind.CLOCK | Kind.TRANSPORT,
    )


def _silent_default(context: Context, idle: float, identity: Identity) -> Iterator[Finding]:
    for clock in identity.table.clock:
        since = _since_reset(clock, context, idle)
        if clock.clock == ClockName.IDLE and clock.struck_at(since):
            text = f"{format_seconds(since)} is the default of {clock.directive}, {clock.default}"
            yield Finding(Cause.IDLE_TIMEOUT, CLEAR, text, Kind.CLOCK)


def _since_reset(clock: ServerClock, context: Context, idle: float) -> float:
    """Since the last command that resets `clock`; since login where there was none."""
    facts, verb_counts = context.connection, "any command" in clock.reset_by
    if verb_counts or facts.ready_at is None:
        return idle
    resetting = [at for verb, at in facts.sent_at.items() if verb in clock.reset_by]
    return context.at - max([facts.ready_at, *resetting])
