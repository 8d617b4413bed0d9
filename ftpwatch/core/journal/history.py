"""The past, in rows: what a view asks for, and whoever keeps entries answers."""

from typing import Protocol

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.filter import Filter
from ftpwatch.core.journal.folded import Folded
from ftpwatch.core.journal.stretch import Buckets, Stretch

__all__ = ["History", "Row"]


class Row(msgspec.Struct, frozen=True):
    """A row of the past: an entry, with the newest of those that share its row, as the answer to
    a keep-alive does, and how many do; where what is normal is folded, with what it stands for.
    `head` is the seq of the row that stands for it where it is folded, None where none does.
    """

    entry: Entry
    answer: Entry | None = None
    sharing: int = 0
    folded: Folded | None = None
    head: int | None = None

    @property
    def stands_for(self) -> Folded | None:
        """What it is told by instead of itself; ends of an incident are told by their number."""
        is_incident = self.sharing > 0 and not (self.folded and self.folded.verb)
        return None if is_incident else self.folded

    @property
    def seq(self) -> int:
        """The row's address."""
        return self.entry.seq


class History(Protocol):
    """The past, in rows addressed by seq. `upto` is the last seq that may be seen."""

    async def before(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Row]:
        """At most `count` rows before `seq`, oldest first."""
        ...

    async def after(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Row]:
        """At most `count` rows after `seq`, oldest first."""
        ...

    async def count(self, after: int, upto: int, wanted: Filter) -> int | None:
        """How many rows there are after `after` and up to `upto`; None where rows of another filter
        were asked for before that was known.
        """
        ...

    async def troubles(self, after: int, upto: int, most: int) -> list[tuple[int, bool]]:
        """The seqs of at most `most` problems and marks after the seq `after`, oldest first, and
        whether each is a mark.
        """
        ...

    async def ends(self, count: int, upto: int) -> list[Entry]:
        """The newest `count` closes and failed attempts up to the seq `upto`, oldest first, each by
        itself, of what was there when it was opened.
        """
        ...

    async def stretch(self, buckets: Buckets, upto: int) -> Stretch:
        """What there is in `buckets`, each entry by itself, up to the seq `upto`."""
        ...

    @property
    def searched(self) -> float | None:
        """How much of what there is a search, which has to look at all of it, has looked at."""
        ...
