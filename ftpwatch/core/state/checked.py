"""A check for monitoring: by what it is judged, and the judgement."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

import msgspec

from ftpwatch.core.state.probed import Step

__all__ = ["TOTAL", "Checked", "Limits", "Metric", "Status", "Thresholds", "worst"]

TOTAL: Final = "total"


class Status(IntEnum):
    """The states of a monitoring plugin; the numbers are its exit codes."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


# What is known to be wrong counts more than what is not known.
_GRAVITY: Final = (Status.OK, Status.UNKNOWN, Status.WARNING, Status.CRITICAL)


def worst(*statuses: Status) -> Status:
    """The one that counts of several; OK of none."""
    return max(statuses, key=_GRAVITY.index, default=Status.OK)


class Limits(msgspec.Struct, frozen=True):
    """From where on something is WARNING and CRITICAL; None for never."""

    warning: float | None = None
    critical: float | None = None


class Thresholds(msgspec.Struct, frozen=True):
    """`seconds` by step and in TOTAL, more of which is too many; days that a certificate must be
    good for; the age in seconds at which a file is too old.
    """

    seconds: Mapping[Step | str, Limits] = {}
    certificate_days: Limits = Limits()
    max_age_seconds: float | None = None


class Metric(msgspec.Struct, frozen=True):
    """A number of the performance data. `limits` are alarmed beyond, or below where `at_least`."""

    label: str
    value: float
    unit: str = ""
    limits: Limits = Limits()
    at_least: bool = False


class Checked(msgspec.Struct, frozen=True):
    """How one target is judged; `text` is not yet neutralised."""

    name: str
    status: Status
    text: str
    metrics: tuple[Metric, ...] = ()
