"""What the other sessions of a host show: those that ended together with this one, and those that
live on.
"""

from collections.abc import Iterator
from typing import Final

from ftpwatch.core.counted import counted, noun
from ftpwatch.core.journal.vocabulary import Cause, ClockName
from ftpwatch.core.judgement.context import INCIDENT_SESSIONS, Context
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.text.phrasing import within
from ftpwatch.knowledge.finding import (
    ROUND_LIMITS,
    Finding,
    Kind,
    format_seconds,
    stated_seconds,
    to_the_second,
)
from ftpwatch.knowledge.identify import Identity
from ftpwatch.knowledge.strength import CLEAR, DOUBTED, OUTWEIGHED, RULED_OUT, SUGGESTS, UNLIKELY

__all__ = ["from_company"]

_SHORTEST_IDLE: Final = 2.0


def from_company(context: Context, identity: Identity | None) -> Iterator[Finding]:
    """Findings on sessions that ended together, and on those that did not."""
    yield from _living(context)
    sessions = {end.session for end in context.ends}
    if len(sessions) < INCIDENT_SESSIONS or context.connection.opened_at is None:
        return
    if context.living is None or context.living <= len(sessions):
        took = max(end.at for end in context.ends) - min(end.at for end in context.ends)
        text = f"{len(sessions)} sessions of this host ended {within(took)}"
        yield Finding(Cause.SERVER_SHUTDOWN, CLEAR, text, Kind.COMPANY)
    if context.phase is Phase.READY:
        yield from _idle_times(context, identity)


def _living(context: Context) -> Iterator[Finding]:
    """A stop ends every session."""
    if context.living:
        ended = max(1, len({end.session for end in context.ends}))
        others = counted(context.living, "other session")
        lives = noun(context.living, "lives", "live")
        strength = RULED_OUT if context.living > ended else DOUBTED
        text = f"{others} of this host {lives} on"
        yield Finding(Cause.SERVER_SHUTDOWN, strength, text, Kind.COMPANY)


def _idle_times(context: Context, identity: Identity | None) -> Iterator[Finding]:
    """One clock meets those together that had been idle for equally long, and no others."""
    times = [end.idle_seconds for end in context.ends]
    idle = [time for time in times if time is not None]
    if len(idle) < len(times) or min(idle) < _SHORTEST_IDLE:
        return
    least, most = min(idle), max(idle)
    if most - least > max(1.0, least / 20):
        spread = f"{format_seconds(least)} to {format_seconds(most)}"
        text = f"they had been idle for different times, {spread}"
        yield Finding(Cause.IDLE_TIMEOUT, RULED_OUT, text, Kind.CLOCK)
        return
    text = f"all had been idle for {format_seconds(least)}: one idle limit may have met them all"
    if _fits_a_clock(context, most, identity):
        yield Finding(Cause.SERVER_SHUTDOWN, UNLIKELY, text, Kind.CLOCK)
        yield Finding(Cause.IDLE_TIMEOUT, CLEAR, text, Kind.CLOCK)
        return
    yield Finding(Cause.IDLE_TIMEOUT, SUGGESTS, text, Kind.PLAUSIBLE)
    if context.reply is None:
        yield Finding(Cause.SERVER_SHUTDOWN, OUTWEIGHED, text, Kind.PLAUSIBLE)


def _fits_a_clock(context: Context, idle: float, identity: Identity | None) -> bool:
    """To a limit that is stated, known, usual, or the default of this server."""
    stated = stated_seconds(context.reply.text) if context.reply is not None else None
    if stated is not None:
        return to_the_second(idle, stated)
    known = context.limit(ClockName.IDLE)
    limits = [*ROUND_LIMITS, *([known.limit_seconds] if known is not None else [])]
    clocks = identity.table.clock if identity is not None else ()
    by_default = any(clock.clock == ClockName.IDLE and clock.struck_at(idle) for clock in clocks)
    return by_default or any(to_the_second(idle, limit) for limit in limits)
