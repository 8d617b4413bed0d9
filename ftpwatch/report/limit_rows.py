"""Limits promised and observed, and whether keep-alives held: from what was known at the end."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from ftpwatch.core.journal.vocabulary import ClockName, LimitSource
from ftpwatch.core.state.explanation import ClockDefault
from ftpwatch.core.state.state import ClockLimit, HostFacts, WatchState
from ftpwatch.core.state.verdict import Verdict
from ftpwatch.core.text.limits_text import promise_kept
from ftpwatch.core.text.verdict_text import verdict_short
from ftpwatch.report.cleaning import Cleaner
from ftpwatch.report.groups import Group, Range
from ftpwatch.report.model import KeepAliveRow, LimitRow

__all__ = ["Defaults", "keep_alive_rows", "limit_rows"]

Defaults = Callable[[Mapping[str, Sequence[str]]], Sequence[ClockDefault]]
_MOST_HOSTS: Final = 30
_MOST_KEEP_ALIVES: Final = 20
_Shown = dict[tuple[str, ClockName], tuple[Range, Range]]


def limit_rows(
    state: WatchState, groups: Iterable[Group], defaults: Defaults, clean: Cleaner
) -> tuple[LimitRow, ...]:
    """A row for each clock of each host of which anything is known; `defaults` are the clocks of
    the server that said this.
    """
    shown = _shown(groups)
    rows: list[LimitRow] = []
    for host, facts in _hosts(state, shown):
        usual = {clock.clock: clock for clock in defaults(facts.said)}
        for clock in ClockName:
            known = {limit.source: limit for limit in facts.limits if limit.clock == clock}
            stated, seen = shown.get((host, clock), (Range(), Range()))
            if known or stated.least is not None or seen.least is not None:
                row = _row(clock, known, (stated, seen), usual.get(clock))
                rows.append(replace(row, host=clean.wire(host)))
    return tuple(rows)


def _shown(groups: Iterable[Group]) -> _Shown:
    """What the words of closes said of a clock, and what was measured of it then."""
    shown: _Shown = {}
    for group in groups:
        clock = group.example.explanation.clock
        if clock is None or group.is_orderly:
            continue
        stated, seen = shown.setdefault((group.host, clock), (Range(), Range()))
        for total, one in ((stated, group.stated), (seen, group.observed)):
            total.add(one.least)
            total.add(one.most)
    return shown


def _hosts(state: WatchState, shown: _Shown) -> Iterator[tuple[str, HostFacts]]:
    """Those that ended sessions, then those of which a limit is known. A host that is known by its
    name and by its address is one.
    """
    by_name = {f"{host}:{port}": facts for (host, port), facts in state.hosts.items()}
    for session in state.sessions.values():
        target, peer = session.target, session.connection.peer if session.connection else None
        if peer and (facts := by_name.get(peer)) is not None:
            by_name[f"{target.host}:{target.port}"] = facts
    named = dict.fromkeys(host for host, _ in shown)
    others = [host for host, facts in by_name.items() if facts.limits and host not in named]
    known = {id(by_name[host]) for host in named if host in by_name}
    others = [host for host in others if id(by_name[host]) not in known]
    for host in [*named, *others][:_MOST_HOSTS]:
        yield host, by_name.get(host, HostFacts())


def _row(
    clock: ClockName,
    known: Mapping[LimitSource, ClockLimit],
    by_ends: tuple[Range, Range],
    usual: ClockDefault | None,
) -> LimitRow:
    stated, seen = by_ends
    both = dict(known)
    by_source = {LimitSource.ADVERTISED: stated.least, LimitSource.OBSERVED: seen.least}
    for source, limit in by_source.items():
        if limit is not None:
            both.setdefault(source, ClockLimit(clock, limit, source))

    def seconds(source: LimitSource) -> float | None:
        return known[source].limit_seconds if source in known else None

    return LimitRow(
        host="",
        clock=clock,
        advertised_seconds=seconds(LimitSource.ADVERTISED),
        stated_seconds=stated.least,
        default=f"{usual.directive}: {usual.default}" if usual is not None else None,
        observed_seconds=seconds(LimitSource.OBSERVED),
        measured_seconds=seconds(LimitSource.MEASURED),
        remembered_seconds=seconds(LimitSource.REMEMBERED),
        shown_least_seconds=seen.least,
        shown_most_seconds=seen.most,
        kept=promise_kept(both),
    )


def keep_alive_rows(state: WatchState, clean: Cleaner) -> tuple[KeepAliveRow, ...]:
    """The verdicts of sessions at the end, those that did not hold first."""
    rows = []
    order = list(Verdict)
    for name, judged in sorted(
        state.verdicts.items(), key=lambda item: (-order.index(item[1].verdict), item[0])
    ):
        session = state.sessions.get(name)
        if session is None or session.target.twin:
            continue
        rows.append(
            KeepAliveRow(
                session=clean.wire(name),
                command=clean.wire(session.target.keep_alive_command),
                interval_seconds=session.target.keep_alive_seconds,
                verdict=verdict_short(judged, state.at),
                words=clean.prose(judged.words),
            )
        )
    return tuple(rows[:_MOST_KEEP_ALIVES])
