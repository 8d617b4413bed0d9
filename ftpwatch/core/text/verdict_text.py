"""Verdicts on keep-alives, as short as a column is."""

from typing import Final

from ftpwatch.core.state.verdict import Judged, Verdict
from ftpwatch.core.text.phrasing import format_duration

__all__ = ["verdict_short"]

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
