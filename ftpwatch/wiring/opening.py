"""Opening a recording at any moment: from the newest state that is kept beside its entries, and
what came after that.
"""

from datetime import UTC, datetime, tzinfo

import msgspec

from ftpwatch.core.errors import UserError
from ftpwatch.core.journal.entry import Entry, utc_text
from ftpwatch.core.journal.filter import Filter, FilterError, Term, parse_filter
from ftpwatch.core.journal.points_in_time import parse_moment
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.headless.long_work import LongWork
from ftpwatch.record.reader import Reader
from ftpwatch.record.restoring import Restoring
from ftpwatch.wiring.version import judging_version

__all__ = ["Place", "Start", "between", "bring_to", "start_of", "wanted_of"]


class Start(msgspec.Struct, frozen=True):
    """Where to begin: at the moment that `at` names, in `zone`; at the `end`; or at the start."""

    at: str | None = None
    end: bool = False
    zone: tzinfo | None = None

    @property
    def wanted(self) -> bool:
        """Not at the start."""
        return self.end or self.at is not None


class Place(msgspec.Struct, frozen=True):
    """After the entry `upto`; at `moment`, where one was named."""

    upto: int
    moment: datetime | None = None


def start_of(reader: Reader, start: Start, *, timed: bool) -> Place | None:
    """Where in a recording `start` is; None for its start. Raises UserError for what is not a
    moment, or not one of it.
    """
    last = reader.last
    if not start.wanted or last is None:
        return None
    if start.at is None:
        return Place(last.seq)
    if not timed:
        raise UserError(f"--at {start.at!r}: there are no times in it; --end goes to its end")
    try:
        moment = parse_moment(start.at, last.at.astimezone(start.zone))
    except ValueError as error:
        raise UserError(f"--at {start.at!r} {error}") from None
    if moment > last.at:
        ends = last.at.astimezone(start.zone).isoformat(sep=" ", timespec="seconds")
        raise UserError(f"--at {start.at!r} is after the end of it, {ends}")
    seq = reader.seq_at(moment)
    return None if seq is None or seq <= 1 else Place(seq - 1, moment)


def wanted_of(
    text: str,
    ends: datetime | None,
    since: str | None = None,
    until: str | None = None,
    zone: tzinfo | None = None,
) -> Filter:
    """The filter that is written so, and between the times that are; times count back from where
    the recording `ends`, or from now. Raises UserError that points at what is none.
    """
    now = ends.astimezone(zone) if ends is not None else datetime.now(UTC).astimezone(zone)
    try:
        terms = parse_filter(text, now).terms
    except FilterError as error:
        raise UserError(f"--filter:\n{error.pointing(text)}") from None
    return Filter(terms + between(since, until, now))


def between(since: str | None, until: str | None, now: datetime) -> tuple[Term, ...]:
    """The terms of `--since` and `--until`. Raises UserError for what is no time."""
    terms: tuple[Term, ...] = ()
    for field, text in (("since", since), ("until", until)):
        if text is not None:
            try:
                terms += (Term(field, utc_text(parse_moment(text, now))),)
            except ValueError as error:
                raise UserError(f"--{field} {text!r} {error}") from None
    return terms


def bring_to(
    reader: Reader, watch: Watch, upto: int, restoring: Restoring | None = None
) -> Entry | None:
    """Have `watch` know all up to the entry `upto`, saying how far it has come; the last that it
    folded, None for none.
    """
    restoring = restoring or Restoring(reader, judging_version())
    work = LongWork("reading what came before")
    last = restoring.bring(watch, upto, lambda share: work.reach(f"{share:.0%}"))
    work.end()
    return last
