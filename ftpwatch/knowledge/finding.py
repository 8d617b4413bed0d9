"""Findings: single pieces of evidence, each for or against one cause."""

import re
from enum import Flag, auto
from typing import Final

import msgspec

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.text.durations import stated
from ftpwatch.knowledge.model import CloseRow
from ftpwatch.knowledge.strength import Strength

__all__ = [
    "ROUND_LIMITS", "Case", "Finding", "Kind", "fits", "format_seconds", "stated_seconds",
    "to_the_second",
]  # fmt: skip

# What administrators set, where nothing else is known of a server.
ROUND_LIMITS: Final = (60.0, 120.0, 180.0, 300.0, 600.0, 900.0, 1800.0, 3600.0)


class Kind(Flag):
    """What a finding rests on; PLAUSIBLE is what fits, as much else would."""

    WORDS = auto()
    PHASE = auto()
    CLOCK = auto()
    COMPANY = auto()
    IDENTITY = auto()
    TRANSPORT = auto()
    OURS = auto()
    PLAUSIBLE = auto()


class Finding(msgspec.Struct, frozen=True):
    """Evidence for `cause` where its weight is over 0, against it where it is under."""

    cause: Cause
    strength: Strength
    words: str
    kind: Kind
    row: CloseRow | None = None
    server: str | None = None

    @property
    def weight(self) -> float:
        """What it adds to the sum of its cause."""
        return self.strength.weight


class Case(msgspec.Struct, frozen=True):
    """All findings on one cause."""

    cause: Cause
    findings: tuple[Finding, ...]

    @property
    def weight(self) -> float:
        return sum(finding.weight for finding in self.findings)

    @property
    def evidence(self) -> tuple[str, ...]:
        return tuple(f.words for f in self.findings if f.weight > 0)

    @property
    def against(self) -> tuple[str, ...]:
        return tuple(f.words for f in self.findings if f.weight < 0)

    @property
    def kinds(self) -> Kind:
        kinds = Kind(0)
        for finding in self.findings:
            kinds |= finding.kind if finding.weight > 0 else Kind(0)
        return kinds

    @property
    def row(self) -> CloseRow | None:
        return next((f.row for f in self.findings if f.row is not None), None)


# A number of more digits is no length of time, and neither is a part of one.
_STATED: Final = re.compile(r"(?<![\d.,])(\d{1,9})\s{0,3}(s\b|sec|min|m\b|hour|h\b)", re.IGNORECASE)
_UNITS: Final = {"s": 1.0, "sec": 1.0, "min": 60.0, "m": 60.0, "hour": 3600.0, "h": 3600.0}


def stated_seconds(text: str) -> float | None:
    """The length of time that a text names, in seconds: `(600 seconds)` is 600.0; None where it
    names none that a server could mean.
    """
    match = _STATED.search(text)
    return None if match is None else stated(match[1], _UNITS[match[2].lower()])


def format_seconds(length: float) -> str:
    """A measured length in words."""
    return f"{length:.1f} s"


def fits(measured: float, limit: float) -> bool:
    """A measured time is that limit: within two seconds or a twentieth."""
    return abs(measured - limit) <= max(2.0, limit / 20)


def to_the_second(measured: float, limit: float) -> bool:
    """A measured time is that limit, as closely as servers keep to theirs."""
    return abs(measured - limit) <= 1.0
