"""The shape of the knowledge files. Strict: an unknown key or a wrong type is an error."""

import re
from functools import cached_property
from typing import Literal

import msgspec

from ftpwatch.core.journal.vocabulary import Cause, ClockName

__all__ = [
    "CauseRow", "CloseRow", "CodeRow", "CureRow", "LimitRow", "MistakeRow", "PhaseName", "RetryRow",
    "Row", "ServerClock", "ServerTable",
]  # fmt: skip

PhaseName = Literal["connecting", "greeting", "tls", "login", "ready", "transfer", "quit"]


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """Base of the rows of all files."""


class CodeRow(Row, frozen=True):
    """A reply code: what it means, when it is seen, what to do, where it is defined, and what is
    worth to `know` of it.
    """

    code: int
    meaning: str
    seen: str
    todo: str
    source: str
    related: tuple[int, ...] = ()
    know: tuple[str, ...] = ()


class MistakeRow(Row, frozen=True):
    """What is often said, and what is so."""

    claim: str
    truth: str
    topics: tuple[str, ...]


class LimitRow(Row, frozen=True):
    """Words in which servers state a limit."""

    said_in: Literal["GREETING", "STAT", "SITE"]
    clock: ClockName
    text: str
    example: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """`text`, compiled; case does not matter."""
        return re.compile(self.text, re.IGNORECASE)


class RetryRow(Row, frozen=True):
    """Waits in seconds: the `first`, times `growth` for each further try, at most `most`, and up
    to `spread` (a share of the wait) more, so that sessions do not return together.
    `needs_place`: not before a place of ours may be free; `only_cut`: only where the attempt was
    cut or met silence, not where one side refused the other.
    """

    first: float
    most: float
    growth: float = 2.0
    spread: float = 0.3
    needs_place: bool = False
    only_cut: bool = False


class CureRow(Row, frozen=True):
    """A step that ftpwatch can carry out itself."""

    do: Literal["reconnect", "measure", "check"]
    step: str


class CauseRow(Row, frozen=True):
    """A cause of the contract: what it is in a few words and in a sentence, why servers do it, what
    to do on either side. `stated` is the sentence where the limit is known, with {limit} in it.
    `keep_alive` is what to send, where nothing more exact can be said; `overheard` is the summary
    for somebody else's session. `cures` come after what is known of the keep-alive; one that
    measures is left out where the limit is known.
    """

    id: Cause
    title: str
    summary: str
    why: str
    client: tuple[str, ...]
    server: tuple[str, ...] = ()
    clock: ClockName | None = None
    retry: RetryRow | None = None
    keep_alive: str | None = None
    overheard: str | None = None
    stated: str | None = None
    cures: tuple[CureRow, ...] = ()


class CloseRow(Row, frozen=True):
    """One way a server ends or refuses: its words (none where it closes silently), the phases in
    which it does (any where none is named), how it then closes, the cause (none where nothing
    ends), other causes that the same words have, and which setting governs it. What others say
    too is `common`: it counts where the server is recognised by something else.
    """

    example: str
    phases: tuple[PhaseName, ...]
    closes: Literal["fin", "fin_or_rst", "rst", "yes", "no", "silent_fin", "unknown"]
    source: str
    evidence: Literal["observed", "source", "docs", "third_party"]
    cause: Cause | None = None
    or_else: tuple[Cause, ...] = ()
    code: int | None = None
    text: str | None = None
    directive: str | None = None
    default: str | None = None
    clock: ClockName | None = None
    note: str | None = None
    client: tuple[str, ...] = ()
    server: tuple[str, ...] = ()
    unverified: bool = False
    common: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """`text`, compiled; None for a silent close."""
        return None if self.text is None else re.compile(self.text, re.IGNORECASE | re.DOTALL)


class ServerClock(Row, frozen=True):
    """One of a server's limits. `reset_by` and `not_reset_by` are verbs, or `any command`;
    `idle_times` where the limit is the idle limit so many times, `late_seconds` how much later it
    may strike, where the server looks only now and then.
    """

    clock: ClockName
    directive: str
    default: str
    reset_by: tuple[str, ...]
    not_reset_by: tuple[str, ...] = ()
    default_seconds: float | None = None
    idle_times: float | None = None
    late_seconds: float = 0.0

    def struck_at(self, measured: float) -> bool:
        """A measured time is its default."""
        default = self.default_seconds
        if default is None:
            return False
        slack = max(2.0, default / 20)
        return -slack <= measured - default <= self.late_seconds + slack


class ServerTable(Row, frozen=True):
    """A server: what else people call it, how to recognise it (patterns for what it says; a
    `weak_greeting` others may say too), what to `ask` it for its limits, its clocks, its closes.
    """

    name: str
    source: str
    aliases: tuple[str, ...] = ()
    greeting: tuple[str, ...] = ()
    weak_greeting: tuple[str, ...] = ()
    syst: tuple[str, ...] = ()
    feat: tuple[str, ...] = ()
    noop: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    clock: tuple[ServerClock, ...] = ()
    close: tuple[CloseRow, ...] = ()
