"""The words of the panel: its title, cures, what comes next, checks. Pure."""

import textwrap
from datetime import timedelta
from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import CheckMade
from ftpwatch.core.journal.vocabulary import Cause, ClockName
from ftpwatch.core.state.explanation import Alternative, Cure, CureKind, Explained, Explanation
from ftpwatch.core.state.state import ConnectionFacts, Incident, SessionState
from ftpwatch.core.text.cause_text import cause_words
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.tui.keys import Keys

__all__ = [
    "check_words", "cure_key", "excluded", "incident_words", "is_done", "next_step", "title_words",
    "wrapped",
]  # fmt: skip

_REFUSED: Final = (
    Cause.LOGIN_REFUSED, Cause.LOGIN_ABUSE, Cause.ADDRESS_REFUSED, Cause.TLS_REQUIRED,
)  # fmt: skip
_NOT_REACHED: Final = (Cause.SERVER_UNREACHABLE, Cause.NOT_FTP, Cause.TLS_FAILED)
_ACTIONS: Final = {
    CureKind.RECONNECT: "reconnect",
    CureKind.MEASURE: "limits",
    CureKind.CHECK: "check",
}


def title_words(
    explained: Explained, times: int, incident: Incident | None, session: SessionState | None
) -> str:
    """Which session, when, and the how manieth end of its kind."""
    who = visible(explained.session)
    if incident is not None:
        who = incident_words(incident)
    elif explained.explanation.cause in (None, Cause.DATA_CONNECTION_FAILED):
        who = f"{who} · said"
    else:
        facts = session.connection if session is not None else None
        is_open = facts is not None and facts.number == explained.connection
        is_open = is_open and facts is not None and facts.closure is None and facts.failure is None
        who = f"{who} · {_happened(explained.explanation, is_open=is_open)}"
    at = f" {_clock(explained.by)}" if explained.by.timed else ""
    often = f" · {_nth(times)} time" if times > 1 and incident is None else ""
    return f"{who}{at}{often}"


def _happened(explanation: Explanation, *, is_open: bool) -> str:
    if explanation.cause in _REFUSED:
        return "refused"
    if explanation.cause in _NOT_REACHED:
        return "failed"
    return "is closing" if is_open else "closed"


def _clock(entry: Entry, later: float = 0.0) -> str:
    return f"{(entry.at + timedelta(seconds=later)).astimezone():%H:%M:%S}"


def _nth(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number}{ending or 'th'}"


def check_words(check: CheckMade, own_port: int) -> str:
    """A check in a line; other ports of the host are alternatives to the session's own."""
    other = " (alternative)" if check.port != own_port else ""
    good = "ok" if check.ok else "no" if other else "NOT OK"
    return f"{check.check}{other}: {good}, {visible(check.result)}"


def excluded(other: Alternative) -> str:
    """Another cause, and what rules it out."""
    return f"{cause_words(other.cause)} ({'; '.join(visible(r) for r in other.against)})"


def incident_words(incident: Incident) -> str:
    """How many ended together, and of which host."""
    return f"{incident.sessions} sessions of {visible(incident.host)} ended"


# --- cures -------------------------------------------------------------------------------------


def cure_key(cure: Cure) -> str:
    """The id of the action that carries it out."""
    if cure.kind is not CureKind.KEEP_ALIVE:
        return _ACTIONS[cure.kind]
    is_interval = cure.command is None and cure.interval_seconds is not None
    return "set_interval" if is_interval else "set_command"


def is_done(cure: Cure, session: SessionState | None) -> bool:
    """The session's keep-alive is what the cure asks for."""
    if session is None or cure.kind is not CureKind.KEEP_ALIVE:
        return False
    every, wanted = session.target.keep_alive_seconds, cure.interval_seconds
    fast = wanted is None or (every is not None and every <= wanted)
    right = cure.command in (None, session.target.keep_alive_command)
    return fast and right and (cure.command is not None or wanted is not None)


# --- what comes next ---------------------------------------------------------------------------


def next_step(
    session: SessionState | None, now: float, explained: Explained | None, steered_by: Keys | None
) -> str:
    """What the session does next, after the end that is `explained`. Without keys that it can be
    `steered_by`, none are named.
    """
    if session is None:
        return ""
    keys = "" if steered_by is None else _keys(steered_by)
    if session.retry is not None:
        left = max(0.0, session.retry.due_at - now)
        attempt = f", attempt {session.retry.attempt}" if session.retry.attempt > 1 else ""
        return f"reconnects in {format_duration(left // 1)}{attempt}{keys}"
    facts = session.connection
    if session.given_up:
        if facts is not None and facts.quit_sent and facts.closure is not None:
            return f"will not reconnect: you closed it{keys}"
        return f"no automatic reconnect{keys}"
    if facts is not None and facts.announcement is not None and facts.closure is None:
        return "the server has not closed the connection yet"
    if facts is None or facts.closure is not None:
        return ""
    if explained is None or facts.number == explained.connection:
        return "the session goes on"
    if facts.ready_at is None:
        return f"reconnecting: {session.phase}"
    return _back(session, facts, explained, now)


def _back(session: SessionState, facts: ConnectionFacts, explained: Explained, now: float) -> str:
    ready = facts.ready_at or 0.0
    entry = explained.by
    since = f" since {_clock(entry, ready - entry.elapsed_seconds)}" if entry.timed else ""
    at = _cut_again_at(session, facts, explained)
    again = ""
    if at is not None and at > now:
        again = f" · cut again in {format_duration((at - now) // 1)} if unchanged"
    return f"back{since}{again}"


def _cut_again_at(
    session: SessionState, facts: ConnectionFacts, explained: Explained
) -> float | None:
    """When the clock that struck will strike again; None where it is not known, or where the
    keep-alive was changed since.
    """
    why = explained.explanation
    limit = why.limit_seconds or why.observed_seconds
    changed = session.keep_alive_since > explained.by.elapsed_seconds
    if limit is None or (changed and why.clock is not ClockName.IDLE):
        return None
    match why.clock:
        case ClockName.NO_TRANSFER:
            return (facts.transfer_ended_at or facts.ready_at or 0.0) + limit
        case ClockName.SESSION:
            return (facts.opened_at or facts.opening_at) + limit
        case ClockName.IDLE:
            every = session.target.keep_alive_seconds
            slow = every is None or every >= limit
            return (facts.last_command_at or 0.0) + limit if slow else None
        case _:
            return None


def _keys(keys: Keys) -> str:
    now, way = keys.first("reconnect"), keys.first("check")
    return f" · {now} reconnects now, {way} checks"


def wrapped(line: str, width: int) -> list[str]:
    """Words of `line` in lines of at most `width`."""
    return textwrap.wrap(line, width, break_on_hyphens=False)
