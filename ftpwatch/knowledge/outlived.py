"""A limit that had passed long before the end: it is applied late, or is no fixed one."""

from collections.abc import Iterator
from typing import Final

import msgspec

from ftpwatch.core.journal.vocabulary import Cause, ClockName
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.limits import is_outlived
from ftpwatch.core.text.limits_text import known_by
from ftpwatch.knowledge.clock_findings import measured_seconds
from ftpwatch.knowledge.finding import Finding, Kind, format_seconds, stated_seconds
from ftpwatch.knowledge.strength import PASSED_BEFORE

__all__ = ["Outlived", "from_outlived_limits", "outlived"]

_CLOCKS: Final = {
    Cause.IDLE_TIMEOUT: (ClockName.IDLE, "without a command"),
    Cause.NO_TRANSFER_TIMEOUT: (ClockName.NO_TRANSFER, "without a listing or transfer"),
    Cause.SESSION_TIME_LIMIT: (ClockName.SESSION, "in all"),
}


class Outlived(msgspec.Struct, frozen=True):
    """The end came after `seconds`, though the limit is `limit_seconds`, as is `known`."""

    seconds: float
    limit_seconds: float
    known: str
    of: str

    @property
    def finding(self) -> str:
        """As evidence against a limit that is fixed."""
        limit = f"{self.limit_seconds:g} s ({self.known})"
        return f"{format_seconds(self.seconds)} is long past the limit of {limit}"

    @property
    def sentence(self) -> str:
        """What happened in this case."""
        lived = f"The server closed after {format_seconds(self.seconds)} {self.of}"
        limit = f"its limit of {self.limit_seconds:g} s ({self.known})"
        return f"{lived}, long past {limit}: it applies it late, or the limit is no fixed one."


def outlived(cause: Cause, context: Context) -> Outlived | None:
    """The limit of `cause` that this session had outlived when it ended; None where it had not, or
    where not its own clock ended it.
    """
    if cause not in _CLOCKS or context.slept_seconds is not None or context.ends:
        return None
    clock, of = _CLOCKS[cause]
    seconds, known = measured_seconds(cause, context), context.limit(clock)
    stated = stated_seconds(context.reply.text) if context.reply is not None else None
    if stated is not None:
        limit, how = stated, "as the reply says"
    elif known is not None:
        limit, how = known.limit_seconds, known_by(known.source)
    else:
        return None
    # A server may look at its clocks only when a command comes.
    unseen = context.session.target.keep_alive_seconds or 0.0
    if seconds is None or not is_outlived(limit, seconds - unseen):
        return None
    return Outlived(seconds, limit, how, of)


def from_outlived_limits(context: Context) -> Iterator[Finding]:
    """What speaks against each clock that would have struck sooner."""
    if context.reply is None or context.reply.code not in (421, 221):
        return
    for cause in _CLOCKS:
        if (past := outlived(cause, context)) is not None:
            yield Finding(cause, PASSED_BEFORE, past.finding, Kind.CLOCK)
