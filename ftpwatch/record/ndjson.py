"""NDJSON read back, entry by entry: as `--mode json` or `export` wrote it, filtered or cut."""

from collections.abc import Callable
from datetime import UTC
from typing import IO, Final

import msgspec

from ftpwatch.core.errors import UserError
from ftpwatch.core.journal.entry import LONGEST_EVENT, Entry, UnreadableEvent
from ftpwatch.core.journal.events import EntriesUnreadable
from ftpwatch.core.journal.ndjson import entry_of_line

__all__ = ["BOM", "read_ndjson"]

BOM: Final = b"\xef\xbb\xbf"
_LONGEST_LINE: Final = 2 * LONGEST_EVENT


def read_ndjson(
    stream: IO[bytes],
    name: str,
    put: Callable[[Entry, int], object],
    reach: Callable[[int], object] = lambda _: None,
) -> int:
    """Read all of `stream`; `put` gets each entry with the number of its line, `reach` how many
    bytes were read. A line that is none becomes an EntriesUnreadable where there is a gap for it.
    Returns how many entries there were. Raises UserError where they are out of their order.
    """
    before: Entry | None = None
    problem: str | None = None
    count = read = number = 0
    while line := stream.readline(_LONGEST_LINE):
        number, read = number + 1, read + len(line)
        line = line.removeprefix(BOM) if number == 1 else line
        reach(read)
        if not line.strip():
            continue
        try:
            entry = entry_of_line(line)
        except UnreadableEvent as error:
            problem = problem or f"line {number} {error}"
            continue
        if entry is None:
            continue
        entry = msgspec.structs.replace(entry, at=entry.at.astimezone(UTC))
        if before is not None and entry.seq <= before.seq:
            raise UserError(
                f"{name}: line {number} is entry {entry.seq}, after entry {before.seq}: it holds "
                "more than one watch, or is out of order"
            )
        if problem is not None and (gap := _gap(before, entry, problem)) is not None:
            put(gap, number)
            problem = None
        put(entry, number)
        before, count = entry, count + 1
    if problem is not None and before is not None:
        put(_lost(before, before.seq + 1, before.seq + 1, problem), number)
    elif problem is not None:
        raise UserError(f"{name}: {problem}, and no other line is an entry")
    return count


def _gap(before: Entry | None, after: Entry, problem: str) -> Entry | None:
    """What stands for the lines between; None where no number is left for it."""
    first = before.seq + 1 if before is not None else 1
    return _lost(before or after, first, after.seq - 1, problem) if first < after.seq else None


def _lost(beside: Entry, first: int, last: int, problem: str) -> Entry:
    event = EntriesUnreadable(first, last, problem)
    return msgspec.structs.replace(beside, seq=first, session=None, connection=None, event=event)
