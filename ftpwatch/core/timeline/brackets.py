"""Clocks as brackets: from what reset a clock to where its limit struck, or will strike."""

from typing import Final

import msgspec

from ftpwatch.core.bounds import TEN_YEARS
from ftpwatch.core.journal.events import ConnectionClosed
from ftpwatch.core.journal.vocabulary import ClockName
from ftpwatch.core.state.past_end import PastEnd
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import ConnectionFacts, HostFacts, SessionState
from ftpwatch.core.text.phrasing import format_duration

__all__ = ["Bracket", "bracket_of_end", "clock_words", "running_bracket", "seconds_words"]

CLOCKS: Final = {
    ClockName.IDLE: "idle",
    ClockName.NO_TRANSFER: "no transfer",
    ClockName.LOGIN: "login",
    ClockName.SESSION: "session",
    ClockName.DATA: "data",
    ClockName.PATH: "idle on the path",
}
_LEAST_SECONDS: Final = 1.0
_HOUR: Final = 3600.0


class Bracket(msgspec.Struct, frozen=True):
    """A clock that ran from `since` to `until`, in seconds of the watch. `words` say it, the
    shortest last. It `struck`, or merely ran; it `runs` where it has not ended.
    """

    clock: ClockName
    since: float
    until: float
    words: tuple[str, ...]
    struck: bool = False
    runs: bool = False


def bracket_of_end(end: PastEnd) -> Bracket | None:
    """The clock whose limit ended it; else how long it had been idle. None where neither is known,
    or it was wanted.
    """
    explained, event = end.explained, end.entry.event
    if end.is_expected or not end.entry.timed or not isinstance(event, ConnectionClosed):
        return None
    at, lived = end.entry.elapsed_seconds, event.open_seconds
    explanation = explained.explanation if explained is not None else None
    if explanation is not None and explanation.clock is not None:
        limit = explanation.limit_seconds or explanation.observed_seconds
        if limit is not None and 0 < limit <= TEN_YEARS:
            began = max(at - limit, at - lived if lived is not None else 0.0, 0.0)
            length, name = seconds_words(limit), CLOCKS[explanation.clock]
            words = (f"{length} {name}", length)
            return Bracket(explanation.clock, began, at, words, struck=True)
    idle = event.idle_seconds
    if idle is None or idle < _LEAST_SECONDS:
        return None
    words = (f"idle {seconds_words(idle)}", seconds_words(idle))
    return Bracket(ClockName.IDLE, max(0.0, at - idle), at, words)


def running_bracket(state: SessionState, host: HostFacts, now: float) -> Bracket | None:
    """Of the clocks that run against a limit that is known, the one that strikes first."""
    facts = state.connection
    if facts is None or facts.closure is not None:
        return None
    running = []
    for clock, began in _began(state.phase, facts).items():
        limit = host.limit(clock)
        if limit is not None and began is not None and 0 < limit.limit_seconds <= TEN_YEARS:
            running.append((began + limit.limit_seconds, clock, began, limit.limit_seconds))
    if not running:
        return None
    strikes_at, clock, began, seconds = min(running)
    so_far, length = max(0.0, now - began), seconds_words(seconds)
    ran = f"{so_far:.0f}" if seconds < _HOUR else seconds_words(so_far)
    words = (f"{CLOCKS[clock]} {ran} of {length}", f"{ran} of {length}", length)
    return Bracket(clock, began, strikes_at, words, runs=True)


def clock_words(facts: ConnectionFacts, phase: Phase, host: HostFacts, now: float) -> str:
    """All clocks of a connection at the moment `now`, with the limits that are known."""
    parts = []
    for clock, began in _began(phase, facts).items():
        if began is not None and began <= now:
            limit = host.limit(clock)
            of = f" of {seconds_words(limit.limit_seconds)}" if limit is not None else ""
            parts.append(f"{CLOCKS[clock]} {seconds_words(max(0.0, now - began))}{of}")
    return ", ".join(parts)


def seconds_words(seconds: float) -> str:
    """`300 s`; in hours and minutes from an hour on, in days from three on."""
    if not 0 <= seconds <= TEN_YEARS:
        return "for ever"
    if seconds >= 259_200:
        return f"{seconds / 86_400:.3g} days"
    if seconds >= _HOUR:
        return format_duration(seconds // 1)
    return f"{seconds:.0f} s" if seconds >= 10 else f"{round(seconds, 1):g} s"


def _began(phase: Phase, facts: ConnectionFacts) -> dict[ClockName, float | None]:
    """Since when each clock runs; None for one that does not."""
    if facts.ready_at is None:
        return {ClockName.LOGIN: facts.opened_at}
    in_transfer = phase is Phase.TRANSFER
    return {
        ClockName.IDLE: None if in_transfer else facts.last_command_at,
        ClockName.NO_TRANSFER: None if in_transfer else facts.transfer_ended_at or facts.ready_at,
        ClockName.SESSION: facts.opened_at,
    }
