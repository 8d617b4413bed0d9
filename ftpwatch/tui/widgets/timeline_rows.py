"""Rows of the timeline: lanes, brackets, the axis, boxes, drops, as signs with their looks. Pure.

A look is the name of a component class; what a sign means does not depend on it.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from ftpwatch.core.timeline.axis import Label
from ftpwatch.core.timeline.brackets import Bracket
from ftpwatch.core.timeline.density import HostLane
from ftpwatch.core.timeline.lanes import Box, Lane
from ftpwatch.core.timeline.marks import Cell, Mark
from ftpwatch.core.timeline.spans import Line
from ftpwatch.core.timeline.view import View
from ftpwatch.tui.widgets.timeline_signs import LaneSigns

__all__ = [
    "Row", "axis_row", "box_row", "bracket_row", "drops_row", "host_row", "lane_row", "rule_row",
]  # fmt: skip

_LOOKS: Final = {
    Mark.KEEP_ALIVE: "keep-alive", Mark.TALK: "talk", Mark.OPENED: "talk", Mark.WAIT: "waiting",
    Mark.REFUSED: "refused", Mark.OVERDUE: "refused", Mark.CLOSED: "talk", Mark.ENDED: "ended",
}  # fmt: skip
_LINES: Final = {
    Line.CONNECTED: "line", Line.OPENING: "waiting", Line.WAITING: "waiting",
    Line.TRANSFER: "transfer",
}  # fmt: skip
_MANY: Final = 4
_DIGITS: Final = 9


class Row(msgspec.Struct):
    """`lane` is the lane it belongs to, `head` what stands left of the axis; a sign and a look for
    each column.
    """

    head: str
    signs: list[str]
    looks: list[str]
    lane: int | None = None

    def put(self, column: int, text: str, look: str) -> None:
        """Write from `column` on what is inside; text of which each character is one wide."""
        for at, sign in enumerate(text, column):
            if 0 <= at < len(self.signs):
                self.signs[at], self.looks[at] = sign, look


def _row(columns: int, head: str = "", lane: int | None = None, fill: str = " ") -> Row:
    return Row(head, [fill] * columns, ["axis"] * columns, lane)


def axis_row(labels: Sequence[Label], columns: int, signs: LaneSigns) -> Row:
    """The labels, each at its moment."""
    row = _row(columns)
    for label in labels:
        row.put(label.column, f"{signs.upright}{label.text}", "axis")
    return row


def box_row(boxes: Sequence[Box], words: Sequence[str], columns: int, signs: LaneSigns) -> Row:
    """The tops of boxes, and `words` behind each as far as there is room."""
    row = _row(columns)
    left, right = signs.corners[:2]
    for number, (box, text) in enumerate(zip(boxes, words, strict=True)):
        inner = signs.across * (box.last - box.first + 1)
        row.put(box.first - 1, f"{left}{inner}{right}", "box")
        following = boxes[number + 1].first - 1 if number + 1 < len(boxes) else columns
        after, before = following - box.last - 4, box.first - 3 if number == 0 else 0
        room = after if len(text) <= after or after >= before else before
        shown = text if len(text) <= room else text[: max(0, room - 1)] + signs.cut
        if room > 3:
            at = box.last + 3 if room == after else box.first - 2 - len(shown)
            row.put(at, shown, "box")
    return row


def rule_row(boxes: Sequence[Box], view: View, now: float, signs: LaneSigns) -> Row:
    """What closes the lanes below, with the bottoms of boxes, and where now is."""
    row = _row(view.columns, fill=signs.across)
    row.put(view.column(now), signs.now, "now")
    for box in boxes:
        inner = signs.across * (box.last - box.first + 1)
        row.put(box.first - 1, f"{signs.corners[2]}{inner}{signs.corners[3]}", "box")
    return row


def lane_row(lane: Lane, boxes: Sequence[Box], number: int, head: str, signs: LaneSigns) -> Row:
    """What a session was doing, and what is there."""
    row = _row(len(lane.lines), head, number)
    for column, line in enumerate(lane.lines):
        if line is not None:
            row.put(column, signs.lines[line], _LINES[line])
    for box in boxes:
        if lane.session in box.sessions:
            row.put(box.first - 1, signs.upright, "box")
            row.put(box.last + 1, signs.upright, "box")
    for column, cell in lane.cells.items():
        row.put(column, _sign(cell, signs), _LOOKS[cell.mark])
    return row


def bracket_row(lane: Lane, view: View, now: float, number: int, signs: LaneSigns) -> Row:
    """The clocks of a lane."""
    row = _row(view.columns, "", number)
    free = 0
    for place, bracket in enumerate(lane.brackets):
        others = lane.brackets[place + 1 :]
        until = view.column(others[0].since) if others else view.columns
        free = _put_bracket(row, bracket, view, (free, until), now, signs)
    return row


def _put_bracket(
    row: Row, bracket: Bracket, view: View, room: tuple[int, int], now: float, signs: LaneSigns
) -> int:
    """Gives the column after it. Words that have no place inside stand beside it, in `room`."""
    look = "struck" if bracket.struck else "bracket"
    first, last = view.column(bracket.since), view.column(bracket.until)
    begin, end = max(first, 0), min(last, view.columns - 1)
    body = [signs.across] * (end - begin + 1)
    if bracket.runs:
        reached = max(0, view.column(now) + 1 - begin)
        body[reached:] = [signs.ahead] * max(0, len(body) - reached)
    if first >= 0:
        body[0] = signs.corners[2]
    if last < view.columns:
        body[-1] = signs.corners[3]
    row.put(begin, "".join(body), look)
    for words in bracket.words:
        if len(words) + 4 <= len(body):
            at = begin + (len(body) - len(words) - 2) // 2
            row.put(at, f" {words} ", look)
            return end + 1
    for words in bracket.words:
        if end + 2 + len(words) < room[1]:
            row.put(end + 2, words, look)
            return end + 2 + len(words)
        if begin - 1 - len(words) > room[0]:
            row.put(begin - 1 - len(words), words, look)
            return end + 1
    return end + 1


def host_row(lane: HostLane, most: float, number: int, head: str, signs: LaneSigns) -> Row:
    """How much happened at a host, and where connections ended."""
    row = _row(len(lane.counts), head, number)
    for column, count in enumerate(lane.counts):
        if count > 0:
            row.put(column, _bar(count, most, signs), "density")
    for column, drops in enumerate(lane.drops):
        if drops:
            row.put(column, signs.marks[Mark.ENDED], "ended")
    return row


def drops_row(drops: Sequence[int], columns: int, signs: LaneSigns) -> Row:
    """How many ended in each column: the number while all are of one digit, else bars."""
    most = max(drops, default=0)
    row = _row(columns, "drops" if most <= _DIGITS else f"max {most}")
    for column, count in enumerate(drops):
        if count:
            row.put(column, str(count) if most <= _DIGITS else _bar(count, most, signs), "drops")
    return row


def _sign(cell: Cell, signs: LaneSigns) -> str:
    return signs.many if cell.mark is Mark.TALK and cell.count >= _MANY else signs.marks[cell.mark]


def _bar(count: float, most: float, signs: LaneSigns) -> str:
    top = len(signs.bars) - 1
    return signs.bars[max(0, min(top, round(count / max(most, 1e-9) * top)))]
