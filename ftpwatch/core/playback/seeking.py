"""Going to a place of a recording: its span, its steps, and the place that is wanted.

A step is an end or a mark; ends that are one incident are one step. Whoever plays the recording
goes to what is wanted, and says how far that has come.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum, auto

import msgspec

__all__ = ["Place", "Seeking", "Span", "Step", "StepKind"]


class StepKind(StrEnum):
    """What can be stepped to: an end that nobody asked for, one after a QUIT, a mark."""

    END = auto()
    QUIT = auto()
    MARK = auto()


class Step(msgspec.Struct, frozen=True):
    """After the entry `seq`, `elapsed` seconds after the start of the watch."""

    seq: int
    elapsed: float
    kind: StepKind


class Span(msgspec.Struct, frozen=True):
    """From where to where a recording goes, in seconds of the watch and in wall time; without
    times its seconds only give the order.
    """

    starts: float
    ends: float
    first_at: datetime
    last_at: datetime
    timed: bool = True

    def share(self, elapsed: float) -> float:
        """How much of it is over at `elapsed`, 0 to 1."""
        length = self.ends - self.starts
        return max(0.0, min(1.0, (elapsed - self.starts) / length)) if length > 0 else 1.0

    def elapsed_at(self, share: float) -> float:
        """Inverse of `share`."""
        return self.starts + max(0.0, min(1.0, share)) * (self.ends - self.starts)


class Place(msgspec.Struct, frozen=True):
    """After the entry `upto`; or before what is later than `elapsed` seconds; or before what is of
    `moment` or later. A step's shows how it is explained.
    """

    upto: int | None = None
    elapsed: float | None = None
    moment: datetime | None = None
    is_step: bool = False


class Seeking:
    """What is known of a recording's places, and which is wanted; `hear` is told of a new wish."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self.progress: float | None = None
        self.wanted: Place | None = None
        self.hear: Callable[[], None] = lambda: None
        self._steps: tuple[Step, ...] | None = None
        self._seqs: list[int] = []

    @property
    def steps(self) -> Sequence[Step] | None:
        """All steps in their order; None until they are known."""
        return self._steps

    @steps.setter
    def steps(self, steps: Sequence[Step]) -> None:
        self._steps = tuple(steps)
        self._seqs = [step.seq for step in self._steps]

    def go(self, place: Place) -> None:
        """Wish for `place`, in place of any other."""
        self.wanted = place
        self.hear()

    def step(self, by: int, shown: int) -> Step | None:
        """The next step (`by` 1) or the one before (-1), counted from what is wanted or else from
        the entry `shown`; None where there is none.
        """
        wanted = self.wanted.upto if self.wanted is not None else None
        seq = shown if wanted is None else wanted
        at = bisect_right(self._seqs, seq) if by > 0 else bisect_left(self._seqs, seq) - 1
        return self._steps[at] if self._steps and 0 <= at < len(self._steps) else None

    def first_end(self) -> Step | None:
        """The first end that nobody asked for, or else the first of all ends."""
        ends = [step for step in self._steps or () if step.kind is not StepKind.MARK]
        unasked = (step for step in ends if step.kind is StepKind.END)
        return next(unasked, ends[0] if ends else None)

    def number(self, shown: int) -> int:
        """How many steps are over once the entry `shown` is."""
        return bisect_right(self._seqs, shown)
