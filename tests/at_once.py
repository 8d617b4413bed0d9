"""A Keeper without a thread: what is offered is kept, or not, before `keep` returns."""

from collections.abc import Callable, Sequence

from ftpwatch.core.journal.entry import Entry
from ftpwatch.record.journal import Journal


class AtOnce:
    def __init__(self, journal: Journal) -> None:
        self.journal = journal

    def keep(
        self, take: Callable[[], Sequence[Entry]], done: Callable[[int, str | None], None]
    ) -> None:
        committed = self.journal.keep(take())
        done(committed.kept, committed.problem)

    def hold(self, entries: Sequence[Entry]) -> None:
        self.journal.hold(entries)

    def wait(self, seconds: float) -> None:
        pass
