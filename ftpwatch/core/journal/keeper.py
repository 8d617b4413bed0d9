"""What takes an event in, and what keeps entries before anybody sees them."""

from collections.abc import Callable, Sequence
from typing import Protocol

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import AnyEvent

__all__ = ["Keeper", "Publish"]


class Publish(Protocol):
    """Hands an event to the bus, for a session and connection or for the watch."""

    def __call__(
        self, event: AnyEvent, session: str | None = None, connection: int | None = None
    ) -> Entry: ...


class Keeper(Protocol):
    """Keeps entries before anybody sees them."""

    def keep(
        self, take: Callable[[], Sequence[Entry]], done: Callable[[int, str | None], None]
    ) -> None:
        """Commit what `take` gives, which is called in the loop once there is time for it. `done`
        is then called in the loop: how many of them are committed, in their order, and why not all.
        One question at a time.
        """
        ...

    def hold(self, entries: Sequence[Entry]) -> None:
        """Hold `entries`, which will be offered again, where the views find them."""
        ...

    def wait(self, seconds: float) -> None:
        """Wait for what is to be kept, at most `seconds`, and have `done` called."""
        ...
