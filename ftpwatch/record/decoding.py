"""Rows of a recording as entries."""

from datetime import UTC, datetime
from typing import Final

from ftpwatch.core.bounds import TEN_YEARS
from ftpwatch.core.journal.entry import UNTIMED, Entry, decode_event, untimed
from ftpwatch.core.journal.events import EntriesUnreadable

__all__ = ["COLUMNS", "Columns", "entry_of", "entry_or_why"]

COLUMNS: Final = "seq, at, elapsed_seconds, session, connection, event"
Columns = tuple[int, str, float, str | None, int | None, bytes]
_EARLIEST, _LATEST = 1970, 9_000


def entry_of(row: Columns) -> Entry:
    """The entry of a row of COLUMNS. Raises ValueError, TypeError or OverflowError for what no
    journal writes.
    """
    seq, at, elapsed, session, connection, event = row
    timed = at != UNTIMED
    when = datetime.fromisoformat(at) if timed else untimed(elapsed)
    if not _EARLIEST <= when.year <= _LATEST or when.tzinfo is None:
        raise ValueError(f"it is of {at!r}")
    if not 0 <= elapsed <= TEN_YEARS or not 0 < seq < 2**53:
        raise ValueError(f"it is number {seq}, {elapsed!r} s after the start")
    if connection is not None and not 0 <= connection < 2**53:
        raise ValueError(f"its connection is {connection}")
    return Entry(
        seq=seq,
        at=when,
        elapsed_seconds=elapsed,
        session=session,
        connection=connection,
        event=decode_event(event),
        timed=timed,
    )


def entry_or_why(row: Columns) -> Entry:
    """The entry of a row, or that it is damaged: it costs that row, not the page."""
    try:
        return entry_of(row)
    except (ValueError, TypeError, OverflowError) as error:
        seq = row[0]
        nowhere = datetime.fromtimestamp(0, UTC)
        return Entry(
            seq=seq,
            at=nowhere,
            elapsed_seconds=0.0,
            session=None,
            connection=None,
            event=EntriesUnreadable(seq, seq, str(error)),
        )
