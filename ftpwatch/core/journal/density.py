"""Where in a history there is trouble: counted in so many buckets, however long it grows.

A bucket holds a power of two of seqs; where they do not suffice, two and two become one.
"""

from typing import Final

import msgspec

__all__ = ["Bucket", "Density"]

BUCKETS: Final = 1_024


class Bucket(msgspec.Struct, frozen=True):
    """How many problems and marks there are among some entries."""

    problems: int = 0
    marks: int = 0

    @property
    def is_empty(self) -> bool:
        """Neither."""
        return not self.problems and not self.marks


NOTHING: Final = Bucket()


class Density:
    """`add` each problem and mark by its seq, in any order."""

    def __init__(self) -> None:
        self._width = 1
        self._buckets: dict[int, Bucket] = {}

    def add(self, seq: int, is_mark: bool) -> None:
        """One more."""
        while seq // self._width >= BUCKETS:
            self._widen()
        at = seq // self._width
        bucket = self._buckets.get(at, NOTHING)
        self._buckets[at] = Bucket(bucket.problems + (not is_mark), bucket.marks + is_mark)

    def among(self, first: int, last: int) -> Bucket:
        """Of the entries from `first` to before `last`, as near as buckets tell."""
        low = first // self._width
        high = min(BUCKETS, max(-(-last // self._width), low + 1))
        found = [self._buckets.get(at, NOTHING) for at in range(low, high)]
        return Bucket(sum(b.problems for b in found), sum(b.marks for b in found))

    def _widen(self) -> None:
        self._width *= 2
        old, self._buckets = self._buckets, {}
        for at, bucket in old.items():
            before = self._buckets.get(at // 2, NOTHING)
            self._buckets[at // 2] = Bucket(
                before.problems + bucket.problems, before.marks + bucket.marks
            )
