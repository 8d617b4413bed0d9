"""A stretch of time of a recording, in buckets, at a price that does not grow with its length.

Where a bucket begins is found by halving, as time never goes back; how many entries it has follows
from that. Of too many entries those are read that an index knows to be rare, and of the others some
that lie apart.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.stretch import MOST_ENTRIES, Buckets, Stretch, in_brief, is_drop
from ftpwatch.record.decoding import COLUMNS, entry_or_why
from ftpwatch.record.kinds import DENSE_KINDS, kind_number
from ftpwatch.record.schema import FOLDED_ROW, READ_ERRORS, ROW
from ftpwatch.record.texts import bound

__all__ = ["stretch_of"]

_CLOSED: Final = kind_number("connection_closed")
_SHOWN: Final = tuple(
    map(
        kind_number,
        (
            "connection_opening", "connection_opened", "connection_failed", "reply_overdue",
            "reconnect_scheduled", "data_connection_opened", "data_connection_closed",
        ),
    )
)  # fmt: skip
_RANGE: Final = f"select {COLUMNS} from entry where seq >= ? and seq < ? order by seq limit ?"
_RARE: Final = (
    f"select {COLUMNS} from entry where kind in {_SHOWN} and kind not in {DENSE_KINDS} "
    f"and {ROW} >= ? and {ROW} < ? limit ?"
)
_CLOSES: Final = _RARE.replace(f"kind in {_SHOWN}", f"kind = {_CLOSED}")
_PROBLEMS: Final = (
    f"select {COLUMNS} from entry where problem = 1 and {FOLDED_ROW} >= ? and {FOLDED_ROW} < ? "
    "limit ?"
)
_DROPS: Final = (
    f"select count(*) from entry indexed by entry_kind where kind = {_CLOSED} "
    f"and kind not in {DENSE_KINDS} and {ROW} >= ? and {ROW} < ? and problem = 1"
)
_LAST: Final = f"select {COLUMNS} from entry where seq < ? order by seq desc limit 1"
_MOST_PROBLEMS: Final = 4
_ODD: Final = 2_654_435_761  # Knuth: spreads what is counted evenly


class _Piece(msgspec.Struct, frozen=True):
    """What one database has of it: the seqs at which the buckets begin, and the last one ends."""

    edges: tuple[int, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        return tuple(b - a for a, b in zip(self.edges, self.edges[1:], strict=False))


def stretch_of(
    databases: Callable[[], Iterable[sqlite3.Connection]], buckets: Buckets, upto: int
) -> Stretch:
    """What `databases`, which are asked for twice, the oldest first, have of `buckets` up to the
    seq `upto`.
    """
    nothing = (0,) * buckets.count
    all_of_it = Stretch(buckets, (), nothing, nothing)
    pieces = [_piece(database, buckets, upto) for database in databases()]
    total = sum(sum(piece.counts) for piece in pieces)
    for database, piece in zip(databases(), pieces, strict=False):
        try:
            read = _whole if total <= MOST_ENTRIES else _some
            one = read(database, piece, buckets, total)
            before = _entries(database.execute(_LAST, [piece.edges[0]]))
        except READ_ERRORS:
            continue  # a damaged part has no stretch; replay says where the damage is
        joined = all_of_it.joined(one)
        last = next(before, None) if not all_of_it.entries else None
        all_of_it = msgspec.structs.replace(joined, before=last or all_of_it.before)
    return all_of_it


def _piece(database: sqlite3.Connection, buckets: Buckets, upto: int) -> _Piece:
    """Where in `database` the buckets begin; all at one place where none of them is there."""
    try:
        low, end = bound(database, "min"), min(bound(database, "max"), upto) + 1
        edges = []
        for number in range(buckets.count + 1):
            low = _first_at(database, buckets.edge(number), low, max(low, end))
            edges.append(low)
        return _Piece(tuple(edges))
    except READ_ERRORS:
        return _Piece((0,) * (buckets.count + 1))


def _first_at(database: sqlite3.Connection, elapsed: float, low: int, high: int) -> int:
    """The first seq of `low` to `high` that is of `elapsed` or later; `high` where none is."""
    while low < high:
        middle = (low + high) // 2
        row = database.execute(
            "select seq, elapsed_seconds from entry where seq >= ? order by seq limit 1", [middle]
        ).fetchone()
        if row is None or row[0] >= high or row[1] >= elapsed:
            high = middle
        else:
            low = int(row[0]) + 1
    return low


def _whole(database: sqlite3.Connection, piece: _Piece, buckets: Buckets, total: int) -> Stretch:
    """All entries, counted as they are."""
    first, end = piece.edges[0], piece.edges[-1]
    entries = tuple(_entries(database.execute(_RANGE, [first, end, MOST_ENTRIES])))
    counts, drops = [0] * buckets.count, [0] * buckets.count
    for entry in entries:
        if 0 <= (at := buckets.of(entry.elapsed_seconds)) < buckets.count:
            counts[at] += 1
            drops[at] += is_drop(entry)
    return Stretch(buckets, entries, tuple(counts), tuple(drops))


def _some(database: sqlite3.Connection, piece: _Piece, buckets: Buckets, total: int) -> Stretch:
    """Some of them from each bucket."""
    each = max(2, MOST_ENTRIES // 3 // buckets.count - _MOST_PROBLEMS)
    entries: dict[int, Entry] = {}
    drops = []
    for first, end in zip(piece.edges, piece.edges[1:], strict=False):
        if first == end:
            drops.append(0)
            continue
        drops.append(int(database.execute(_DROPS, [first, end]).fetchone()[0]))
        seqs = ",".join(map(str, _apart(first, end, each)))
        questions: tuple[tuple[str, Sequence[int]], ...] = (
            (_CLOSES, (first, end, each)),
            (_RARE, (first, end, each)),
            (_PROBLEMS, (first, end, min(each, _MOST_PROBLEMS))),
            (f"select {COLUMNS} from entry where seq in ({seqs})", ()),
        )
        for sql, values in questions:
            entries |= {entry.seq: entry for entry in _entries(database.execute(sql, values))}
    shown = tuple(entries[seq] for seq in sorted(entries))
    return Stretch(buckets, shown, piece.counts, tuple(drops))


def _apart(first: int, end: int, count: int) -> list[int]:
    """At most `count` seqs from `first` to before `end`, one somewhere in each of equal pieces:
    what comes round in step, as the sessions of a watch do, is not met at the same place each time.
    """
    size = max(1, (end - first) // count)
    starts = range(first, end, size)[:count]
    spread = ((start, (start * _ODD % 2**32) >> 12) for start in starts)
    return [start + number % min(size, end - start) for start, number in spread]


def _entries(
    rows: Iterable[tuple[int, str, float, str | None, int | None, bytes]],
) -> Iterator[Entry]:
    return (in_brief(entry_or_why(row)) for row in rows)
