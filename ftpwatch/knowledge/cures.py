"""Cures: steps of an advice that ftpwatch can carry out itself, with the numbers of this case."""

from typing import Final

from ftpwatch.core.ftp.keep_alive_policy import policy_of
from ftpwatch.core.journal.vocabulary import Cause, ClockName
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.explanation import Cure, CureKind
from ftpwatch.knowledge.clock_findings import measured_seconds
from ftpwatch.knowledge.clocks import cheapest
from ftpwatch.knowledge.identify import Identity
from ftpwatch.knowledge.model import CauseRow, CureRow

__all__ = ["clock_of", "cures_for", "limit_of"]

_SHORTEST_LIMIT: Final = 2.0
_COMMANDS: Final = {"measure": "limits", "check": "check"}
_IN_TIME: Final = 0.8  # a keep-alive later than this share of the limit comes too late


def cures_for(
    cause: CauseRow, identity: Identity | None, context: Context, limit_seconds: float | None
) -> tuple[Cure, ...]:
    """What would have held this session, then what its cause calls for; nothing is measured where
    the limit is known.
    """
    limit = limit_of(cause, identity, context, limit_seconds)
    keep_alive = _keep_alive(cause, identity, context, limit)
    others = [row for row in cause.cures if row.do != "measure" or limit is None]
    return (*keep_alive, *(Cure(CureKind(row.do), _step(row, context)) for row in others))


def _step(row: CureRow, context: Context) -> str:
    """What measures or checks is a command of ftpwatch, where no key carries it out."""
    command = _COMMANDS.get(row.do) if context.source is not None else None
    return row.step if command is None else f"with ftpwatch {command}: {row.step}"


def limit_of(
    cause: CauseRow, identity: Identity | None, context: Context, limit_seconds: float | None
) -> float | None:
    """The limit that struck, in seconds: as stated, else the shortest that is known; None where it
    is not, or too short for a keep-alive to be of use.
    """
    clock = clock_of(cause)
    limit = limit_seconds
    if clock is not None and not limit:
        limit = _shortest_known(cause.id, clock, identity, context)
    return limit if limit is not None and limit >= _SHORTEST_LIMIT else None


def clock_of(cause: CauseRow) -> ClockName | None:
    """The clock that struck, that of the path too."""
    return ClockName.PATH if cause.id == Cause.PATH_IDLE_TIMEOUT else cause.clock


def _keep_alive(
    cause: CauseRow, identity: Identity | None, context: Context, limit: float | None
) -> tuple[Cure, ...]:
    """Which keep-alive would have held: the cheapest command that resets this clock, as far as
    this server is known, at half the limit.
    """
    if cause.keep_alive is None:
        return ()
    clock, target = clock_of(cause), context.session.target
    if clock is None:
        return (_keep(cause.keep_alive),)
    verb = cheapest(clock, context.host, identity)
    policy, interval = policy_of(target.keep_alive_command), target.keep_alive_seconds
    sent = any(command.partition(" ")[0] == verb for command in policy.commands)
    is_kept = interval is not None and bool(policy.commands)
    if limit is None:
        if sent or not is_kept:
            return (_keep(cause.keep_alive),)
        return (_keep(f"send {verb}: {policy.name} does not reset this clock", verb),)
    half = max(1.0, limit // 2)
    if context.source is not None:
        holds = f"that would hold against {limit:.0f} s"
        return (_keep(f"let the client send {verb} every {half:g} s: {holds}", verb, half),)
    if interval is None or not is_kept:
        step = f"turn keep-alives on: {verb} every {half:g} s would hold against {limit:.0f} s"
        return (_keep(step, None if policy.name == verb else verb, half),)
    if not sent:
        step = f"send {verb} every {half:g} s: {policy.name} does not reset this clock"
        return (_keep(step, verb, half),)
    if interval >= limit * _IN_TIME:
        step = f"{policy.name} every {interval:g} s is too slow: set {half:g} s or less"
        return (_keep(step, None, half),)
    return (_keep(f"send {verb} every {half:g} s or more often", None, half),)


def _keep(step: str, command: str | None = None, seconds: float | None = None) -> Cure:
    return Cure(CureKind.KEEP_ALIVE, step, command, seconds)


def _shortest_known(
    cause: Cause, clock: ClockName, identity: Identity | None, context: Context
) -> float | None:
    """The limit of `clock` as known of this host, as this server's default, or as measured."""
    known = context.limit(clock)
    table = identity.table.clock if identity is not None else ()
    defaults = [row.default_seconds for row in table if row.clock == clock]
    deaf = any(row.clock == clock and "any command" not in row.reset_by for row in table)
    says_little = bool(context.ends) or (deaf and clock == ClockName.IDLE)
    measured = None if says_little else measured_seconds(cause, context)
    limits = [known.limit_seconds if known is not None else None, *defaults, measured]
    return min((limit for limit in limits if limit), default=None)
