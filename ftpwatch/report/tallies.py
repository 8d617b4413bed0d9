"""Counting what has no end in bounded memory: how often, how many different ones, and when."""

from collections import Counter
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

import msgspec

__all__ = ["Bucket", "Buckets", "Distinct", "Tally"]

T = TypeVar("T", bound=Hashable)
_MOST_DIFFERENT: Final = 10_000
_MOST_BUCKETS: Final = 96
_LEAST_WIDTH: Final = 1.0


class Distinct:
    """How many different ones there are; `more` where there were too many to tell apart."""

    def __init__(self, most: int = _MOST_DIFFERENT) -> None:
        self._known: set[str] = set()
        self._most = most
        self.more = False

    def add(self, one: str) -> None:
        """Count `one`, once."""
        if one in self._known:
            return
        if len(self._known) < self._most:
            self._known.add(one)
        else:
            self.more = True

    def __len__(self) -> int:
        return len(self._known)


class Tally(Generic[T]):
    """How often each came; those that come when too many are known already are counted as
    `others`.
    """

    def __init__(self, most: int = 1_000) -> None:
        self._counts: Counter[T] = Counter()
        self._most = most
        self.others = 0

    def add(self, one: T) -> None:
        """One more of `one`."""
        if one in self._counts or len(self._counts) < self._most:
            self._counts[one] += 1
        else:
            self.others += 1

    def ranked(self) -> list[tuple[T, int]]:
        """The most frequent first; of equal ones that which came first."""
        return self._counts.most_common()

    def first(self) -> T | None:
        """The most frequent."""
        ranked = self._counts.most_common(1)
        return ranked[0][0] if ranked else None


class Bucket(msgspec.Struct, frozen=True):
    """A piece of the time: from `start`, how many connections were opened, how many 4xx and 5xx
    came, and which ends, by cause.
    """

    start: float
    opened: int
    refusals: int
    ends: dict[str, int]


class Buckets:
    """The whole time in pieces of one width, which doubles when there are too many of them."""

    def __init__(self, most: int = _MOST_BUCKETS) -> None:
        self._most = most
        self._pieces: dict[int, Counter[str]] = {}
        self._start: float | None = None
        self.width = _LEAST_WIDTH

    def add(self, at: float, what: str) -> None:
        """`what` came at the moment `at`; before the first moment counts as then."""
        if self._start is None:
            self._start = at
        while (at - self._start) / self.width >= self._most:
            self._widen()
        piece = max(0, int((at - self._start) / self.width))
        self._pieces.setdefault(piece, Counter())[what] += 1

    def _widen(self) -> None:
        self.width *= 2
        pieces, self._pieces = self._pieces, {}
        for number, counts in pieces.items():
            self._pieces.setdefault(number // 2, Counter()).update(counts)

    def filled(self) -> tuple[Bucket, ...]:
        """The pieces in which something came, in their order."""
        start = self._start or 0.0
        return tuple(
            Bucket(
                start=start + number * self.width,
                opened=counts.pop(OPENED, 0),
                refusals=counts.pop(REFUSED, 0),
                ends=dict(counts.most_common()),
            )
            for number, counts in sorted((n, c.copy()) for n, c in self._pieces.items())
        )


OPENED: Final = "opened"
REFUSED: Final = "refused"
