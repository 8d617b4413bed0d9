"""The place of a recording that a user names: a moment, so long before or after, its start, its
end, the first end in it.
"""

import re
from datetime import datetime, timedelta, tzinfo
from typing import Final

from ftpwatch.core.journal.points_in_time import ACCEPTED_MOMENTS, parse_moment
from ftpwatch.core.playback.seeking import Place, Seeking, Span
from ftpwatch.core.text.durations import parse_duration
from ftpwatch.core.text.neutral import shortened, visible

__all__ = ["ACCEPTED_PLACES", "first_end", "place_of"]

ACCEPTED_PLACES: Final = "02:30:15, 2h (before its end), +30s, -5m, start, end, first end"
_BY: Final = re.compile(r"([+-])\s*(\S+)")
_LONGEST: Final = 60
_SECOND: Final = timedelta(seconds=1)


def place_of(text: str, seeking: Seeking, now: float, zone: tzinfo | None = None) -> Place:
    """What `text` names, as seen from `now` seconds of the watch; times without an offset are of
    `zone`, or of this machine. Raises ValueError with what is accepted.
    """
    span, word = seeking.span, " ".join(text.lower().split())
    if word in ("start", "end"):
        return Place(elapsed=span.starts if word == "start" else span.ends)
    if word in ("first", "first end"):
        return first_end(seeking)
    if by := _BY.fullmatch(word):
        return _moved(by, span, now)
    if not span.timed:
        raise ValueError("it has no times; write start, end, first end, +30s, -5m")
    return _moment(text, span, zone)


def first_end(seeking: Seeking) -> Place:
    """Of the first end that nobody asked for, or of the first. Raises ValueError where there is
    none.
    """
    if seeking.steps is None:
        raise ValueError("its ends are not known yet; a moment")
    step = seeking.first_end()
    if step is None:
        raise ValueError("no session ends in it")
    return Place(step.seq, is_step=True)


def _moved(by: re.Match[str], span: Span, now: float) -> Place:
    try:
        seconds = parse_duration(by[2], "it")
    except ValueError:
        seconds = None
    if seconds is None:
        raise ValueError(f"{_quoted(by[0])} is not a duration; write +30s, -5m, +2h")
    elapsed = now + (seconds if by[1] == "+" else -seconds)
    return Place(elapsed=max(span.starts, min(span.ends, elapsed)))


def _moment(text: str, span: Span, zone: tzinfo | None) -> Place:
    """Who reads whole seconds off a screen means the recording that ends or starts within one."""
    ends = span.last_at.replace(microsecond=0) + _SECOND
    try:
        moment = parse_moment(text, ends.astimezone(zone))
    except ValueError:
        accepted = ACCEPTED_MOMENTS.replace("(ago)", "(before its end)")
        raise ValueError(
            f"{_quoted(text)} is not a moment; write {accepted}; +30s, start, end, first end"
        ) from None
    if moment > ends:
        raise ValueError(f"{_quoted(text)} is after its end, {_clock(span.last_at, zone)}")
    if moment <= span.first_at - _SECOND:
        raise ValueError(f"{_quoted(text)} is before its start, {_clock(span.first_at, zone)}")
    return Place(moment=moment)


def _quoted(text: str) -> str:
    return repr(shortened(visible(text.strip()), _LONGEST))


def _clock(moment: datetime, zone: tzinfo | None) -> str:
    return moment.astimezone(zone).isoformat(sep=" ", timespec="seconds")
