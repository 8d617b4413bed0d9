"""`ftpwatch report`: a recording, a log or a capture is folded by a Watch at once, as `explain`
does it, and what is explained becomes a report.
"""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final

import msgspec

from ftpwatch import __version__
from ftpwatch.config.timezones import zone_of
from ftpwatch.core.errors import UserError
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.filter import Filter, FilterError, parse_filter
from ftpwatch.core.judgement.watch import Failed, Watch
from ftpwatch.headless.long_work import LongWork
from ftpwatch.headless.narration import Narration
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.knowledge.fingerprint import knowledge_version
from ftpwatch.report.building import Asked, build
from ftpwatch.report.collector import Collector
from ftpwatch.report.contents import contents
from ftpwatch.report.markdown import as_markdown
from ftpwatch.report.model import Report, Versions
from ftpwatch.report.moments import Moments
from ftpwatch.report.names import Names, What
from ftpwatch.report.objects import as_object
from ftpwatch.report.page import as_page
from ftpwatch.report.wanted import has_times
from ftpwatch.wiring.failures import Failures
from ftpwatch.wiring.opening import between
from ftpwatch.wiring.overhearing import Kind, Source, opened, overhear
from ftpwatch.wiring.stopping import interruptible

__all__ = ["ReportPlan", "report"]

Put = Callable[[Entry, int], object]
_ONE_TIME: Final = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
_ANOTHER_TIME: Final = _ONE_TIME + timedelta(days=400)


class ReportPlan(msgspec.Struct, frozen=True):
    """What to report of: the file at `path`, or stdin; which ends of it, in the words of the user;
    `left_out` are the kinds of names that become placeholders, `form` is md, html or json.
    """

    path: Path | None
    form: str = "md"
    since: str | None = None
    until: str | None = None
    filtered: str = ""
    left_out: frozenset[What] = frozenset()
    zone: str | None = None

    @property
    def question(self) -> str:
        """Which ends are asked for, in one line."""
        parts = [f"since:{self.since}" if self.since else "", f"until:{self.until}"]
        return " ".join(filter(None, (self.filtered, parts[0], parts[1] if self.until else "")))


def report(plan: ReportPlan) -> tuple[str, bool]:
    """The report, and whether all could be read. Raises UserError for what cannot be."""
    zone, _ = zone_of(plan.zone)
    wanted = _wanted(plan, _ONE_TIME)
    is_relative = wanted != _wanted(plan, _ANOTHER_TIME)
    with interruptible(), opened(plan.path) as source:
        if plan.path is None and source.kind is Kind.RECORDING:
            raise UserError("a recording is read from its file, not from stdin")
        if has_times(wanted):
            wanted = _wanted(plan, _end_of(source, plan, zone) if is_relative else _here(zone))
        told = _Told(plan, source, wanted)
        _read(source, plan, told.put)
        return _in_form(told.report(), plan.form, Moments(zone)), not told.unreadable


def _in_form(made: Report, form: str, moments: Moments) -> str:
    if form == "json":
        return as_object(made, moments)
    document = contents(made, moments)
    return as_page(document) if form == "html" else as_markdown(document)


def _wanted(plan: ReportPlan, now: datetime) -> Filter:
    """The filter, with the times beside it. Raises UserError for what is none."""
    try:
        terms = parse_filter(plan.filtered, now).terms
    except FilterError as error:
        raise UserError(f"--filter:\n{error.pointing(plan.filtered)}") from error
    return Filter(terms + between(plan.since, plan.until, now))


def _here(zone: tzinfo | None) -> datetime:
    return datetime.now(UTC).astimezone(zone)


def _end_of(source: Source, plan: ReportPlan, zone: tzinfo | None) -> datetime:
    """The last moment of `source`, from which moments are counted back."""
    moments: list[datetime] = [_here(zone)]

    def note(entry: Entry, _: int) -> None:
        if entry.timed:
            moments[0] = entry.at

    _read(source, plan, note)
    return moments[0].astimezone(zone)


def _read(source: Source, plan: ReportPlan, put: Put) -> None:
    """All entries of `source`."""
    if source.kind is not Kind.RECORDING or plan.path is None:
        source.stream.seek(0)
        overhear(source, put, plan.zone)
        return
    from ftpwatch.record.reader import Reader

    work = LongWork(f"reading {source.name}")
    try:
        with closing(Reader(plan.path)) as reader:
            for number, entry in enumerate(reader.entries(), 1):
                put(entry, 0)
                work.reach(f"{number:,} entries")
    finally:
        work.end()


class _Told:
    """The Watch that a report is made of, and what is collected from it."""

    def __init__(self, plan: ReportPlan, source: Source, wanted: Filter) -> None:
        self._plan, self._source, self._is_timed = plan, source, has_times(wanted)
        self._failed = 0
        self._failures = Failures(None, Narration().say)
        self._watch = Watch(KnowledgeAdvisor(), self._note_failure)
        self._names = Names(plan.left_out)
        where = {Kind.LOG: "line", Kind.CAPTURE: "packet"}.get(source.kind)
        self._collector = Collector(
            wanted, self._names, lambda _, line: f"{where} {line}" if line and where else ""
        )
        self._watch.subscribe(self._collector.receive, "the report")

    @property
    def unreadable(self) -> int:
        """How many entries are damaged."""
        return self._collector.seen.unreadable

    def put(self, entry: Entry, line: int) -> None:
        """One more entry."""
        if self._is_timed and not entry.timed:
            raise UserError(
                f"{self._source.name} has no times: --since, --until and since: cannot be asked"
            )
        self._collector.take(entry, line)
        self._watch.receive(entry)

    def report(self) -> Report:
        """What it comes to."""
        self._watch.settle(float("inf"))
        self._collector.finish()
        started = self._collector.seen.started
        versions = Versions(
            ftpwatch=__version__,
            knowledge=knowledge_version(),
            recorded_by=started.version if started is not None else None,
            python=started.python if started is not None else None,
            platform=started.platform if started is not None else None,
        )
        asked = Asked(
            name=self._source.name,
            kind=self._source.kind.name.lower(),
            filtered=self._plan.question,
            left_out=tuple(sorted(self._plan.left_out)),
            failures=self._failed,
        )
        return build(self._collector, asked, self._names, versions, self._watch.clocks)

    def _note_failure(self, failed: Failed) -> None:
        self._failed += 1
        self._failures.of_watch(failed)
