"""Verdicts on keep-alives, as short as a column is."""

from typing import Final

from ftpwatch.core.state.state import SessionState
from ftpwatch.core.state.verdict import Judged, Verdict
from ftpwatch.core.text.phrasing import format_duration

__all__ = ["ended_word", "is_void", "verdict_name", "verdict_short"]

_SHORT: Final = {
    Verdict.NOT_YET: "… not yet",
    Verdict.HOLDING: "✓ holding",
    Verdict.USELESS: "✗ no help",
    Verdict.REFUSED: "! refused",
}


def verdict_short(judged: Judged, now: float) -> str:
    """Sign and word, and how long until it can be told."""
    if judged.late:
        return "✗ too slow"
    if judged.verdict is Verdict.NOT_YET and judged.told_at is not None:
        left = judged.told_at - now
        return f"… in {format_duration(left // 1)}" if left >= 1 else "… soon"
    return _SHORT[judged.verdict]


def verdict_name(judged: Judged) -> str:
    """The word alone, the same at any moment."""
    return "too slow" if judged.late else _SHORT[judged.verdict].partition(" ")[2]


def ended_word(session: SessionState) -> str:
    """Of a connection that ended before a verdict, what its keep-alive was: empty where it was not
    logged in, or has not ended.
    """
    facts = session.connection
    if facts is None or facts.ready_at is None or session.is_connected:
        return ""
    return "untested" if session.target.keep_alive_seconds is not None else "none sent"


def is_void(session: SessionState, judged: Judged) -> bool:
    """Nothing is known yet, and nothing will be: the connection has ended."""
    open_still = judged.verdict is Verdict.NOT_YET and not judged.late
    return open_still and not session.is_connected
