"""What to do about a cause, with the numbers and settings of this case."""

from typing import Final

from ftpwatch.core.ftp.keep_alive_policy import policy_of
from ftpwatch.core.ftp.target import TlsMode
from ftpwatch.core.journal.vocabulary import Cause, ClockName
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.explanation import Advice
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.knowledge.clock_findings import measured_seconds
from ftpwatch.knowledge.clocks import cheapest
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
_SHORTEST_LIMIT: Final = 2.0
_IN_TIME: Final = 0.8  # a keep-alive later than this share of the limit comes too late
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
    """Steps for the client and for the server, the most specific first, none of them twice; none
    after our own QUIT.
    """
    if cause.id == Cause.CLIENT_QUIT:
        return Advice()
    if context.unreadable is not None and cause.id == Cause.LOCAL:
        return _ENDLESS
    client = (
        *_after_sleep(context),
        *_keep_alive_steps(cause, identity, context, limit_seconds),
        *_account(context),
        *client_steps(cause, row),
        *_tls_first(cause, context),
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


def _keep_alive_steps(
    cause: CauseRow, identity: Identity | None, context: Context, limit_seconds: float | None
) -> tuple[str, ...]:
    """Which keep-alive would have held: the cheapest command that resets this clock, as far as
    this server is known, at half the limit.
    """
    if cause.keep_alive is None:
        return ()
    clock = ClockName.PATH if cause.id == Cause.PATH_IDLE_TIMEOUT else cause.clock
    limit = limit_seconds
    if clock is not None and not limit:
        limit = _shortest_known(cause.id, clock, identity, context)
    if clock is None or limit is None or limit < _SHORTEST_LIMIT:
        return (cause.keep_alive,)
    target, half = context.session.target, max(1.0, limit // 2)
    verb = cheapest(clock, context.host, identity)
    policy, interval = policy_of(target.keep_alive_command), target.keep_alive_seconds
    now = [command for command in policy.commands if command.partition(" ")[0] == verb]
    if interval is None or not policy.commands:
        return (f"turn keep-alives on: {verb} every {half:g} s would hold against {limit:.0f} s",)
    if not now:
        return (f"send {verb} every {half:g} s: {policy.name} does not reset this clock",)
    if interval >= limit * _IN_TIME:
        return (f"{policy.name} every {interval:g} s is too slow: set {half:g} s or less",)
    return (f"send {verb} every {half:g} s or more often",)


def _shortest_known(
    cause: Cause, clock: ClockName, identity: Identity | None, context: Context
) -> float | None:
    """The limit of `clock` as known of this host, as this server's default, or as measured."""
    known = context.limit(clock)
    table = identity.table.clock if identity is not None else ()
    defaults = [row.default_seconds for row in table if row.clock == clock]
    deaf = any(row.clock == clock and "any command" not in row.reset_by for row in table)
    says_little = bool(context.ends) or (deaf and clock == ClockName.IDLE)
    measured = None if says_little else measured_seconds(cause, context)
    limits = [known.limit_seconds if known is not None else None, *defaults, measured]
    return min((limit for limit in limits if limit), default=None)


def notes_on(
    cause: Cause | None, row: CloseRow | None, code: int | None, knowledge: Knowledge
) -> tuple[str, ...]:
    """What is often said where this advice is given, and what is so."""
    topics = {cause, str(code), row.directive if row else None}
    return tuple(
        f"Often said: {mistake.claim}. In truth {mistake.truth}"
        for mistake in knowledge.mistakes
        if topics & set(mistake.topics)
    )
