"""The words of the panel: what comes next, checks, what is ruled out. Pure."""

import textwrap

from ftpwatch.core.journal.events import CheckMade
from ftpwatch.core.state.explanation import Alternative
from ftpwatch.core.state.state import Incident, SessionState
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.tui.keys import Keys

__all__ = ["check_words", "excluded", "incident_words", "next_step", "wrapped"]


def check_words(check: CheckMade, own_port: int) -> str:
    """A check in a line; other ports of the host stand beside the session's own."""
    beside = " (beside it)" if check.port != own_port else ""
    good = "ok" if check.ok else "no" if beside else "NOT OK"
    return f"▸ {check.check}{beside}: {good}, {visible(check.result)}"


def excluded(other: Alternative) -> str:
    """Another cause, and what rules it out."""
    return f"{other.cause} ({'; '.join(visible(reason) for reason in other.against)})"


def incident_words(incident: Incident) -> str:
    """How many ended together, and of which host."""
    return f"{incident.sessions} sessions of {visible(incident.host)} ended together"


def next_step(
    session: SessionState | None, now: float, connection: int | None, steered_by: Keys | None
) -> str:
    """What the session does next; `connection` is the one that is explained. Without keys that
    it can be `steered_by`, none are named.
    """
    keys = "" if steered_by is None else _keys(steered_by)
    if session is None:
        return ""
    if session.retry is not None:
        left = max(0.0, session.retry.due_at - now)
        when = f"reconnect {session.retry.attempt} in {format_duration(left // 1)}"
        return visible(f"{when} ({session.retry.cause}){keys}")
    if session.given_up:
        return f"it does not reconnect by itself{keys}"
    facts = session.connection
    if facts is not None and facts.announcement is not None and facts.closure is None:
        return f"the server has not closed yet{': watching' if keys else ''}"
    if facts is None or facts.closure is not None:
        return ""
    if facts.number == connection:
        return "the session goes on"
    return visible(f"{session.name} is {session.phase} again")


def _keys(keys: Keys) -> str:
    now, way = keys.first("reconnect"), keys.first("check")
    return f"; {now} connects it now, {way} checks the way there"


def wrapped(line: str, width: int) -> list[str]:
    """Words of `line` in lines of at most `width`; a bullet's text hangs beside it."""
    hang = "  " if line[:2] in ("▸ ", "> ") else ""
    return textwrap.wrap(line, width, subsequent_indent=hang, break_on_hyphens=False)
