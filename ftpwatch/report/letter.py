"""What the operators of a server can be sent as it stands: when, what, why we think so, what would
help. In UTC, as they may live elsewhere, and without a word about our own settings.
"""

from collections.abc import Sequence
from typing import Final

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.text.cause_text import cause_words
from ftpwatch.report.model import CauseRow, EndRow, Report
from ftpwatch.report.moments import number, times, utc_words

__all__ = ["letters"]

_MOST_HOSTS: Final = 3
_MOST_CAUSES: Final = 3
_MOMENTS: Final = 3
_NOT_THEIRS: Final = (Cause.LOCAL, Cause.CLIENT_QUIT)


def letters(report: Report) -> list[tuple[str, tuple[str, ...]]]:
    """For each host that ended something, those with the most ends first: host and lines."""
    by_host: dict[str, list[CauseRow]] = {}
    for row in report.unasked:
        if row.cause not in _NOT_THEIRS:
            by_host.setdefault(row.host, []).append(row)
    ranked = sorted(by_host.items(), key=lambda item: -sum(row.ends for row in item[1]))
    overheard = report.read.kind != "recording"
    return [(host, _letter(host, rows, overheard=overheard)) for host, rows in ranked[:_MOST_HOSTS]]


def _letter(host: str, rows: Sequence[CauseRow], *, overheard: bool) -> tuple[str, ...]:
    ends = sum(row.ends for row in rows)
    cut = sum(row.after_login for row in rows)
    what = "cut after the login" if cut == ends else "cut or turned away"
    lines = [
        f"Subject: FTP connections to {host or 'your server'} are {what}",
        "",
        f"{number(ends, 'FTP connection')} of {'a client' if overheard else 'ours'} to "
        f"{host or 'your server'} ended unexpectedly{_when(rows)}.",
        *_who(rows),
    ]
    for row in rows[:_MOST_CAUSES]:
        lines += ["", *_about(row)]
    if len(rows) > _MOST_CAUSES:
        more = sum(row.ends for row in rows[_MOST_CAUSES:])
        lines += ["", f"{number(more, 'more end')} for other causes."]
    lines += ["", "Please compare this with your server's log at these moments."]
    return tuple(lines)


def _when(rows: Sequence[CauseRow]) -> str:
    first = min((row.first_at for row in rows if row.first_at), default=None)
    last = max((row.last_at for row in rows if row.last_at), default=None)
    if first is None or last is None:
        return ", at times that are not known"
    begin, end = utc_words(first), utc_words(last)
    return f" at {begin}" if begin == end else f" between {begin} and {end}"


def _who(rows: Sequence[CauseRow]) -> list[str]:
    users = list(dict.fromkeys(user for row in rows for user in row.users))
    addresses = list(dict.fromkeys(address for row in rows for address in row.addresses))
    who = [f"Account: {', '.join(users)}"] * bool(users)
    return who + [f"Coming from: {', '.join(addresses)}"] * bool(addresses)


def _about(row: CauseRow) -> list[str]:
    why = row.example.explanation
    spoken = f"your server said: {why.heading}" if why.code is not None else why.heading
    lines = [f"{times(row.ends).capitalize()}: {spoken}"]
    lines.append(f"We take it for: {cause_words(row.cause)} ({why.confidence}): {why.summary}")
    lines += [f"- {evidence}" for evidence in why.evidence]
    lines += [f"- against it: {one}" for one in why.against]
    lines += [f"- {_moment(end)}" for end in row.newest[-_MOMENTS:]]
    if why.advice.server:
        lines.append("What may help on your side:")
        lines += [f"- {step}" for step in why.advice.server]
    return lines


def _moment(end: EndRow) -> str:
    facts = [f"at {utc_words(end.at)}" if end.at is not None else end.place or f"entry {end.seq}"]
    if end.closed:
        facts.append(end.closed)
    if end.idle_seconds is not None:
        facts.append(f"{end.idle_seconds:.1f} s after the last command")
    if end.open_seconds is not None:
        facts.append(f"{end.open_seconds:.1f} s after it was opened")
    return ", ".join(facts)
