"""Makes a Report of what a Collector has collected, cleaned."""

from collections.abc import Iterable
from typing import Final

import msgspec

from ftpwatch.report.cleaning import Cleaner, Cleaning, Gathering, clean_explanation
from ftpwatch.report.collector import Collector
from ftpwatch.report.ending import Ending
from ftpwatch.report.groups import Group, count_of
from ftpwatch.report.limit_rows import Defaults, keep_alive_rows, limit_rows
from ftpwatch.report.model import CauseRow, EndRow, IncidentRow, Read, Report, Timeline, Versions
from ftpwatch.report.names import Names
from ftpwatch.report.together import SeenIncident

__all__ = ["Asked", "build", "end_row"]

_MOST_CAUSES: Final = 40
_MOST_INCIDENTS: Final = 50
_MOST_NAMED: Final = 5


class Asked(msgspec.Struct, frozen=True):
    """What the report is of: `name` as people know it, `kind` of source; `filtered` in the words of
    who asked, `left_out` the kinds of names that are; `failures` of our own struck on the way.
    """

    name: str
    kind: str = "recording"
    filtered: str = ""
    left_out: tuple[str, ...] = ()
    failures: int = 0


def build(
    collected: Collector, asked: Asked, names: Names, versions: Versions, defaults: Defaults
) -> Report:
    """The report. Names that shall be left out are looked for once all texts are known."""
    for ending in _kept(collected):
        names.keep(ending)
    names.add_path(asked.name)
    gathering = Gathering()
    _Building(collected, asked, versions, gathering, defaults).report()
    cleaning = Cleaning(names, gathering.corpus)
    return _Building(collected, asked, versions, cleaning, defaults).report()


def _kept(collected: Collector) -> Iterable[Ending]:
    yield from collected.first
    yield from collected.newest
    for group in collected.groups.ranked():
        yield from (group.example, *group.newest)


def end_row(ending: Ending, clean: Cleaner) -> EndRow:
    """An end, cleaned."""
    seen = ending.seen
    return EndRow(
        at=seen.at,
        seq=seen.seq,
        place=seen.place,
        session=clean.wire(ending.session),
        connection=ending.connection,
        host=clean.wire(seen.host),
        user=clean.wire(seen.user),
        closed=seen.closed,
        idle_seconds=seen.idle_seconds,
        open_seconds=seen.open_seconds,
        incident=ending.incident,
        explanation=clean_explanation(ending.explanation, clean),
    )


class _Building:
    """One way through all of it."""

    def __init__(
        self,
        collected: Collector,
        asked: Asked,
        versions: Versions,
        clean: Cleaner,
        defaults: Defaults,
    ) -> None:
        self._collected, self._asked, self._versions = collected, asked, versions
        self._clean, self._defaults = clean, defaults

    def report(self) -> Report:
        collected = self._collected
        groups = collected.groups.ranked()
        incidents = collected.together.of(collected.incidents)
        causes = tuple(self._cause(group) for group in groups[:_MOST_CAUSES])
        return Report(
            read=self._read(),
            causes=causes,
            causes_more=count_of(groups[_MOST_CAUSES:]),
            went_on=collected.went_on,
            hit_sessions=len(collected.hit),
            incidents=tuple(map(self._incident, incidents[-_MOST_INCIDENTS:])),
            incidents_more=len(incidents[:-_MOST_INCIDENTS]) + collected.together.dropped,
            timeline=self._timeline(),
            first=tuple(end_row(ending, self._clean) for ending in collected.first),
            newest=tuple(end_row(ending, self._clean) for ending in collected.newest),
            limits=limit_rows(collected.state, groups, self._defaults, self._clean),
            keep_alives=keep_alive_rows(collected.state, self._clean),
            versions=self._versions,
            failures=self._asked.failures,
        )

    def _incident(self, seen: SeenIncident) -> IncidentRow:
        incident = seen.incident
        return IncidentRow(
            at=seen.at,
            seq=incident.seq,
            host=self._clean.wire(f"{incident.host}:{incident.port}"),
            sessions=incident.sessions,
            seconds=max(0.0, incident.last_at - incident.first_at),
            cause=incident.cause,
        )

    def _read(self) -> Read:
        collected = self._collected
        seen, source = collected.seen, collected.seen.source
        first, last = seen.first, seen.last
        timed = last is None or last.timed
        return Read(
            name=self._clean.wire(self._asked.name),
            kind=self._asked.kind if source is None else source.kind.value,
            form=source.format if source is not None else None,
            timed=timed,
            entries=seen.entries,
            spanned=seen.spanned,
            unreadable=seen.unreadable,
            since=first.at if first is not None and timed else None,
            until=last.at if last is not None and timed else None,
            sessions=len(collected.sessions),
            connections=collected.opened,
            filtered=self._clean.wire(self._asked.filtered),
            left_out=self._asked.left_out,
        )

    def _cause(self, group: Group) -> CauseRow:
        return CauseRow(
            cause=group.cause,
            host=self._clean.wire(group.host),
            ends=group.count,
            sessions=len(group.sessions),
            after_login=group.logged_in,
            before_login=group.opened - group.logged_in,
            unanswered=group.count - group.opened,
            orderly=group.is_orderly,
            confidence=dict(group.confidence.most_common()),
            first_at=group.first.seen.at if group.first is not None else None,
            last_at=group.last_at,
            incidents=len(group.incidents),
            users=self._named(group.users.ranked()),
            addresses=self._named(group.locals.ranked()),
            example=end_row(group.example, self._clean),
            newest=tuple(end_row(ending, self._clean) for ending in group.newest),
        )

    def _named(self, ranked: list[tuple[str, int]]) -> tuple[str, ...]:
        return tuple(self._clean.wire(name) for name, _ in ranked[:_MOST_NAMED])

    def _timeline(self) -> Timeline:
        seen, buckets = self._collected.seen, self._collected.buckets
        first, last = seen.first, seen.last
        timed = last is None or last.timed
        ends = [0.0, 0.0]
        if first is not None and last is not None:
            both = (first.at.timestamp(), last.at.timestamp())
            ends = sorted(both if timed else (float(first.seq), float(last.seq)))
        return Timeline(
            start=ends[0], end=ends[1], width=buckets.width, timed=timed, buckets=buckets.filled()
        )
