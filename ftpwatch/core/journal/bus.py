"""The bus: stamps events, has them kept, then hands them on.

The keeper takes all new entries together, as often as it has time to; only once they are kept do
subscribers see them, in order. A subscriber that raises is dropped, and that is an event.
The keeper is never dropped: where it cannot keep, or takes too long, entries are held in memory and
go on, and it is asked again.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from ftpwatch.core.clock import Clock
from ftpwatch.core.counted import counted
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    AnyEvent,
    RecordingPaused,
    RecordingResumed,
    SubscriberDropped,
)
from ftpwatch.core.journal.keeper import Keeper

__all__ = ["EventBus", "Subscriber"]

Subscriber = Callable[[Entry], None]
BACKLOG_LIMIT: Final = 10_000
RETRY_SECONDS: Final = 1.0
PATIENT_LOOKS: Final = 4
PORTION: Final = 25
PORTION_SECONDS: Final = 0.01
FLUSH_SECONDS: Final = 1.0
_FLUSHES: Final = 20


class EventBus:
    """`call_soon` runs a function on the next turn of the loop. Call `look` four times a second:
    it notices a keeper that does not come back, and asks again one that could not keep.
    """

    def __init__(
        self,
        clock: Clock,
        call_soon: Callable[[Callable[[], None]], object],
        keeper: Keeper | None = None,
    ) -> None:
        self._clock = clock
        self._call_soon = call_soon
        self._keeper = keeper
        self._subscribers: tuple[tuple[str, Subscriber], ...] = ()
        self._fresh: deque[Entry] = deque()
        self._offered: list[Entry] = []
        self._unkept: deque[Entry] = deque()
        self._is_offered = self._turn_due = False
        self._looks = 0
        self._paused_at: float | None = None
        self._lost = 0
        self._seq = self._delivered = 0
        self._ready: deque[Entry] = deque()
        self._is_handing_on = self._is_flushing = False

    @property
    def unkept(self) -> int:
        """How many entries the keeper has not committed."""
        return len(self._unkept) + self._lost

    @property
    def come_until(self) -> float:
        """Every entry from before this moment of the watch has been handed on."""
        ready = next(iter(self._ready), None)
        offered = next((e for e in self._offered if e.seq > self._delivered), None)
        first = ready or offered or next(iter(self._fresh), None)
        return self._clock.elapsed() if first is None else first.elapsed_seconds

    def subscribe(self, name: str, subscriber: Subscriber) -> None:
        """`subscriber` sees every entry from now on."""
        others = (known for known in self._subscribers if known[0] != name)
        self._subscribers = (*others, (name, subscriber))

    def publish(
        self, event: AnyEvent, session: str | None = None, connection: int | None = None
    ) -> Entry:
        """Stamp `event` and send it on its way."""
        self._seq += 1
        entry = Entry(
            seq=self._seq,
            at=self._clock.now(),
            elapsed_seconds=self._clock.elapsed(),
            session=session,
            connection=connection,
            event=event,
        )
        self._enqueue(entry)
        return entry

    def republish(self, entry: Entry) -> None:
        """Send a recorded entry again, as it was."""
        self._seq = entry.seq
        self._enqueue(entry)

    def go_back(self, seq: int) -> None:
        """Forget what is on its way: what is republished next comes after `seq`."""
        self._fresh.clear()
        self._ready.clear()
        self._seq = self._delivered = seq

    def look(self) -> None:
        """See how the keeper does."""
        self._looks += 1
        if self._is_offered and self._looks > PATIENT_LOOKS and self._paused_at is None:
            self._pause("the disk does not come back", [])
        elif self._paused_at is not None and not self._is_offered:
            self._turn()

    def trouble(self, problem: str) -> None:
        """The keeper cannot keep what comes next."""
        if self._paused_at is None and not self._is_offered:
            self._pause(problem, [])

    def flush(self) -> None:
        """Hand on at once what is waiting, and offer again what was not kept; for the end of a
        watch. Waits for the keeper, for a second at most each time.
        """
        self._is_flushing = True
        try:
            self._hand_on_some()
            self._flush()
        finally:
            self._is_flushing = False

    def _flush(self) -> None:
        for _ in range(_FLUSHES):
            if self._paused_at is not None:
                self._paused_at -= RETRY_SECONDS
            self._turn()
            if self._is_offered and self._keeper is not None:
                self._keeper.wait(FLUSH_SECONDS)
            if self._is_offered:
                self._pause("the disk does not come back", [])
                self._turn()
                return
            if not self._fresh and (self._paused_at is not None or not self._unkept):
                return

    def _enqueue(self, entry: Entry) -> None:
        self._fresh.append(entry)
        self._come_again()

    def _come_again(self) -> None:
        if not self._turn_due:
            self._turn_due = True
            self._call_soon(self._turn)

    def _turn(self) -> None:
        self._turn_due = False
        if self._keeper is None:
            self._deliver(self._taken())
        else:
            if self._paused_at is not None:
                self._go_on_unkept(self._keeper, self._taken())
            if not self._is_offered and self._may_retry() and (self._fresh or self._unkept):
                self._offer(self._keeper)

    def _offer(self, keeper: Keeper) -> None:
        self._is_offered, self._looks = True, 0
        keeper.keep(self._to_be_kept, self._after_keeping)

    def _to_be_kept(self) -> Sequence[Entry]:
        self._offered = [*self._unkept, *self._taken()]
        self._unkept = deque(self._offered)
        return self._offered

    def _taken(self) -> list[Entry]:
        batch = list(self._fresh)
        self._fresh.clear()
        return batch

    def _may_retry(self) -> bool:
        return self._paused_at is None or self._clock.elapsed() - self._paused_at >= RETRY_SECONDS

    def _after_keeping(self, kept: int, problem: str | None) -> None:
        """`kept` of what was offered are committed; all of it without a `problem`."""
        offered, self._offered, self._is_offered = self._offered, [], False
        last = offered[kept - 1].seq if kept else 0
        while self._unkept and self._unkept[0].seq <= last:
            self._unkept.popleft()
        if problem is not None:
            self._pause(problem, offered[:kept])
        else:
            if self._paused_at is not None and not self._unkept:
                entries = counted(self._lost, "entry was", "entries were")
                lost = f"{entries} lost meanwhile" if self._lost else None
                self._paused_at, self._lost = None, 0
                self.publish(RecordingResumed("recording", lost))
            self._deliver(offered)
        if self._fresh or (self._unkept and self._paused_at is None):
            self._come_again()

    def _pause(self, problem: str, kept: Sequence[Entry]) -> None:
        """What is not kept is held, and goes on."""
        first = self._paused_at is None
        self._paused_at = self._clock.elapsed()
        self._deliver(kept)
        assert self._keeper is not None
        waiting = [entry for entry in self._unkept if entry.seq > self._delivered]
        self._keeper.hold(waiting)
        self._deliver(waiting)
        if first:
            self.publish(RecordingPaused("recording", problem))

    def _go_on_unkept(self, keeper: Keeper, batch: Sequence[Entry]) -> None:
        keeper.hold(batch)
        self._unkept.extend(batch)
        while len(self._unkept) > BACKLOG_LIMIT:
            self._unkept.popleft()
            self._lost += 1
        self._deliver(batch)

    def _deliver(self, entries: Sequence[Entry]) -> None:
        """In portions: what comes in one moment is shown over several turns of the loop."""
        for entry in entries:
            if entry.seq > self._delivered:
                self._delivered = entry.seq
                self._ready.append(entry)
        if self._ready and not self._is_handing_on:
            self._hand_on_some()

    def _hand_on_some(self) -> None:
        self._is_handing_on = True
        end = self._clock.elapsed() + PORTION_SECONDS
        for _ in range(min(PORTION, len(self._ready))):
            self._hand_on(self._ready.popleft())
            if self._clock.elapsed() > end:
                break
        if self._ready and not self._is_flushing:
            self._call_soon(self._hand_on_some)
            return
        while self._ready:
            self._hand_on(self._ready.popleft())
        self._is_handing_on = False

    def _hand_on(self, entry: Entry) -> None:
        for name, subscriber in self._subscribers:
            try:
                subscriber(entry)
            except Exception as problem:  # noqa: BLE001 one bad subscriber must not stop the others
                self._subscribers = tuple(s for s in self._subscribers if s[0] != name)
                self.publish(SubscriberDropped(name, f"{type(problem).__name__}: {problem}"))
