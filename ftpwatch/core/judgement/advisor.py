"""What experience says, asked by the Watch and by the engine."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.explanation import ClockDefault, Comparison, Explanation
from ftpwatch.core.state.state import ClockLimit, HostFacts, SessionState
from ftpwatch.core.state.verdict import Judged

__all__ = ["Advisor", "Judge", "KeepAliveAdvice", "RetryAdvice"]


class Judge(Protocol):
    """What knows whether a keep-alive holds."""

    def judge(
        self,
        session: SessionState,
        host: HostFacts,
        at: float,
        before: Judged | None,
        ended: Explanation | None,
    ) -> Judged | None:
        """Whether the keep-alive of `session` holds it at the moment `at`; None where there is
        none to judge. `before` is the verdict so far, `ended` explains a close just seen.
        """
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
        self, cause: Cause, attempt: int, share: float, *, passes: bool = False
    ) -> RetryAdvice:
        """Advice after `attempt` tries in a row; `share` in 0..1 spreads equal waits. `passes` as
        in an Explanation.
        """
        ...

    def limits_in(self, what: str, lines: Sequence[str]) -> Sequence[ClockLimit]:
        """Limits that a server states in its GREETING or in its answer to a verb."""
        ...

    def questions(self, statements: Mapping[str, Sequence[str]]) -> Sequence[str]:
        """Commands that this server, by what it said, answers harmlessly with its limits."""
        ...

    def clocks(self, statements: Mapping[str, Sequence[str]]) -> Sequence[ClockDefault]:
        """The clocks of the server that said this; none where it is not recognised."""
        ...

    def server(self, statements: Mapping[str, Sequence[str]]) -> str | None:
        """The name of the server that said this; None where it is not recognised."""
        ...

    def compare(self, left: int, right: int) -> Comparison:
        """Two reply codes side by side."""
        ...

    def meaning(self, code: int) -> str | None:
        """What the standards say of a reply code, in a sentence."""
        ...
