"""The answer in five lines: what ended, how often, since when, why and how sure, what to do."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.state.explanation import Explanation
from ftpwatch.core.text.cause_text import cause_words
from ftpwatch.report.document import Line, Wire
from ftpwatch.report.model import CauseRow, Report
from ftpwatch.report.moments import Moments, lasted, number, times

__all__ = ["LABELS", "Answer", "Lead", "answer_of", "leading", "sure_words"]

LABELS: Final = ("What ended", "How often", "Since when", "Why", "What to do")
_BESIDE: Final = 3


class Answer(msgspec.Struct, frozen=True):
    """The five lines, in the order of LABELS."""

    lines: tuple[Line, Line, Line, Line, Line]


class Lead(msgspec.Struct, frozen=True):
    """What is asked about: the ends for one cause, of the host with the most of them first."""

    cause: Cause
    rows: tuple[CauseRow, ...]

    @property
    def ends(self) -> int:
        """How many there are."""
        return sum(row.ends for row in self.rows)

    @property
    def example(self) -> Explanation:
        """By which it is told."""
        return self.rows[0].example.explanation


def leading(report: Report) -> Lead | None:
    """The ends that are asked about: those for the most frequent cause that nobody asked for, of
    equally frequent ones the newest; but neither that nobody answered, nor what follows the stop
    of a server, where there is anything else.
    """
    by_cause: dict[Cause, list[CauseRow]] = {}
    for row in report.unasked:
        by_cause.setdefault(row.cause, []).append(row)
    leads = [Lead(cause, tuple(rows)) for cause, rows in by_cause.items()]
    follows = {Cause.SERVER_UNREACHABLE} if len(leads) > 1 else set()
    if Cause.SERVER_SHUTDOWN in by_cause:
        follows.add(Cause.SERVICE_UNAVAILABLE)
    return max((lead for lead in leads if lead.cause not in follows), key=_weight, default=None)


def _weight(lead: Lead) -> tuple[int, float]:
    newest = [row.last_at.timestamp() for row in lead.rows if row.last_at is not None]
    return lead.ends, max(newest, default=0.0)


def answer_of(report: Report, moments: Moments) -> Answer:
    """Of ends; or that nothing ended."""
    lead = leading(report)
    if lead is None:
        return _nothing(report, moments)
    when: Line = (_since(report, moments),)
    return Answer((_what(report, lead), _how_often(report, lead), when, _why(report, lead),
                   _to_do(lead)))  # fmt: skip


def _nothing(report: Report, moments: Moments) -> Answer:
    read = report.read
    if read.entries == 0:
        holds = "is empty" if read.kind == "recording" else "shows no command and no reply of FTP"
        what: Line = (f"Nothing: the {read.kind} ", Wire(read.name), f" {holds}.")
    elif read.filtered:
        what = ("Nothing that the filter ", Wire(read.filtered), " asks for.")
    else:
        what = ("Nothing ended unexpectedly.",)
    seen = f"{number(read.sessions, 'session')}, {number(read.connections, 'connection')}"
    counted = f"{seen} opened, {number(report.orderly, 'normal end')}"
    counted += f", {number(report.went_on, 'warning')} that nothing ended by" * bool(report.went_on)
    more = "Nothing to do." if read.entries else "See whether it is the file that was meant."
    if read.entries and read.filtered:
        more = "Ask again without the filter, or with another: what it leaves out is not counted."
    elif read.entries:
        more += " Transfers that failed all the same were not of these sessions."
    when: Line = (_span(report, moments),)
    return Answer((what, (f"Never; {counted}.",), when, ("Nothing to explain.",), (more,)))


def _what(report: Report, lead: Lead) -> Line:
    hosts = list(dict.fromkeys(row.host for row in report.unasked if row.host))
    first = lead.rows[0].host
    with_hosts: Line = (" with ", Wire(first)) if first else ()
    if first and len(hosts) > 1:
        with_hosts = (*with_hosts, f" and {number(len(hosts) - 1, 'other host')}")
    cut = sum(row.after_login for row in report.unasked)
    early = sum(row.before_login for row in report.unasked)
    unanswered = sum(row.unanswered for row in report.unasked)
    parts = [
        f"{number(cut, 'connection')} cut after the login" * bool(cut),
        f"{number(early, 'connection')} before the login was done" * bool(early),
        f"{number(unanswered, 'attempt')} that came to no connection" * bool(unanswered),
    ]
    of = number(report.hit_sessions, "session")
    return (", ".join(filter(None, parts)), f", in {of}", *with_hosts, ".")


def _how_often(report: Report, lead: Lead) -> Line:
    text = f"{times(report.ends).capitalize()}"
    first, last = _first(report), _last(report)
    span = (last - first).total_seconds() if first is not None and last is not None else 0.0
    if span >= 1:
        text += f" within {lasted(span)}, on average every {lasted(span / (report.ends - 1))}"
    elif report.ends > 1 and first is not None:
        text += " within a second"
    if lead.ends != report.ends:
        text += f"; {lead.ends:,} of them for the cause below"
    if report.incidents:
        together = len(report.incidents) + report.incidents_more
        text += f"; {number(together, 'incident')} of several sessions at once"
    if report.orderly:
        text += f"; {number(report.orderly, 'more end')} as expected"
    return (f"{text}.",)


def _since(report: Report, moments: Moments) -> str:
    first, last = _first(report), _last(report)
    if first is None:
        return f"The {report.read.kind} has no times: {_span(report, moments)}"
    until = f"; the last {moments.say(last)}" if last is not None and last != first else ""
    return f"{moments.say(first)}{until}. {_span(report, moments)}"


def _span(report: Report, moments: Moments) -> str:
    read = report.read
    if not read.entries:
        return "Never."
    if not read.timed:
        return f"in their order, {number(read.entries, 'entry', 'entries')}."
    if read.since is None:
        return "Nothing is of the time that is asked about."
    return f"Read from {moments.say(read.since)} to {moments.say(read.until)}."


def _why(report: Report, lead: Lead) -> Line:
    why = lead.example
    which = " ".join(filter(None, (why.server, why.directive))) if why.directive else ""
    line: list[str | Wire] = [
        f"{cause_words(lead.cause).capitalize()} ({sure_words(lead.rows)}): {why.summary}"
    ]
    if which:
        line.append(f" Setting: {which}.")
    if why.heading:
        line += [" It was: " if why.code is None else " The server said: ", Wire(why.heading)]
    others = Counter[Cause]()
    for row in report.unasked:
        others[row.cause] += row.ends if row.cause is not lead.cause else 0
    named = [f"{ends:,} × {cause_words(cause)}" for cause, ends in others.most_common() if ends]
    hidden = len(named) - _BESIDE
    named = [*named[:_BESIDE], *[f"{number(hidden, 'more cause')}"] * (hidden > 0)]
    if named:
        line.append(f"{'.' if why.heading else ''} Besides: {', '.join(named)}.")
    return tuple(line)


def sure_words(rows: Sequence[CauseRow]) -> str:
    """How surely it is told: `certain`, or `certain 3 times, likely once`."""
    counts = Counter[str]()
    for row in rows:
        counts.update({str(confidence): n for confidence, n in row.confidence.items()})
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{confidence} {times(n)}" for confidence, n in counts.most_common())


def _to_do(lead: Lead) -> Line:
    advice = lead.example.advice
    steps = [*advice.client[:1], *(f"on the server: {step}" for step in advice.server[:1])]
    return ("; ".join(steps) or "Nothing is known that helps.",)


def _first(report: Report) -> datetime | None:
    return min((row.first_at for row in report.unasked if row.first_at), default=None)


def _last(report: Report) -> datetime | None:
    return max((row.last_at for row in report.unasked if row.last_at), default=None)
