"""Which ends are reported: those that a filter asks for.

An end is one thing with up to two entries, what announced it and the close. A term of the filter
holds for it where one of them matches, and an inverted one where none does.
"""

from collections.abc import Collection
from fnmatch import fnmatchcase
from typing import Final

from msgspec.structs import replace

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.filter import Filter
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.text.matching import Circumstances, matches

__all__ = ["Wanted", "has_times"]

_TIMES: Final = ("since", "until")


def has_times(wanted: Filter) -> bool:
    """Some of its terms are about moments."""
    return any(term.field in _TIMES for term in wanted.terms)


class Wanted:
    """Judges ends by `wanted`: each entry once, when it comes, and the cause when it is known."""

    def __init__(self, wanted: Filter) -> None:
        self._terms = wanted.terms
        self._alone = [Filter((replace(term, inverted=False),)) for term in wanted.terms]
        self._span = Filter(tuple(term for term in wanted.terms if term.field in _TIMES))

    def matched(self, entry: Entry, hosts: Collection[str]) -> tuple[bool, ...]:
        """Which terms `entry` matches, inverted or not."""
        around = Circumstances(hosts)
        return tuple(matches(term, entry, around) for term in self._alone)

    def accepts(self, matched: tuple[bool, ...], cause: Cause | None) -> bool:
        """Whether an end is reported of whose entries one or another matched so."""
        return all(
            (one if term.field != "cause" else _is_one(term.patterns, cause)) is not term.inverted
            for term, one in zip(self._terms, matched, strict=True)
        )

    def spans(self, entry: Entry) -> bool:
        """It is of the time that is asked about."""
        return not self._span.terms or matches(self._span, entry)


def _is_one(patterns: Collection[str], cause: Cause | None) -> bool:
    return cause is not None and any(fnmatchcase(cause.value, one) for one in patterns)
