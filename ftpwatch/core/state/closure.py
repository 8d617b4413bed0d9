"""What is said of a close: who ended the connection, how, and whether it had been announced."""

from typing import Final

import msgspec

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.events import ConnectionClosed
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner
from ftpwatch.core.state.state import ANNOUNCING_CODES, ConnectionFacts

__all__ = ["BURST_SECONDS", "LIVES_ON_SECONDS", "Ending", "announced_by", "closed"]

LIVES_ON_SECONDS: Final = 5.0
BURST_SECONDS: Final = 2.0
_NOT_YET: Final = 120


class Ending(msgspec.Struct, frozen=True):
    """How the transport ended."""

    by: ClosedBy
    manner: Manner


def announced_by(facts: ConnectionFacts, at: float) -> int | None:
    """The code that announced a close at the moment `at`: 421, 221, a refusal right before it, or a
    120 that was not followed by the greeting it promised (RFC 959 §5.4).
    """
    if facts.announcement is not None:
        return facts.announcement.reply.code
    last, last_at = facts.last_reply, facts.last_reply_at
    if last is None or last_at is None:
        return None
    if last.code in ANNOUNCING_CODES or last.code == _NOT_YET:
        return last.code
    survived = last.in_reply_to is not None and last.in_reply_to.purpose is Purpose.PROBE
    at_once = at - last_at <= BURST_SECONDS
    return last.code if last.is_negative and at_once and not survived else None


def closed(ending: Ending, facts: ConnectionFacts, at: float) -> ConnectionClosed:
    """The event of a close at the moment `at`, in seconds of the watch."""
    last, opened = facts.last_command_at, facts.opened_at
    return ConnectionClosed(
        by=ending.by,
        manner=ending.manner,
        solicited=facts.quit_sent,
        announced_by=announced_by(facts, at),
        idle_seconds=None if last is None else max(0.0, at - last),
        open_seconds=max(0.0, at - (at if opened is None else opened)),
    )
