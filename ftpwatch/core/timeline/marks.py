"""What an entry is on a lane. Of several in one column the most important is shown."""

from collections.abc import Iterable
from enum import IntEnum

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    AnyEvent,
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    DataConnectionClosed,
    MalformedReply,
    ReconnectScheduled,
    ReplyOverdue,
    ReplyReceived,
    SessionFailed,
)
from ftpwatch.core.timeline.view import View

__all__ = ["Cell", "Mark", "cells_of", "mark_of"]


class Mark(IntEnum):
    """From the least important on."""

    KEEP_ALIVE = 1
    TALK = 2
    OPENED = 3
    WAIT = 4
    REFUSED = 5
    OVERDUE = 6
    CLOSED = 7
    ENDED = 8


class Cell(msgspec.Struct, frozen=True):
    """What is in a column of a lane: the newest of the most important entries, and how many there
    are.
    """

    mark: Mark
    entry: Entry
    count: int = 1


def mark_of(event: AnyEvent) -> Mark | None:
    """None where it is no mark of a lane."""
    match event:
        case ConnectionClosed(solicited=solicited):
            return Mark.CLOSED if solicited else Mark.ENDED
        case ConnectionFailed() | SessionFailed():
            return Mark.ENDED
        case ReplyOverdue():
            return Mark.OVERDUE
        case MalformedReply() | DataConnectionClosed(problem=str()):
            return Mark.REFUSED
        case ReplyReceived() as reply:
            return _mark_of_reply(reply)
        case ConnectionOpening() | ConnectionOpened():
            return Mark.OPENED
        case ReconnectScheduled():
            return Mark.WAIT
        case CommandSent() as sent:
            return Mark.KEEP_ALIVE if sent.is_keep_alive else Mark.TALK
        case _:
            return None


def cells_of(entries: Iterable[Entry], view: View) -> dict[int, Cell]:
    """The columns in which something of `entries`, all of one session, is."""
    cells: dict[int, Cell] = {}
    for entry in entries:
        column, mark = view.column(entry.elapsed_seconds), mark_of(entry.event)
        if mark is None or not 0 <= column < view.columns:
            continue
        there = cells.get(column)
        if there is None:
            cells[column] = Cell(mark, entry)
        elif mark >= there.mark:
            cells[column] = Cell(mark, entry, there.count + 1)
        else:
            cells[column] = Cell(there.mark, there.entry, there.count + 1)
    return cells


def _mark_of_reply(reply: ReplyReceived) -> Mark:
    if reply.is_negative:
        return Mark.REFUSED
    answered = reply.in_reply_to
    return Mark.KEEP_ALIVE if answered is not None and answered.is_keep_alive else Mark.TALK
