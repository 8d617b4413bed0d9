"""The axis of time: where its labels stand, and what they say."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Final

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.timeline.view import View

__all__ = ["Anchor", "Label", "anchor_of", "labels_of", "wall_time"]

_DAY: Final = 86_400.0
# Seconds between labels.
_ROUND: Final = (
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0,
    120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 10_800.0, 21_600.0, 43_200.0, _DAY,
    172_800.0, 604_800.0, 2_592_000.0, 7_776_000.0, 31_622_400.0,
)  # fmt: skip
_YEAR_ONE_ON: Final = 5


class Anchor(msgspec.Struct, frozen=True):
    """A moment of the watch, and which time it was."""

    elapsed: float
    at: datetime


class Label(msgspec.Struct, frozen=True):
    """`text` begins at `column`, which it is about."""

    column: int
    text: str


def anchor_of(entry: Entry) -> Anchor:
    """What an entry knows of the time."""
    return Anchor(entry.elapsed_seconds, entry.at)


def wall_time(at: float, anchor: Anchor) -> datetime | None:
    """The time at the moment `at`; None where no calendar reaches."""
    try:
        return anchor.at + timedelta(seconds=at - anchor.elapsed)
    except OverflowError:
        return None


def labels_of(
    view: View, anchor: Anchor | None, local: Callable[[datetime], datetime], width: int = 11
) -> list[Label]:
    """Labels at round times, at least `width` columns apart; where no times are known, none."""
    if anchor is None:
        return []
    spacing = next((s for s in _ROUND if s >= view.seconds * width), _ROUND[-1])
    labels: list[Label] = []
    clock = [_civil(view.moment(column), anchor, local) for column in range(view.columns + 1)]
    for column, (begins, ends) in enumerate(pairwise(clock)):
        if begins is None or ends is None:
            continue
        at = ceil(begins / spacing) * spacing
        if at < ends and (not labels or column - labels[-1].column >= width):
            text = _text(at, spacing)
            if column + len(text) < view.columns:
                labels.append(Label(column, text))
    return labels


def _civil(at: float, anchor: Anchor, local: Callable[[datetime], datetime]) -> float | None:
    """The moment `at` as a clock and a calendar on the wall count seconds."""
    when = wall_time(at, anchor)
    if when is None or when.year < _YEAR_ONE_ON:
        return None
    try:
        when = local(when)
    except (OverflowError, ValueError, OSError):
        return None
    seconds = when.hour * 3600 + when.minute * 60 + when.second + when.microsecond / 1e6
    return when.toordinal() * _DAY + seconds


def _text(at: float, spacing: float) -> str:
    days, in_day = divmod(at, _DAY)
    day = date.fromordinal(int(days))
    if spacing >= _DAY:
        return f"{day:%Y-%m-%d}"
    if in_day == 0:
        return f"{day:%m-%d} 00:00"
    hours, rest = divmod(in_day, 3600)
    minutes, left = divmod(rest, 60)
    text = f"{hours:02.0f}:{minutes:02.0f}"
    if spacing >= 60:
        return text
    return f"{text}:{left:02.0f}" if spacing >= 1 else f"{text}:{left:06.3f}"
