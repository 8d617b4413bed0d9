"""What is said of a close: who ended the connection, how, and whether it had been announced."""

from typing import Final

import msgspec

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.ftp.reply import ReplyClass, code_text, reply_class
from ftpwatch.core.journal.events import ConnectionClosed
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner, Stage
from ftpwatch.core.state.phases import LOGIN_VERBS
from ftpwatch.core.state.state import ANNOUNCING_CODES, ConnectionFacts

__all__ = [
    "BURST_SECONDS",
    "LIVES_ON_SECONDS",
    "Ending",
    "announced_by",
    "closed",
    "why_not_ready",
]

LIVES_ON_SECONDS: Final = 5.0
BURST_SECONDS: Final = 2.0
_NOT_YET: Final = 120
_BEFORE: Final = {
    Stage.RESOLVE: "it stood",
    Stage.CONNECT: "it stood",
    Stage.TLS: "TLS stood",
    Stage.GREETING: "a greeting",
    Stage.LOGIN: "the login was answered",
    Stage.REPLY: "a reply",
}


class Ending(msgspec.Struct, frozen=True, gc=False):
    """How the transport ended; None for what a log does not say."""

    by: ClosedBy | None
    manner: Manner | None
    reset_ttl_differs: bool | None = None


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


def why_not_ready(facts: ConnectionFacts, stage: Stage, *, stream_ended: bool) -> str:
    """Why an attempt that came to `stage` did not get ready, by the server's last words."""
    reply = facts.last_reply
    text = "" if reply is None else f"{code_text(reply.code)} {' '.join(reply.lines)}".rstrip()
    if reply is not None and (reply.code == 221 or reply.is_negative):
        return text
    if reply is not None and not stream_ended:
        return f"{text} is not an answer to go on with"
    verb = reply.in_reply_to.verb if reply is not None and reply.in_reply_to is not None else None
    logged_in = reply is not None and reply_class(reply.code) is ReplyClass.COMPLETION
    if verb in LOGIN_VERBS and logged_in:
        return "the connection ended right after the login"
    return f"the connection ended before {_BEFORE[stage]}"


def closed(
    ending: Ending, facts: ConnectionFacts, at: float, *, timed: bool = True
) -> ConnectionClosed:
    """The event of a close at the moment `at`, in seconds of the watch; without lengths of time
    where that is not `timed`.
    """
    last = facts.last_command_at if timed else None
    opened = facts.opened_at if timed else None
    return ConnectionClosed(
        by=ending.by,
        manner=ending.manner,
        solicited=facts.quit_sent,
        announced_by=announced_by(facts, at),
        idle_seconds=None if last is None else max(0.0, at - last),
        open_seconds=None if opened is None else max(0.0, at - opened),
        reset_ttl_differs=ending.reset_ttl_differs,
    )
