"""A report as one JSON object, printable ASCII. Names are fixed; what is not known is null, moments
are UTC as in NDJSON, lengths of time seconds. Text is neutralised, as in the other formats.

    v                1
    report           "ftpwatch"
    answer           what_ended, how_often, since_when, why, what_to_do: the five lines;
                     cause, confidence (of the leading cause; null where nothing ended)
    read             name, kind, form, timed, entries, spanned, unreadable, since, until, sessions,
                     connections, filtered, left_out [..]
    ends             unasked, orderly, went_on, sessions
    causes           [cause, host, ends, sessions, after_login, before_login, unanswered, orderly,
                     confidence {certain, likely, possible: n}, first_at, last_at, incidents,
                     users [..], addresses [..], example (an end), newest [ends]]
    incidents        [at, seq, host, sessions, seconds, cause]
    timeline         start, end, width, timed, buckets [start, opened, refusals, ends {cause: n}]:
                     seconds since 1970, or numbers of entries where timed is false
    first, newest    [ends]
    limits           [host, clock, advertised_seconds, stated_seconds, default, observed_seconds,
                     measured_seconds, remembered_seconds, shown_least_seconds,
                     shown_most_seconds, kept]
    keep_alives      [session, command, interval_seconds, verdict, words]
    for_operators    [host, text]
    versions         ftpwatch, knowledge, recorded_by, python, platform
    not_listed       causes (ends of causes that are not listed), incidents, failures

An end: at, seq, place, session, connection, host, user, closed, idle_seconds, open_seconds,
incident, heading, summary, and the fields of the `explained` object that are the judgement.
"""

from datetime import datetime
from typing import Final

import msgspec

from ftpwatch.core.journal.entry import ascii_json, utc_text
from ftpwatch.core.state.explanation import explanation_fields
from ftpwatch.report.answer import answer_of, leading
from ftpwatch.report.document import Line, Wire
from ftpwatch.report.letter import letters
from ftpwatch.report.model import CauseRow, EndRow, Report
from ftpwatch.report.moments import Moments

__all__ = ["as_object"]

VERSION: Final = 1
_FIVE: Final = ("what_ended", "how_often", "since_when", "why", "what_to_do")


def as_object(report: Report, moments: Moments) -> str:
    """The object, with a line end."""
    whole = {
        "v": VERSION,
        "report": "ftpwatch",
        "answer": _answer(report, moments),
        "read": _fields(report.read),
        "ends": {
            "unasked": report.ends,
            "orderly": report.orderly,
            "went_on": report.went_on,
            "sessions": report.hit_sessions,
        },
        "causes": [_cause(row) for row in report.causes],
        "incidents": [_fields(row) for row in report.incidents],
        "timeline": report.timeline,
        "first": [_end(end) for end in report.first],
        "newest": [_end(end) for end in report.newest],
        "limits": report.limits,
        "keep_alives": report.keep_alives,
        "for_operators": [
            {"host": host, "text": "\n".join(text)} for host, text in letters(report)
        ],
        "versions": report.versions,
        "not_listed": {
            "causes": report.causes_more,
            "incidents": report.incidents_more,
            "failures": report.failures,
        },
    }
    return ascii_json(msgspec.json.encode(whole)) + "\n"


def _answer(report: Report, moments: Moments) -> dict[str, object]:
    lead = leading(report)
    lines = map(_text, answer_of(report, moments).lines)
    return {
        **dict(zip(_FIVE, lines, strict=True)),
        "cause": lead.cause if lead is not None else None,
        "confidence": lead.example.confidence if lead is not None else None,
    }


def _text(line: Line) -> str:
    return "".join(part.text if isinstance(part, Wire) else part for part in line)


def _fields(value: msgspec.Struct) -> dict[str, object]:
    fields = {name: getattr(value, name) for name in value.__struct_fields__}
    return {n: utc_text(v) if isinstance(v, datetime) else v for n, v in fields.items()}


def _cause(row: CauseRow) -> dict[str, object]:
    newest = [_end(end) for end in row.newest]
    return {**_fields(row), "example": _end(row.example), "newest": newest}


def _end(end: EndRow) -> dict[str, object]:
    fields, why = _fields(end), end.explanation
    del fields["explanation"]
    said = {"heading": why.heading, "summary": why.summary}
    return {**fields, **said, **explanation_fields(why)}
