"""What stands over a watch, from whoever starts it to whatever shows it."""

from enum import StrEnum

import msgspec

__all__ = ["Headline", "Keeping"]


class Keeping(StrEnum):
    """Whether the watch is recorded."""

    RECORDED = "REC"
    NOT_RECORDED = "not recorded"
    REPLAYED = "REPLAY"
    FOLLOWED = "FOLLOW"


class Headline(msgspec.Struct, frozen=True):
    """`title` is the first word of the screen, `notice` the first line that guides."""

    title: str = "ftpwatch"
    notice: str | None = None
    keeping: Keeping = Keeping.RECORDED
