"""What data connections show: that none came about, or that the control connection was forgotten
while one was in use. Our own sessions open few; those of others that are read from a log or a
capture live by them.
"""

from collections.abc import Iterator
from typing import Final

from ftpwatch.core.journal.vocabulary import Cause, ClosedBy, Manner
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.phases import TRANSFER_VERBS, Phase
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.knowledge.finding import Finding, Kind
from ftpwatch.knowledge.strength import CLEAR, CUT_EARLY, DECIDED, FORGOTTEN

__all__ = ["from_data_connections", "left_owing", "waits_for_data", "was_silent_long"]

_ABOUT_TO_OPEN: Final = 150  # RFC 959 §4.2.2: 125 says that it is open already
_PATIENCE_SECONDS: Final = 3.0
_LONG_SECONDS: Final = 300.0
_LONG_BYTES: Final = 100_000_000
_CUTS: Final = (Manner.RESET, Manner.TIMEOUT)


def from_data_connections(context: Context) -> Iterator[Finding]:
    """Findings on data connections that failed, and on control connections that one outlived."""
    if context.data is not None:
        text = context.data.problem or "no data connection came about"
        yield Finding(Cause.DATA_CONNECTION_FAILED, DECIDED, text, Kind.TRANSPORT)
        return
    if waits_for_data(context):
        verb = _owed_verb(context)
        promised = context.phase is Phase.TRANSFER
        so_far = "got no further than 150" if promised else "was not answered, not even with 150"
        text = f"{verb} {so_far}: its data connection did not come about"
        yield Finding(
            Cause.DATA_CONNECTION_FAILED, CLEAR if promised else DECIDED, text, Kind.TRANSPORT
        )
    elif context.source is not None and _left(context) and context.connection.has_unused_offer:
        text = "a passive address was given, and no transfer came of it before the client left"
        yield Finding(Cause.DATA_CONNECTION_FAILED, DECIDED, text, Kind.TRANSPORT)
    yield from _forgotten(context)


def _left(context: Context) -> bool:
    """The client closed, and nothing that was said is a reason."""
    closure = context.closure
    return closure is not None and closure.event.by_us and context.reply is None


def waits_for_data(context: Context) -> bool:
    """Somebody else's client gave up as a transfer did not begin."""
    if context.source is None or (context.connection.overdue == 0 and not left_owing(context)):
        return False
    last = context.connection.last_reply
    begun = context.phase is Phase.TRANSFER and (last is None or last.code != _ABOUT_TO_OPEN)
    return not begun and _owed_verb(context) in TRANSFER_VERBS


def left_owing(context: Context) -> bool:
    """Somebody else's client closed while a reply was owed to it, after some time."""
    closure = context.closure
    if context.source is None or closure is None or closure.owing is None or context.solicited:
        return False
    if not closure.event.by_us or context.reply is not None:
        return False
    return not context.timed or closure.at - closure.owing.sent_at >= _PATIENCE_SECONDS


def _owed_verb(context: Context) -> str | None:
    owing = context.closure.owing if context.closure is not None else context.connection.owing
    return owing.verb if owing is not None else None


def _forgotten(context: Context) -> Iterator[Finding]:
    """The control connection was silent while a transfer ran, and then it was gone."""
    closure, facts = context.closure, context.connection
    if closure is None or context.reply is not None or context.solicited:
        return
    if closure.event.reset_ttl_differs:
        text = "the RST came with another TTL than the server's packets: something else sent it"
        cause = Cause.PATH_IDLE_TIMEOUT if _was_long(context) else Cause.CONNECTION_LOST
        yield Finding(cause, CUT_EARLY, text, Kind.TRANSPORT)
    cut = closure.event.manner in _CUTS or closure.event.by is ClosedBy.NETWORK
    if not cut or context.phase is not Phase.TRANSFER:
        return
    lasted, moved = _lasted(context), (facts.data_closed.bytes_sent if facts.data_closed else None)
    if lasted is not None and lasted >= _LONG_SECONDS:
        ran = format_duration(round(lasted))
        text = f"nothing went over the control connection while a transfer ran for {ran}"
        yield Finding(Cause.PATH_IDLE_TIMEOUT, FORGOTTEN, text, Kind.CLOCK | Kind.TRANSPORT)
    elif lasted is None and moved is not None and moved >= _LONG_BYTES:
        text = f"nothing went over the control connection while {moved} bytes were transferred"
        yield Finding(Cause.PATH_IDLE_TIMEOUT, FORGOTTEN, text, Kind.TRANSPORT)


def was_silent_long(context: Context) -> bool:
    """Nothing went over the control connection while a transfer ran for long."""
    lasted = _lasted(context)
    return context.phase is Phase.TRANSFER and lasted is not None and lasted >= _LONG_SECONDS


def _lasted(context: Context) -> float | None:
    """How long the transfer that was under way had run."""
    began = context.connection.transfer_began_at
    return context.at - began if context.timed and began is not None else None


def _was_long(context: Context) -> bool:
    idle = context.idle_seconds
    return idle is not None and idle >= _LONG_SECONDS / 5
