"""The bus: stamps events, has them kept, then hands them on.

Once per turn of the event loop all new entries are given to the keeper together; only then do
subscribers see them, in order. A subscriber that raises is dropped, and that is an event. The
keeper is never dropped: while it cannot keep, entries go on and it is asked again.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from ftpwatch.core.entry import Entry
from ftpwatch.core.events import AnyEvent, RecordingPaused, RecordingResumed, SubscriberDropped
from ftpwatch.core.protocols import Clock, Keeper

__all__ = ["EventBus", "NotKept", "Subscriber"]

Subscriber = Callable[[Entry], None]
BACKLOG_LIMIT: Final = 10_000
RETRY_SECONDS: Final = 1.0


class NotKept(Exception):
    """The keeper could not commit; the entries are offered again."""


class EventBus:
    """`call_soon` runs a function on the next turn of the loop."""

    def __init__(
        self,
        clock: Clock,
        call_soon: Callable[[Callable[[], None]], object],
        keeper: Keeper | None = None,
    ) -> None:
        self._clock = clock
        self._call_soon = call_soon
        self._keeper = keeper
        self._subscribers: dict[str, Subscriber] = {}
        self._fresh: deque[Entry] = deque()
        self._unkept: deque[Entry] = deque()
        self._paused_at: float | None = None
        self._turn_due = False
        self._lost = 0
        self._seq = 0

    @property
    def unkept(self) -> int:
        """How many entries the keeper has not committed."""
        return len(self._unkept) + self._lost

    def subscribe(self, name: str, subscriber: Subscriber) -> None:
        """`subscriber` sees every entry from now on."""
        self._subscribers[name] = subscriber

    def publish(
        self, event: AnyEvent, session: str | None = None, connection: int | None = None
    ) -> Entry:
        """Stamp `event` and send it on its way."""
        self._seq += 1
        entry = Entry(
            self._seq, self._clock.now(), self._clock.elapsed(), session, connection, event
        )
        self._enqueue(entry)
        return entry

    def republish(self, entry: Entry) -> None:
        """Send a recorded entry again, as it was."""
        self._seq = entry.seq
        self._enqueue(entry)

    def flush(self) -> None:
        """Hand on at once what is waiting, and offer again what was not kept; for the end of a
        watch.
        """
        if self._paused_at is not None:
            self._paused_at -= RETRY_SECONDS
            self._turn()
        while self._fresh:
            self._turn()

    def _enqueue(self, entry: Entry) -> None:
        self._fresh.append(entry)
        if not self._turn_due:
            self._turn_due = True
            self._call_soon(self._turn)

    def _turn(self) -> None:
        self._turn_due = False
        batch = list(self._fresh)
        self._fresh.clear()
        if self._keeper is not None:
            self._keep(self._keeper, batch)
        for entry in batch:
            self._deliver(entry)

    def _keep(self, keeper: Keeper, batch: Sequence[Entry]) -> None:
        self._unkept.extend(batch)
        if self._paused_at is not None and self._clock.elapsed() - self._paused_at < RETRY_SECONDS:
            keeper.hold(batch)
            self._forget_excess()
            return
        try:
            keeper.keep(tuple(self._unkept))
        except NotKept as problem:
            keeper.hold(batch)
            first = self._paused_at is None
            self._paused_at = self._clock.elapsed()
            self._forget_excess()
            if first:
                self.publish(RecordingPaused("recording", str(problem)))
            return
        self._unkept.clear()
        if self._paused_at is not None:
            lost = f"{self._lost} entries were lost meanwhile" if self._lost else None
            self._paused_at, self._lost = None, 0
            self.publish(RecordingResumed("recording", lost))

    def _forget_excess(self) -> None:
        while len(self._unkept) > BACKLOG_LIMIT:
            self._unkept.popleft()
            self._lost += 1

    def _deliver(self, entry: Entry) -> None:
        for name, subscriber in list(self._subscribers.items()):
            try:
                subscriber(entry)
            except Exception as problem:  # noqa: BLE001 one bad subscriber must not stop the others
                del self._subscribers[name]
                self.publish(SubscriberDropped(name, f"{type(problem).__name__}: {problem}"))
