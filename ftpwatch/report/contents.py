"""A report as a Document: the five lines first, then what they rest on."""

from collections.abc import Iterable
from typing import Final

from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.report.answer import LABELS, answer_of, sure_words
from ftpwatch.report.document import (
    Block,
    Bullets,
    Chart,
    Document,
    Grid,
    Labelled,
    Letter,
    Line,
    Paragraph,
    Section,
    Wire,
)
from ftpwatch.report.explanation import explanation_blocks
from ftpwatch.report.letter import letters
from ftpwatch.report.model import EndRow, LimitRow, Report
from ftpwatch.report.moments import Moments, number

__all__ = ["contents"]

_EXAMPLES: Final = 6


def contents(report: Report, moments: Moments) -> Document:
    """All sections; those that would be empty are left out."""
    answer = answer_of(report, moments)
    sections = [
        Section(("Answer",), (Labelled(tuple(zip(LABELS, answer.lines, strict=True))),)),
        Section(("Ends by cause",), _causes(report, moments)),
        Section(("Incidents",), _incidents(report, moments)),
        Section(("Timeline",), _timeline(report, moments)),
        Section(("Limits, promised and observed",), _limits(report)),
        Section(("Keep-alives",), _keep_alives(report)),
        *_evidence(report, moments),
        Section(("What we can do",), _steps(report)),
        *_letters(report),
        Section(("Made of",), _versions(report)),
    ]
    return Document(
        ("FTP report: ", Wire(report.read.name)), tuple(s for s in sections if s.blocks)
    )


def _causes(report: Report, moments: Moments) -> tuple[Block, ...]:
    if not report.causes:
        return ()
    rows = tuple(
        (
            (str(row.cause),),
            (sure_words([row]),),
            (Wire(row.host),) if row.host else ("-",),
            (f"{row.ends:,}",),
            (f"{row.sessions:,}",),
            (moments.say(row.first_at),),
            (moments.say(row.last_at),),
        )
        for row in report.causes
    )
    columns = ("Cause", "How sure", "Host", "Ends", "Sessions", "First", "Last")
    more = f"{number(report.causes_more, 'more end')} of other hosts and causes."
    return (Grid(columns, rows, more * bool(report.causes_more)),)


def _incidents(report: Report, moments: Moments) -> tuple[Block, ...]:
    if not report.incidents:
        return ()
    rows = tuple(
        (
            (moments.say(row.at),),
            (Wire(row.host),),
            (f"{row.sessions:,}",),
            (f"{row.seconds:.1f} s",),
            (str(row.cause) if row.cause is not None else "different ones",),
        )
        for row in report.incidents
    )
    hidden = report.incidents_more
    note = f"{number(hidden, 'incident')} before these." if hidden else ""
    return (Grid(("When", "Host", "Sessions", "Within", "Cause"), rows, note),)


def _timeline(report: Report, moments: Moments) -> tuple[Block, ...]:
    if not report.newest:
        return ()
    time = report.timeline
    say = moments.say_seconds if time.timed else lambda at: f"entry {at:.0f}"
    middle = (time.start + time.end) / 2
    marks = [row.at.timestamp() for row in report.incidents if row.at is not None]
    starts = tuple(say(bucket.start) for bucket in time.buckets)
    chart = Chart(time, tuple(marks), starts, (say(time.start), say(middle), say(time.end)))
    shown = list(report.newest)
    seqs = {row.seq for row in shown}
    shown = [row for row in report.first if row.seq not in seqs] + shown
    rows = tuple(_end(row, moments) for row in shown)
    hidden = report.ends - len(rows)
    note = f"{number(hidden, 'end')} between the first and the newest are not listed."
    columns = ("When", "Session", "What came", "Cause", "Idle", "Open")
    return (chart, Grid(columns, rows, note * (hidden > 0)))


def _end(row: EndRow, moments: Moments) -> tuple[Line, ...]:
    when = moments.say(row.at) if row.at is not None else ""
    why = row.explanation
    return (
        (", ".join(filter(None, (when, row.place))) or f"entry {row.seq}",),
        (Wire(row.session),),
        (Wire(why.heading),),
        (f"{why.cause} ({why.confidence})",),
        (_seconds(row.idle_seconds),),
        (_seconds(row.open_seconds),),
    )


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else format_duration(round(seconds, 1))


def _limits(report: Report) -> tuple[Block, ...]:
    if not report.limits:
        return ()
    rows = tuple(
        (
            (Wire(row.host),),
            (row.clock.replace("_", " "),),
            (_promised(row),),
            (row.default or "-",),
            (_observed(row),),
            (row.kept,),
        )
        for row in report.limits
    )
    return (Grid(("Host", "Clock", "Promised", "Default", "Observed", "Verdict"), rows),)


def _promised(row: LimitRow) -> str:
    parts = [
        f"{_seconds(row.advertised_seconds)} (advertised)" * (row.advertised_seconds is not None),
        f"{_seconds(row.stated_seconds)} (in its words)" * (row.stated_seconds is not None),
    ]
    return ", ".join(filter(None, parts)) or "-"


def _observed(row: LimitRow) -> str:
    least, most = row.shown_least_seconds, row.shown_most_seconds
    ends = ""
    if least is not None:
        same = most is None or _seconds(most) == _seconds(least)
        ends = f"{_seconds(least)}{'' if same else f' to {_seconds(most)}'} (at these ends)"
    parts = [
        f"{_seconds(row.measured_seconds)} (measured)" * (row.measured_seconds is not None),
        f"{_seconds(row.observed_seconds)} (observed)" * (row.observed_seconds is not None),
        f"{_seconds(row.remembered_seconds)} (remembered)" * (row.remembered_seconds is not None),
        ends,
    ]
    return ", ".join(filter(None, parts)) or "-"


def _keep_alives(report: Report) -> tuple[Block, ...]:
    if not report.keep_alives:
        return ()
    rows = tuple(
        (
            (Wire(row.session),),
            ("off" if row.interval_seconds is None else
             f"{row.command} every {_seconds(row.interval_seconds)}",),
            (row.verdict,),
            (row.words,),
        )
        for row in report.keep_alives
    )  # fmt: skip
    return (Grid(("Session", "Keep-alive", "Verdict", "Why"), rows),)


def _evidence(report: Report, moments: Moments) -> list[Section]:
    """What each cause is told by."""
    sections = []
    for row in report.unasked[:_EXAMPLES]:
        end = row.example
        where = ", ".join(filter(None, (moments.say(end.at) if end.at else "", end.place)))
        host: Line = (" at ", Wire(row.host)) if row.host else ()
        title: Line = (f"Evidence: {row.cause}", *host)
        lead: Line = (f"{number(row.ends, 'end')}, told by that of session ", Wire(end.session))
        lead = (*lead, f", {where}." if where else ".")
        blocks: list[Block] = [Paragraph(lead), *explanation_blocks(end.explanation)]
        sections.append(Section(title, tuple(blocks)))
    return sections


def _steps(report: Report) -> tuple[Block, ...]:
    items: dict[Line, None] = {}
    for row in report.unasked[:_EXAMPLES]:
        for step in row.example.explanation.advice.client:
            items[(f"{row.cause}: {step}",)] = None
    return (Bullets(tuple(items)),) if items else ()


def _letters(report: Report) -> Iterable[Section]:
    for host, lines in letters(report):
        title: Line = ("For the operators of ", Wire(host)) if host else ("For the operators",)
        yield Section(title, (Letter(lines),))


def _versions(report: Report) -> tuple[Block, ...]:
    read, versions = report.read, report.versions
    by = [
        f"ftpwatch {versions.recorded_by}" * bool(versions.recorded_by),
        f"Python {versions.python}" * bool(versions.python),
        versions.platform or "",
    ]
    what = read.kind if read.form is None else f"{read.kind} of {read.form}"
    rows: list[tuple[str, Line]] = [
        ("Source", (Wire(read.name), f", a {what}{'' if read.timed else ', without times'}")),
        ("Read", (f"{number(read.entries, 'entry', 'entries')}, {_unread(report)}",)),
    ]
    if any(by):
        rows.append(("Recorded by", (Wire(", ".join(filter(None, by))),)))
    if read.filtered:
        rows.append(("Filter", (Wire(read.filtered),)))
    left_out = ", ".join(read.left_out) or "nothing but passwords"
    rows.append(("Left out", (f"{left_out}",)))
    rows.append(("Written by", (f"ftpwatch {versions.ftpwatch}, {versions.knowledge}",)))
    return (Labelled(tuple(rows)),)


def _unread(report: Report) -> str:
    damaged = report.read.unreadable
    text = f"{number(damaged, 'entry', 'entries')} damaged" if damaged else "none damaged"
    failures = report.failures
    return text + f", {number(failures, 'error')} of ftpwatch itself" * bool(failures)
