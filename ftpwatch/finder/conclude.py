"""Concludes from the ends of twins which clocks a server runs. Pure.

A silent twin shows the idle clock. A twin that ends though it kept sending shows a clock that its
command does not reset; one that outlives a limit shows that its command resets it. An end without a
word or by RST, where others live on, is no server's clock but something on the path.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from ftpwatch.core.journal.vocabulary import Cause, ClockName
from ftpwatch.core.state.explanation import ClockDefault
from ftpwatch.core.state.limits import ClockFound
from ftpwatch.finder.observed import Observed

__all__ = ["ANY", "Seen", "clocks_of", "is_decided", "stopped_together"]

ANY: Final = "any command"
_CLOCKS: Final = (ClockName.IDLE, ClockName.NO_TRANSFER, ClockName.SESSION)
_TICK: Final = 0.5  # servers count in whole seconds
_STATED_FITS: Final = 1.5
_IN_TIME: Final = 0.8
_TOGETHER: Final = 2.0


class Seen(msgspec.Struct, frozen=True):
    """All that a conclusion rests on: the twins, the moment, the clocks of the server as known,
    and how long a silent twin was found dead after, where it was.
    """

    twins: tuple[Observed, ...]
    now: float
    known: tuple[ClockDefault, ...] = ()
    dead_after: float | None = None

    def silent(self) -> Observed | None:
        """The twin that sends nothing."""
        return next((twin for twin in self.twins if twin.command is None), None)

    def setting(self, clock: ClockName) -> ClockDefault | None:
        """What the recognised server calls a clock."""
        return next((row for row in self.known if row.clock == clock), None)


def beyond(limit: float) -> float:
    """How long a twin must live to have outlived `limit`."""
    return limit + max(1.5, limit / 20)


def clocks_of(seen: Seen) -> tuple[ClockFound, ...]:
    """Every clock that showed itself, or that this server has and did not strike."""
    by_clock: dict[str, ClockFound] = {}
    for twin in _first_silent(seen.twins):
        clock = _clock_of(twin, by_clock.get(ClockName.IDLE), seen)
        if clock is None or clock in by_clock:
            continue
        limit, plus_minus = _measured(twin, clock)
        by_clock[clock] = ClockFound(clock, limit, plus_minus)
    if seen.dead_after is not None and ClockName.PATH not in by_clock:
        low = max((twin.longest_gap for twin in seen.twins), default=0.0)
        middle = (low + seen.dead_after) / 2
        give = round(seen.dead_after - middle, 1)
        by_clock[ClockName.PATH] = ClockFound(ClockName.PATH, round(middle, 1), give)
    for clock in _CLOCKS:
        if clock not in by_clock and _is_expected(clock, seen):
            longest = _not_struck(clock, seen)
            by_clock[clock] = ClockFound(clock, longer_than_seconds=round(longest, 1))
    clocks = (*_CLOCKS, ClockName.PATH)
    return tuple(_completed(by_clock[clock], seen) for clock in clocks if clock in by_clock)


def _first_silent(twins: Sequence[Observed]) -> list[Observed]:
    ended = [twin for twin in twins if twin.closed is not None]
    return sorted(ended, key=lambda twin: (twin.command is not None, twin.ended_at or 0.0))


def _clock_of(twin: Observed, idle: ClockFound | None, seen: Seen) -> ClockName | None:
    """The clock that ended `twin`; None where something else did."""
    explanation, closed = twin.ended, twin.closed
    if closed is None:
        return None
    if explanation is not None and explanation.clock == ClockName.SESSION:
        return ClockName.SESSION
    if explanation is not None and explanation.cause == Cause.PATH_IDLE_TIMEOUT:
        return ClockName.PATH
    if twin.command is None:
        if explanation is not None and explanation.clock is not None:
            return explanation.clock
        if twin.broken:
            return ClockName.PATH
        return ClockName.IDLE if twin.without_a_word else None
    if explanation is None or explanation.clock not in (ClockName.IDLE, ClockName.NO_TRANSFER):
        return ClockName.NO_TRANSFER if _ended_alone(twin, seen) else None
    limit = idle.limit_seconds if idle is not None else None
    in_time = limit is None or (closed.idle_seconds or 0.0) < _IN_TIME * limit
    return ClockName.NO_TRANSFER if explanation.clock == ClockName.NO_TRANSFER or in_time else None


def _ended_alone(twin: Observed, seen: Seen) -> bool:
    """It ended in silence though it kept sending, and one that sends something else lives on:
    a clock that its command does not reset.
    """
    if not twin.without_a_word or twin.broken:
        return False
    others = [other for other in seen.twins if other.command not in (None, twin.command)]
    lived = twin.lived(seen.now)
    return any(other.ended_at is None and other.lived(seen.now) > beyond(lived) for other in others)


def _measured(twin: Observed, clock: ClockName) -> tuple[float, float]:
    """The limit with error bars: as the server states it where that fits what was measured."""
    closed, explanation = twin.closed, twin.ended
    assert closed is not None
    if clock in (ClockName.IDLE, ClockName.PATH):
        measured = closed.idle_seconds or 0.0
    elif clock == ClockName.SESSION:
        measured = closed.open_seconds or 0.0
    else:
        measured = twin.lived(0.0)
    stated = explanation.limit_seconds if explanation is not None else None
    if stated is not None and abs(measured - stated) <= _STATED_FITS:
        return stated, round(max(0.1, abs(measured - stated)), 1)
    if twin.answered_its_last and twin.session is not None:
        step = twin.session.target.keep_alive_seconds or 0.0
        return round(measured - step / 2, 1), round(step / 2 + _TICK, 1)
    return round(measured, 1), round(_TICK + twin.round_trip, 1)


def _is_expected(clock: ClockName, seen: Seen) -> bool:
    """A clock worth a line though it did not strike."""
    return clock == ClockName.IDLE or seen.setting(clock) is not None


def _not_struck(clock: ClockName, seen: Seen) -> float:
    """How long a twin lived on this clock without being struck."""
    silent, row = seen.silent(), seen.setting(clock)
    if clock == ClockName.IDLE:
        if silent is None or silent.ready_at is None:
            return 0.0
        return max(silent.quiet(seen.now), silent.longest_gap)
    # What resets it says nothing of how long it runs.
    resetting = row.reset_by if row is not None else ()
    runs = [twin for twin in seen.twins if twin.ready_at is not None]
    return max((t.lived(seen.now) for t in runs if t.verb not in resetting), default=0.0)


def _completed(clock: ClockFound, seen: Seen) -> ClockFound:
    """With what resets it, what does not, and the setting."""
    row = seen.setting(clock.clock)
    directive = row.directive if row is not None else None
    limit = clock.limit_seconds
    if limit is None or clock.clock == ClockName.SESSION:
        return msgspec.structs.replace(clock, directive=directive)
    resetting = [t for t in seen.twins if t.verb and _outlived(t, clock.clock, limit, seen)]
    failing = [t.verb for t in seen.twins if t.verb and _struck(t, clock.clock, limit)]
    verbs = tuple(twin.verb for twin in resetting if twin.verb)
    general = row is not None and ANY in row.reset_by and not failing
    if (general and verbs) or (clock.clock == ClockName.PATH and not failing):
        verbs = (ANY,)
    return msgspec.structs.replace(
        clock, reset_by=verbs, not_reset_by=tuple(v for v in failing if v), directive=directive
    )


def _outlived(twin: Observed, clock: ClockName, limit: float, seen: Seen) -> bool:
    if _struck(twin, clock, limit):
        return False
    held = twin.lived(seen.now) >= beyond(limit) and twin.longest_gap < max(limit, 1.0)
    return held and not twin.is_refused


def _struck(twin: Observed, clock: ClockName, limit: float) -> bool:
    """This clock ended `twin` in spite of its commands."""
    closed, clock_told = twin.closed, twin.ended.clock if twin.ended is not None else None
    if closed is None or clock_told == ClockName.SESSION:
        return False
    if clock_told is None and (not twin.without_a_word or twin.broken):
        return False
    in_time = (closed.idle_seconds or 0.0) < _IN_TIME * limit
    lived = twin.lived(0.0)
    about = abs(lived - limit) <= max(2.0, limit / 10, 1.0 + _step(twin))
    return in_time and about and clock in (ClockName.IDLE, ClockName.NO_TRANSFER)


def _step(twin: Observed) -> float:
    target = twin.session.target if twin.session is not None else None
    return (target.keep_alive_seconds or 0.0) if target is not None else 0.0


def is_decided(seen: Seen) -> bool:
    """Nothing more can be learnt: every twin ended, or each clock of a server that is known has
    struck or has been outlived by every twin that lives.
    """
    if all(twin.ended_at is not None or twin.failed for twin in seen.twins):
        return True
    clocks = {clock.clock: clock for clock in clocks_of(seen)}
    struck = (ClockName.IDLE, ClockName.NO_TRANSFER)
    expected = [row.clock for row in seen.known if row.clock in struck]
    if not expected:
        return False
    for name in expected:
        limit = clocks[name].limit_seconds if name in clocks else None
        if limit is None:
            return False
        alive = [twin for twin in seen.twins if twin.verb and twin.ended_at is None]
        if any(twin.lived(seen.now) < beyond(limit) for twin in alive if twin.ready_at is not None):
            return False
    return True


def stopped_together(twins: Sequence[Observed]) -> bool:
    """Two or more were the last to end, in one moment, nobody lives on, and no clock of the server
    explains it.
    """
    if any(twin.ready_at is not None and twin.closed is None for twin in twins):
        return False
    ends = [(twin.ended_at or 0.0, twin.ended) for twin in twins if twin.closed is not None]
    newest = max((at for at, _ in ends), default=0.0)
    last = [explanation for at, explanation in ends if newest - at <= _TOGETHER]
    return len(last) > 1 and all(
        explanation is None or explanation.clock is None for explanation in last
    )
