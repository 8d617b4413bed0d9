"""Entries of what others saw: each has its place, and the moment that its source names.

A moment is a datetime in UTC, or None where the source has none: then entries keep their order, a
second apart, and are marked as having no time.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from ftpwatch.core.bounds import TEN_YEARS
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import AnyEvent, SourceOpened

__all__ = ["Stamps"]

_EPOCH: Final = datetime.fromtimestamp(0, UTC)


class Stamps:
    """`put` gets the entries of `source`, in their order; the first tells what it is."""

    def __init__(self, source: SourceOpened, put: Callable[[Entry], object]) -> None:
        self._put, self.timed = put, source.timed
        self._seq, self._elapsed = 0, 0.0
        self._began: datetime | None = None
        self._opening: SourceOpened | None = source

    def publish(
        self, event: AnyEvent, session: str | None, connection: int | None, at: datetime | None
    ) -> Entry:
        """The entry of `event`, with its place."""
        if self._opening is not None:
            opening, self._opening = self._opening, None
            self.publish(opening, None, None, at)
        self._seq += 1
        entry = Entry(
            seq=self._seq,
            at=self._moment(at),
            elapsed_seconds=self._elapsed,
            session=session,
            connection=connection,
            event=event,
            timed=self.timed,
        )
        self._put(entry)
        return entry

    def seconds(self, at: datetime | None) -> float:
        """`at` in seconds of the watch."""
        if not self.timed or at is None or self._began is None:
            return self._elapsed
        return max(self._elapsed, (at - self._began).total_seconds())

    def _moment(self, at: datetime | None) -> datetime:
        """Never before that of the entry before."""
        if not self.timed:
            self._elapsed = min(TEN_YEARS, self._elapsed + 1.0)
            return _EPOCH + timedelta(seconds=self._elapsed)
        self._began = began = self._began or at or _EPOCH
        if at is not None:
            since = (at - began).total_seconds()
            self._elapsed = min(TEN_YEARS, max(self._elapsed, since))
        return began + timedelta(seconds=self._elapsed)
