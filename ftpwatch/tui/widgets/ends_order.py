"""Rows of the table of ends, and the order that each column gives them. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

import msgspec

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.state.explanation import Confidence
from ftpwatch.core.state.past_end import PastEnd
from ftpwatch.core.text.cause_title import cause_title
from ftpwatch.core.text.end_matching import end_reply

__all__ = ["Column", "EndRow", "Key", "in_order", "natural"]

# The seq of an incident or 0, and that of an end, or 0 for all of the incident.
Key = tuple[int, int]
_SURE: Final = (None, Confidence.POSSIBLE, Confidence.LIKELY, Confidence.CERTAIN)
_NUMBERS: Final = re.compile(r"(\d{1,18})")


class Column(StrEnum):
    """What stands beside one another, and what rows are sorted by."""

    TIME = "time"
    SESSION = "session"
    LIVED = "lived"
    REPLY = "reply"
    CAUSE = "cause"
    CONFIDENCE = "confidence"
    INCIDENT = "incident"
    CURE = "cure"


class EndRow(msgspec.Struct, frozen=True):
    """An end, or those of `ends` that match of an incident, in which `total` connections ended;
    `inside` an incident that is unfolded.
    """

    ends: tuple[PastEnd, ...]
    incident: int = 0
    total: int = 1
    inside: bool = False

    @property
    def is_group(self) -> bool:
        """It stands for an incident."""
        return self.incident != 0 and not self.inside

    @property
    def key(self) -> Key:
        """By what it is known."""
        return (self.incident, 0 if self.is_group else self.ends[0].seq)

    @property
    def causes(self) -> Counter[Cause | None]:
        """How many ended for which cause."""
        return Counter(end.cause for end in self.ends)

    @property
    def typical(self) -> PastEnd:
        """The first that ended for the most frequent cause."""
        if len(self.ends) == 1:
            return self.ends[0]
        cause = self.causes.most_common(1)[0][0]
        return next(end for end in self.ends if end.cause == cause)


def in_order(rows: Iterable[EndRow], by: Column, *, descending: bool) -> list[EndRow]:
    """`rows` sorted; equal ones stay as they are."""
    return sorted(rows, key=_SORTED_BY[by], reverse=descending)


@lru_cache(10_000)
def natural(text: str) -> tuple[tuple[int, str], ...]:
    """Numbers in a name count as numbers."""
    parts = _NUMBERS.split(text.lower())
    return tuple((int(part), "") if n % 2 else (-1, part) for n, part in enumerate(parts))


def _sure(row: EndRow) -> int:
    explained = row.typical.explained
    return _SURE.index(explained.explanation.confidence if explained is not None else None)


_SORTED_BY: Final[dict[Column, Callable[[EndRow], Any]]] = {
    Column.TIME: lambda row: row.ends[0].seq,
    Column.SESSION: lambda row: natural(row.ends[0].session),
    Column.LIVED: lambda row: max(-1.0 if (s := e.lived_seconds) is None else s for e in row.ends),
    Column.REPLY: lambda row: end_reply(row.typical).lower(),
    Column.CAUSE: lambda row: cause_title(row.typical.cause).lower(),
    Column.CONFIDENCE: _sure,
    Column.INCIDENT: lambda row: row.total if row.incident else 0,
    Column.CURE: lambda row: row.typical.cure.lower(),
}
