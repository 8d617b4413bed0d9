"""Many sessions of one host, whose keep-alives do not go out in one burst."""

from collections import Counter
from collections.abc import Iterable
from math import inf

from msgspec.structs import replace

from ftpwatch.core.ftp.jitter import head_start
from ftpwatch.core.ftp.target import Target
from ftpwatch.core.journal.events import ConnectionOpened, LimitKnown, ReplyReceived
from ftpwatch.core.journal.vocabulary import ClockName
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.state import HostFacts, host_key

__all__ = ["limits_told", "spread"]

_OF_IDLENESS = (ClockName.IDLE, ClockName.PATH)


def spread(targets: Iterable[Target]) -> list[Target]:
    """`targets`, those of one host and port each with its head start."""
    targets = list(targets)
    counts, numbers = Counter(map(_aim, targets)), Counter[tuple[str, int]]()
    spread_out: list[Target] = []
    for target in targets:
        share = head_start(numbers[_aim(target)], counts[_aim(target)])
        numbers[_aim(target)] += 1
        spread_out.append(replace(target, keep_alive_head_start=share))
    return spread_out


def limits_told(update: Update) -> dict[str, float]:
    """The sessions for which `update` tells how long the host lets them idle, in seconds."""
    entry, state = update.entry, update.state
    match entry.event if entry is not None else None:
        case ReplyReceived():
            pass
        case LimitKnown(host=host, port=port):
            facts = state.hosts.get((host, port), HostFacts())
            return dict.fromkeys(facts.sessions, _least(facts))
        case ConnectionOpened() if entry is not None:
            session = state.sessions.get(entry.session or "")
            if session is not None:
                return {session.name: _least(state.hosts.get(host_key(session), HostFacts()))}
    return {}


def _least(host: HostFacts) -> float:
    known = [host.limit(clock) for clock in _OF_IDLENESS]
    return min((limit.limit_seconds for limit in known if limit is not None), default=inf)


def _aim(target: Target) -> tuple[str, int]:
    return target.host, target.port
