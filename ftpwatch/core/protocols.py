"""What the rooms ask of one another, so that none needs to know the other."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from ftpwatch.core.command import Secret
from ftpwatch.core.context import Context
from ftpwatch.core.entry import Entry
from ftpwatch.core.events import AnyEvent
from ftpwatch.core.explanation import ClockDefault, Comparison, Explanation
from ftpwatch.core.filter import Filter
from ftpwatch.core.state import HostFacts, KnownLimit, SessionState
from ftpwatch.core.verdict import Judge, Judged

__all__ = [
    "Advisor", "Clock", "Controls", "History", "KeepAliveAdvice", "Keeper", "Publish", "Refused",
    "RetryAdvice", "Row",
]  # fmt: skip


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Wall time, UTC."""
        ...

    def elapsed(self) -> float:
        """Seconds since the watch began; never goes back, counts sleep of the machine."""
        ...

    async def sleep_until(self, elapsed: float) -> None:
        """Return when `elapsed()` has reached the given moment."""
        ...


class Publish(Protocol):
    """Hands an event to the bus, for a session and connection or for the watch."""

    def __call__(
        self, event: AnyEvent, session: str | None = None, connection: int | None = None
    ) -> Entry: ...


class Keeper(Protocol):
    """Keeps entries before anybody sees them."""

    def keep(self, entries: Sequence[Entry], done: Callable[[int, str | None], None]) -> None:
        """Commit `entries`, elsewhere; `done` is then called in the loop: how many of them are
        committed, in their order, and why not all. One question at a time.
        """
        ...

    def hold(self, entries: Sequence[Entry]) -> None:
        """Hold `entries`, which will be offered again, where the views find them."""
        ...

    def wait(self, seconds: float) -> None:
        """Wait for what is being kept, at most `seconds`, and have `done` called."""
        ...


class RetryAdvice(msgspec.Struct, frozen=True):
    """When to reconnect: after `delay_seconds`, or never by itself where that is None.
    `needs_place`: only where fewer of our sessions are there than the host took.
    """

    delay_seconds: float | None
    why: str
    needs_place: bool = False


class KeepAliveAdvice(msgspec.Struct, frozen=True):
    """What to send to keep a session, how often, and why."""

    command: str
    interval_seconds: float
    why: str


class Advisor(Judge, Protocol):
    """What experience says."""

    def keep_alive(
        self, session: SessionState, host: HostFacts, judged: Judged | None
    ) -> KeepAliveAdvice | None:
        """What would keep `session` where what it sends now will not, or None."""
        ...

    def explain(self, context: Context) -> Explanation:
        """Judge a close, announcement or refusal. A pure function of `context`."""
        ...

    def when_to_retry(
        self, cause: str, attempt: int, share: float, *, passes: bool = False
    ) -> RetryAdvice:
        """Advice after `attempt` tries in a row; `share` in 0..1 spreads equal waits. `passes` as
        in an Explanation.
        """
        ...

    def limits_in(self, what: str, lines: Sequence[str]) -> Sequence[KnownLimit]:
        """Limits that a server states in its GREETING or in its answer to a verb."""
        ...

    def questions(self, said: Mapping[str, Sequence[str]]) -> Sequence[str]:
        """Commands that this server, by what it said, answers harmlessly with its limits."""
        ...

    def clocks(self, said: Mapping[str, Sequence[str]]) -> Sequence[ClockDefault]:
        """The clocks of the server that said this; none where it is not recognised."""
        ...

    def server(self, said: Mapping[str, Sequence[str]]) -> str | None:
        """The name of the server that said this; None where it is not recognised."""
        ...

    def compare(self, left: int, right: int) -> Comparison:
        """Two reply codes side by side."""
        ...

    def meaning(self, code: int) -> str | None:
        """What the standards say of a reply code, in a sentence."""
        ...


class Refused(Exception):
    """A wish that cannot be carried out, with the reason in a sentence."""


class Controls(Protocol):
    """Wishes of the user. Every method raises Refused where it cannot be done."""

    def add(self, target: str, password: Secret | None = None) -> None:
        """Watch another target: a URL or the name of a profile."""
        ...

    def remove(self, session: str) -> None:
        """QUIT and watch it no longer."""
        ...

    def reconnect(self, session: str) -> None:
        """Connect now: at once where it waits, anew where it is connected."""
        ...

    def quit(self, session: str) -> None:
        """Say QUIT and stay away."""
        ...

    def drop(self, session: str) -> None:
        """Close the socket without a word and stay away."""
        ...

    def keep_alive_now(self, session: str) -> None:
        """Send one keep-alive."""
        ...

    def set_keep_alive(
        self, session: str, interval_seconds: float | None, by: str = "user"
    ) -> None:
        """Change the interval while running; None turns keep-alives off."""
        ...

    def set_keep_alive_command(self, session: str, command: str) -> None:
        """Change the command while running: one, a list, `auto`, or a preset's name."""
        ...

    def open_twin(
        self, of: str, name: str, command: str | None, interval_seconds: float | None
    ) -> str:
        """Open a session for the limits finder beside `of` (a session, or what a user types for
        a target): silent, or with its own keep-alive. It is never reconnected. Gives its name.
        """
        ...

    def know_limit(self, session: str, limit: KnownLimit) -> None:
        """A limit of the host of `session` was measured."""
        ...

    def check(self, session: str) -> None:
        """Check name, port and greeting beside the session; results are entries."""
        ...

    def mark(self, text: str) -> None:
        """Leave a mark in the journal."""
        ...


class Row(msgspec.Struct, frozen=True):
    """A row of the past: an entry, with the newest of those that share its row, as the answer to
    a keep-alive does, and how many do.
    """

    entry: Entry
    answer: Entry | None = None
    sharing: int = 0

    @property
    def seq(self) -> int:
        """The row's address."""
        return self.entry.seq


class History(Protocol):
    """The past, in rows addressed by seq. `upto` is the last seq that may be seen."""

    async def before(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Row]:
        """At most `count` rows before `seq`, oldest first."""
        ...

    async def after(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Row]:
        """At most `count` rows after `seq`, oldest first."""
        ...

    async def count(self, after: int, upto: int, wanted: Filter) -> int:
        """How many rows there are after `after` and up to `upto`."""
        ...
