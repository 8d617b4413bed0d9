"""A stretch of time of the past, in buckets: what a view that draws time asks for.

However long it is, it costs what fits on a screen: where there is more, entries stand for others,
and the numbers in the buckets are those of all.
"""

from math import floor
from typing import Final

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import ConnectionClosed, MalformedReply, ReplyReceived

__all__ = [
    "MOST_BUCKETS", "MOST_ENTRIES", "Buckets", "Stretch", "bucket_of", "in_brief", "is_drop",
]  # fmt: skip

MOST_ENTRIES: Final = 3_000
MOST_BUCKETS: Final = 1_000
_LONGEST_LINE: Final = 400
_LONGEST_RAW: Final = 200


class Buckets(msgspec.Struct, frozen=True):
    """`count` buckets of `seconds` each; the first is number `first`, counted from the start of
    the watch.
    """

    first: int
    seconds: float
    count: int

    def edge(self, number: int) -> float:
        """The moment at which bucket `number` of these begins, in seconds of the watch."""
        return (self.first + number) * self.seconds

    def of(self, at: float) -> int:
        """Which of these the moment `at` is in; others where it is outside."""
        return bucket_of(at, self.seconds) - self.first


class Stretch(msgspec.Struct, frozen=True):
    """What there is in `buckets`, up to an entry.

    entries: oldest first, long ones in brief; where there are too many, some of them
    counts, drops: by bucket, how many entries there are, and ends against our will
    before: the last entry before all of them
    """

    buckets: Buckets
    entries: tuple[Entry, ...] = ()
    counts: tuple[int, ...] = ()
    drops: tuple[int, ...] = ()
    before: Entry | None = None

    @property
    def total(self) -> int:
        """How many entries there are."""
        return sum(self.counts)

    @property
    def is_sampled(self) -> bool:
        """`entries` are only some of them."""
        return len(self.entries) < self.total

    def shifted(self, buckets: Buckets) -> "Stretch":
        """The same for other buckets, as far as these are known by it: until they are read."""
        at = {bucket_of(e.elapsed_seconds, buckets.seconds) for e in self.entries}
        if buckets.seconds != self.buckets.seconds:
            counts = tuple(int(buckets.first + n in at) for n in range(buckets.count))
            return Stretch(buckets, self.entries, counts, (0,) * buckets.count, self.before)
        by = buckets.first - self.buckets.first
        places = range(by, by + buckets.count)
        return Stretch(
            buckets, self.entries, _taken(self.counts, places), _taken(self.drops, places),
            self.before,
        )  # fmt: skip

    def joined(self, later: "Stretch") -> "Stretch":
        """With what another place has of the same buckets, all of it newer."""
        return Stretch(
            self.buckets,
            self.entries + later.entries,
            tuple(a + b for a, b in zip(self.counts, later.counts, strict=True)),
            tuple(a + b for a, b in zip(self.drops, later.drops, strict=True)),
            self.before or later.before,
        )


def bucket_of(at: float, seconds: float) -> int:
    """The number of the bucket of so many `seconds` that the moment `at` is in: a bucket has its
    first moment, and not the first one of the next, however the division rounds.
    """
    number = floor(at / seconds)
    if (number + 1) * seconds <= at:
        return number + 1
    return number - 1 if number * seconds > at else number


def in_brief(entry: Entry) -> Entry:
    """Of what the server said only the first line, and no more of it than a line has room for."""
    match entry.event:
        case ReplyReceived(lines=lines) as reply if len(lines) > 1 or reply.raw or _is_long(lines):
            short = tuple(line[:_LONGEST_LINE] for line in lines[:1])
            return msgspec.structs.replace(
                entry, event=msgspec.structs.replace(reply, lines=short, raw=None)
            )
        case MalformedReply(raw=raw) as malformed if len(raw) > _LONGEST_RAW:
            cut = msgspec.structs.replace(malformed, raw=raw[:_LONGEST_RAW])
            return msgspec.structs.replace(entry, event=cut)
        case _:
            return entry


def is_drop(entry: Entry) -> bool:
    """A connection ended, and nobody here wanted it."""
    return isinstance(entry.event, ConnectionClosed) and not entry.event.solicited


def _taken(numbers: tuple[int, ...], places: range) -> tuple[int, ...]:
    return tuple(numbers[at] if 0 <= at < len(numbers) else 0 for at in places)


def _is_long(lines: tuple[str, ...]) -> bool:
    return bool(lines) and len(lines[0]) > _LONGEST_LINE
