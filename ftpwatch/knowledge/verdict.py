"""Judges whether a keep-alive holds its session, and says what would."""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from ftpwatch.core.ftp.keep_alive_policy import policy_of
from ftpwatch.core.ftp.reply import ReplyClass, code_text, reply_class
from ftpwatch.core.journal.vocabulary import ClockName, LimitSource
from ftpwatch.core.judgement.advisor import KeepAliveAdvice
from ftpwatch.core.state.explanation import Confidence, Explanation
from ftpwatch.core.state.state import ClockLimit, ConnectionFacts, HostFacts, SessionState
from ftpwatch.core.state.verdict import Judged, Number, Verdict
from ftpwatch.knowledge.clocks import (
    CHEAPEST_FIRST,
    KEPT_CLOCKS,
    RunningClock,
    margin,
    resets,
    running,
)
from ftpwatch.knowledge.identify import Identity

__all__ = ["advise_keep_alive", "judge"]

_LOGIN_LOST: Final = 530
_PERMANENT: Final = ReplyClass.PERMANENT_NEGATIVE
_IN_TIME: Final = 0.8  # a keep-alive later than this share of the limit came too late
_SHORTEST: Final = 1.0


def judge(
    session: SessionState,
    host: HostFacts,
    at: float,
    before: Judged | None,
    ended: Explanation | None,
    identity: Identity | None,
) -> Judged | None:
    """The verdict at the moment `at`; see the Advisor protocol."""
    facts = session.connection
    if facts is None:
        return before
    if facts.closure is not None and (facts.closure.event.solicited or facts.ended_by_us):
        return None  # nothing is kept alive any more, and nothing ended against our will
    if (refused := _refused(session, facts)) is not None:
        return refused
    if session.target.keep_alive_seconds is None:
        return None
    if facts.closure is not None:
        return _after_end(session, facts, before, ended)
    if facts.ready_at is None or facts.announcement is not None:
        return before  # the end that was announced will tell
    return _while_it_lives(session, facts, host, at, before, identity)


def _refused(session: SessionState, facts: ConnectionFacts) -> Judged | None:
    answer = facts.keep_alive_answer
    if session.stopped and (answer is None or reply_class(answer.code) is not _PERMANENT):
        return Judged(Verdict.REFUSED, "the server refused what it needs: it was stopped")
    current = facts.keep_alive_at is not None and facts.keep_alive_at >= session.keep_alive_since
    several = len(policy_of(session.target.keep_alive_command).commands) > 1
    if several and facts.keep_alives_refused < facts.keep_alives_answered:
        return None  # the others are judged
    if answer is None or not (current or session.stopped):
        return None
    if answer.code == _LOGIN_LOST and not session.stopped:
        return None
    if reply_class(answer.code) is not ReplyClass.PERMANENT_NEGATIVE:
        return None
    verb = answer.in_reply_to.verb if answer.in_reply_to is not None else "it"
    code = code_text(answer.code)
    text = f"the server refuses {verb} with {code}: it is alive, but nothing is kept alive by it"
    return Judged(Verdict.REFUSED, text, {"code": answer.code, "command": verb})


def _after_end(
    session: SessionState, facts: ConnectionFacts, before: Judged | None, ended: Explanation | None
) -> Judged | None:
    """A close by a clock shows what the keep-alive was worth; any other leaves the verdict."""
    if ended is None or ended.clock not in (*KEPT_CLOCKS, ClockName.SESSION):
        return before
    if ended.confidence is Confidence.POSSIBLE:
        return before
    limit = ended.limit_seconds or ended.observed_seconds
    if limit is None:
        return before  # what struck many at once shows no limit
    succeeded = _succeeded(session, facts)
    if succeeded == 0 and session.kept_before:
        return before  # it was changed too late to show what it is worth
    numbers: dict[str, Number] = {
        "clock": ended.clock,
        "limit_seconds": limit,
        "answered": succeeded,
        "command": session.target.keep_alive_command,
        "interval_seconds": session.target.keep_alive_seconds,
        "lived_seconds": facts.closure.event.open_seconds if facts.closure else None,
    }
    idle = facts.closure.event.idle_seconds if facts.closure is not None else None
    late = ended.clock == ClockName.IDLE and (idle or 0.0) >= _IN_TIME * limit
    if succeeded == 0 or late:
        text = f"the limit of {limit:g} s was reached before a keep-alive was sent"
        return Judged(Verdict.NOT_YET, text, numbers, late=True)
    sent, command = facts.keep_alives_sent - session.kept_before, session.target.keep_alive_command
    lived = f"closed after {limit:g} s although {succeeded} of {max(sent, succeeded)}"
    text = f"{lived} {command}s were answered"
    return Judged(Verdict.USELESS, text, numbers)


def _while_it_lives(
    session: SessionState,
    facts: ConnectionFacts,
    host: HostFacts,
    at: float,
    before: Judged | None,
    identity: Identity | None,
) -> Judged:
    since = max(session.keep_alive_since, facts.last_user_command_at or 0.0, facts.ready_at or 0.0)
    lived, succeeded = at - since, _succeeded(session, facts)
    numbers: dict[str, Number] = {"lived_seconds": round(lived, 1), "answered": succeeded}
    clocks = [clock for clock in running(host, identity) if clock.limit_seconds is not None]
    clocks += list(_expected(session, host, identity))
    if not any(clock.source != LimitSource.DEFAULT for clock in clocks):
        if _still_useless(session, before):
            return before or Judged(Verdict.NOT_YET, "")
        return Judged(Verdict.NOT_YET, "no limit of this server is known yet", numbers)
    hardest = max(clocks, key=lambda clock: clock.limit_seconds or 0.0)
    limit = hardest.limit_seconds or 0.0
    beyond = limit + margin(limit)
    numbers |= {"clock": hardest.clock, "limit_seconds": limit, "source": hardest.source}
    interval, shortest = session.target.keep_alive_seconds or 0.0, _shortest(clocks)
    if shortest is not None and interval >= shortest and not _still_useless(session, before):
        text = f"every {interval:g} s, but the limit is {shortest:g} s"
        return Judged(Verdict.NOT_YET, text, numbers, since + beyond, late=True)
    if lived >= beyond and succeeded > 0:
        text = (
            f"{lived:.0f} s on {session.target.keep_alive_command} alone, "
            f"past the {hardest.clock.replace('_', '-')} limit of {limit:g} s ({_known(hardest)})"
        )
        return Judged(Verdict.HOLDING, text, numbers)
    numbers["told_in_seconds"] = round(max(0.0, beyond - lived), 1)
    if _still_useless(session, before) and before is not None:
        return replace(before, told_at=since + beyond)
    text = f"must outlive {limit:g} s ({_known(hardest)})"
    return Judged(Verdict.NOT_YET, text, numbers, since + beyond)


_KNOWN_BY: Final = {
    LimitSource.MEASURED: "measured",
    LimitSource.OBSERVED: "seen before",
    LimitSource.ADVERTISED: "the server states it",
    LimitSource.REMEMBERED: "from an earlier watch",
    LimitSource.DERIVED: "twice its idle limit",
    LimitSource.DEFAULT: "this server's default",
}


def _known(clock: RunningClock) -> str:
    """How its limit is known."""
    return _KNOWN_BY[clock.source] if clock.source is not None else "unknown"


def _succeeded(session: SessionState, facts: ConnectionFacts) -> int:
    """Keep-alives of the present kind that were answered well."""
    return facts.keep_alives_answered - facts.keep_alives_refused - session.kept_before


def _expected(
    session: SessionState, host: HostFacts, identity: Identity | None
) -> Iterator[RunningClock]:
    """Clocks that this server runs by default, of unknown limit here, which what is sent does not
    reset: holding is not said before their default is outlived.
    """
    verbs = policy_of(session.target.keep_alive_command).commands
    for clock in running(host, identity):
        default = clock.row.default_seconds if clock.row is not None else None
        deaf = verbs and not any(resets(clock, verb) for verb in verbs)
        if clock.limit_seconds is None and default is not None and deaf:
            limit = ClockLimit(clock.clock, default, LimitSource.DEFAULT)
            yield replace(clock, limit=limit)


def _still_useless(session: SessionState, before: Judged | None) -> bool:
    """What did not help a connection will not help the next, unless it is changed."""
    if before is None or before.verdict is not Verdict.USELESS:
        return False
    return before.numbers.get("command") == session.target.keep_alive_command


def _shortest(clocks: list[RunningClock]) -> float | None:
    limits = [clock.limit_seconds for clock in clocks if clock.limit_seconds is not None]
    return min(limits, default=None)


def advise_keep_alive(
    session: SessionState, host: HostFacts, judged: Judged | None, identity: Identity | None
) -> KeepAliveAdvice | None:
    """What an `auto` keep-alive should become, where that is not what it is."""
    if session.target.keep_alive_seconds is None:
        return None
    clocks = list(running(host, identity))
    now = policy_of(session.target.keep_alive_command).commands[0]
    fit = [verb for verb in CHEAPEST_FIRST if all(resets(clock, verb) for clock in clocks)]
    failed = judged is not None and judged.verdict in (Verdict.USELESS, Verdict.REFUSED)
    if failed and judged is not None and judged.numbers.get("clock") != ClockName.SESSION:
        tried = judged.numbers.get("command")
        last = CHEAPEST_FIRST.index(str(tried)) if tried in CHEAPEST_FIRST else -1
        fit = [verb for verb in fit if CHEAPEST_FIRST.index(verb) > last]
    command = now if now in fit or not fit else fit[0]
    interval = session.target.keep_alive_seconds
    shortest = _shortest(clocks)
    safe = interval or 30.0
    if shortest is not None:
        safe = min(safe, max(_SHORTEST, shortest / 2))
    if command == now and interval is not None and safe >= interval:
        return None
    if failed and command == now and judged is not None and judged.verdict is Verdict.REFUSED:
        return None
    return KeepAliveAdvice(command, safe, _why(clocks, command, now))


def _why(clocks: list[RunningClock], command: str, now: str) -> str:
    deaf = [clock for clock in clocks if not resets(clock, now)]
    if command != now and deaf:
        return f"{now} does not reset the {deaf[0].clock.replace('_', '-')} clock, {command} does"
    return "half of the shortest limit that is known" if command == now else f"{now} did not hold"
