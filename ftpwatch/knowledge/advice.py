"""What to do about a cause, with the numbers and settings of this case."""

from typing import Final

from ftpwatch.core.context import Context
from ftpwatch.core.explanation import Advice
from ftpwatch.core.phrasing import length
from ftpwatch.core.target import TlsMode
from ftpwatch.knowledge.identify import Identity
from ftpwatch.knowledge.loader import Knowledge
from ftpwatch.knowledge.model import CauseRow, CloseRow

__all__ = ["advise", "notes_on"]

_RAISED: Final = frozenset(
    {
        "idle_timeout",
        "no_transfer_timeout",
        "login_timeout",
        "session_time_limit",
        "stalled_transfer",
        "too_many_connections",
        "too_many_connections_from_address",
        "too_many_sessions_for_user",
        "connection_rate",
    }
)
_ENDLESS: Final = Advice(
    ("look at what came, in the recording too: lines of FTP are short, and end",),
    ("find out what answers there, and what writes without an end",),
)


def advise(
    cause: CauseRow,
    row: CloseRow | None,
    identity: Identity | None,
    context: Context,
    limit_seconds: float | None,
) -> Advice:
    """Steps for the client and for the server, the most specific first."""
    if context.unreadable is not None and cause.id == "local":
        return _ENDLESS
    client = (
        *_after_sleep(context),
        *_keep_alive_steps(cause, context, limit_seconds),
        *(row.client if row else ()),
    )
    server = row.server if row else ()
    directive = row.directive if row else None
    if directive is not None:
        verb = "raise" if cause.id in _RAISED else "look at"
        default = f" (default: {row.default})" if row and row.default else ""
        whose = "" if identity is not None else "if its words are genuine: "
        server = (f"{whose}{verb} {directive}{default}", *server)
    elif identity is not None and cause.clock is not None:
        clocks = [clock for clock in identity.table.clock if clock.clock == cause.clock]
        server = (*(f"raise {c.directive} (default: {c.default})" for c in clocks), *server)
    return Advice((*client, *cause.client, *_tls_first(cause, context)), server or cause.server)


def _after_sleep(context: Context) -> tuple[str, ...]:
    """A close found at waking is not the server's doing."""
    if context.slept_seconds is None:
        return ()
    slept = length(round(context.slept_seconds))
    return (
        f"this machine was away for {slept}: keep it awake while sessions must live; the server "
        "did what it is set to do",
    )


def _tls_first(cause: CauseRow, context: Context) -> tuple[str, ...]:
    """A server that waits for TLS is silent to who waits for a greeting."""
    waited = cause.id == "no_answer" and context.connection.greeting_at is None
    if not waited or context.session.target.tls == TlsMode.IMPLICIT:
        return ()
    return ("where the port is one for implicit TLS, such as 990, write ftps:// for it",)


def _keep_alive_steps(
    cause: CauseRow, context: Context, limit_seconds: float | None
) -> tuple[str, ...]:
    """For an idle limit: which interval would have held."""
    if cause.id != "idle_timeout":
        return ()
    limit = limit_seconds or context.idle_seconds
    interval = context.session.target.keep_alive_seconds
    if limit is None or limit < 2:
        return ()
    half = length(max(1.0, limit // 2))
    if interval is None:
        return (f"turn keep-alives on: {half} would hold against {length(round(limit))}",)
    if interval >= limit:
        return (f"keep-alive every {length(interval)} is too slow: set {half} or less",)
    return ()


def notes_on(
    cause: str | None, row: CloseRow | None, code: int | None, knowledge: Knowledge
) -> tuple[str, ...]:
    """What is often said where this advice is given, and what is so."""
    topics = {cause, str(code), row.directive if row else None}
    return tuple(
        f"Often said: {mistake.claim}. In truth {mistake.truth}"
        for mistake in knowledge.mistakes
        if topics & set(mistake.topics)
    )
