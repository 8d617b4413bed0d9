"""What to do about a cause, with the numbers and settings of this case."""

from typing import Final

from ftpwatch.core.ftp.target import TlsMode
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.explanation import Advice, Cure
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.knowledge.identify import Identity
from ftpwatch.knowledge.loader import Knowledge
from ftpwatch.knowledge.model import CauseRow, CloseRow

__all__ = ["advise", "client_steps", "notes_on"]

_RAISED: Final = frozenset(
    {
        Cause.IDLE_TIMEOUT,
        Cause.NO_TRANSFER_TIMEOUT,
        Cause.LOGIN_TIMEOUT,
        Cause.SESSION_TIME_LIMIT,
        Cause.STALLED_TRANSFER,
        Cause.TOO_MANY_CONNECTIONS,
        Cause.TOO_MANY_CONNECTIONS_FROM_ADDRESS,
        Cause.TOO_MANY_SESSIONS_FOR_USER,
        Cause.CONNECTION_RATE,
    }
)
_NEED_ACCOUNT: Final = 332
_ENDLESS: Final = Advice(
    ("look at what came, in the recording too: lines of FTP are short, and end",),
    ("find out what answers there, and what writes without an end",),
)


def advise(
    cause: CauseRow,
    row: CloseRow | None,
    identity: Identity | None,
    context: Context,
    cures: tuple[Cure, ...],
) -> Advice:
    """Steps for the client and for the server, the most specific first, none of them twice; none
    after our own QUIT.
    """
    if cause.id == Cause.CLIENT_QUIT:
        return Advice()
    if context.unreadable is not None and cause.id == Cause.LOCAL:
        return _ENDLESS
    client = (
        *_after_sleep(context),
        *(cure.step for cure in cures),
        *_account(context),
        *client_steps(cause, row),
        *_tls_first(cause, context),
    )
    server = row.server if row else ()
    directive = row.directive if row else None
    if directive is not None:
        verb = "raise" if cause.id in _RAISED else "look at"
        default = f" (default: {row.default})" if row and row.default else ""
        server = (f"{verb} {directive}{default}", *server)
    elif identity is not None and cause.clock is not None:
        clocks = [clock for clock in identity.table.clock if clock.clock == cause.clock]
        server = (*(f"raise {c.directive} (default: {c.default})" for c in clocks), *server)
    return Advice(tuple(dict.fromkeys(client)), tuple(dict.fromkeys(server or cause.server)))


def client_steps(cause: CauseRow, row: CloseRow | None) -> tuple[str, ...]:
    """What the words of `row` call for, then what the cause does; the usual steps about TLS are
    those of a certificate, and are left out where the words name another reason.
    """
    own = row.client if row is not None else ()
    return own if own and cause.id is Cause.TLS_FAILED else (*own, *cause.client)


def _account(context: Context) -> tuple[str, ...]:
    """A login that stopped at 332 (RFC 959 §4.2.2) needs an account beside the password."""
    answered = [context.connection.answered.get(verb) for verb in ("USER", "PASS")]
    if not any(answer is not None and answer.code == _NEED_ACCOUNT for answer in answered):
        return ()
    return ("give the account that the server asks for: netrc holds it, as `account`",)


def _after_sleep(context: Context) -> tuple[str, ...]:
    """A close found at waking is not the server's doing."""
    if context.slept_seconds is None:
        return ()
    slept = format_duration(round(context.slept_seconds))
    return (
        f"this machine was away for {slept}: keep it awake while sessions must live; the server "
        "did what it is set to do",
    )


def _tls_first(cause: CauseRow, context: Context) -> tuple[str, ...]:
    """A server that waits for TLS is silent to who waits for a greeting."""
    waited = cause.id == Cause.NO_ANSWER and context.connection.greeting_at is None
    if not waited or context.session.target.tls == TlsMode.IMPLICIT:
        return ()
    return ("where the port is one for implicit TLS, such as 990, write ftps:// for it",)


def notes_on(
    cause: Cause | None, row: CloseRow | None, code: int | None, knowledge: Knowledge
) -> tuple[str, ...]:
    """What is often said where this advice is given, and what is so."""
    topics = {cause, str(code), row.directive if row else None}
    return tuple(
        f"Common mistake: {mistake.claim}. Actually {mistake.truth}"
        for mistake in knowledge.mistakes
        if topics & set(mistake.topics)
    )
