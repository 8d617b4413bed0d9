"""Limits that servers state themselves, and what to ask for them."""

from collections.abc import Iterator, Sequence
from typing import Final

from ftpwatch.core.ftp.reply import joined
from ftpwatch.core.journal.vocabulary import LimitSource
from ftpwatch.core.state.state import ClockLimit
from ftpwatch.core.text.durations import stated
from ftpwatch.knowledge.identify import Identity
from ftpwatch.knowledge.loader import Knowledge

__all__ = ["limits_in", "questions"]

_MOST_CHARACTERS: Final = 8_192  # a welcome may be long, and these patterns are few


def limits_in(what: str, lines: Sequence[str], knowledge: Knowledge) -> Iterator[ClockLimit]:
    """Limits stated in `lines`, which answer the verb `what` or are the GREETING."""
    text = joined(lines, _MOST_CHARACTERS).replace("\n", " ")
    for row in knowledge.limits:
        if row.said_in == what and (match := row.pattern.search(text)):
            unit = match.groupdict().get("unit") or "seconds"
            seconds = stated(match["n"], 60.0 if unit.lower().startswith("min") else 1.0)
            if seconds is not None:
                yield ClockLimit(row.clock, seconds, LimitSource.ADVERTISED)
            return


def questions(identity: Identity | None) -> tuple[str, ...]:
    """Commands to ask once after login: those that the recognised server answers harmlessly."""
    return identity.table.ask if identity is not None else ()
