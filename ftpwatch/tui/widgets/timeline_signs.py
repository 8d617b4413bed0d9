"""The signs of the timeline, and a set in ASCII."""

from typing import Final

import msgspec

from ftpwatch.core.timeline.marks import Mark
from ftpwatch.core.timeline.spans import Line
from ftpwatch.tui.signs import Signs

__all__ = ["LaneSigns", "lane_signs"]


class LaneSigns(msgspec.Struct, frozen=True):
    """`corners` are those of a box: above left and right, below left and right. `bars` grow."""

    marks: dict[Mark, str]
    many: str
    lines: dict[Line, str]
    corners: tuple[str, str, str, str]
    across: str
    upright: str
    ahead: str
    now: str
    cut: str
    bars: str


_UNICODE: Final = LaneSigns(
    marks={
        Mark.KEEP_ALIVE: "∙", Mark.TALK: "│", Mark.OPENED: "├", Mark.WAIT: "┈", Mark.REFUSED: "!",
        Mark.OVERDUE: "?", Mark.CLOSED: "┤", Mark.ENDED: "✗",
    },
    many="┃",
    lines={Line.CONNECTED: "─", Line.OPENING: "╌", Line.WAITING: "┈", Line.TRANSFER: "═"},
    corners=("┌", "┐", "└", "┘"),
    across="─",
    upright="│",
    ahead="┄",
    now="▲",
    cut="…",
    bars="▁▂▃▄▅▆▇█",
)  # fmt: skip
_ASCII: Final = LaneSigns(
    marks={
        Mark.KEEP_ALIVE: ".", Mark.TALK: "|", Mark.OPENED: "[", Mark.WAIT: "~", Mark.REFUSED: "!",
        Mark.OVERDUE: "?", Mark.CLOSED: "]", Mark.ENDED: "x",
    },
    many="#",
    lines={Line.CONNECTED: "-", Line.OPENING: ":", Line.WAITING: "~", Line.TRANSFER: "="},
    corners=("+", "+", "+", "+"),
    across="-",
    upright="|",
    ahead=".",
    now="^",
    cut="~",
    bars="._-=oO0#",
)  # fmt: skip


def lane_signs(signs: Signs) -> LaneSigns:
    """Those that this terminal can show."""
    return _ASCII if signs.ascii_only else _UNICODE
