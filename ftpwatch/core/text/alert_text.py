"""An alert in words: for a message, and as variables for a command. All neutralised and bounded:
what a server says goes to other programs here.
"""

from typing import Final

from ftpwatch.core.counted import counted
from ftpwatch.core.journal.entry import utc_text
from ftpwatch.core.state.alert import Alert
from ftpwatch.core.text.cause_text import cause_words
from ftpwatch.core.text.neutral import elided, shortened, visible
from ftpwatch.core.text.place import place

__all__ = ["alert_body", "alert_title", "alert_variables"]

_NAME: Final = 60
_LONGEST: Final = 500


def alert_title(alert: Alert) -> str:
    """One line."""
    who = _name(alert.sessions[0])
    if alert.count > 1:
        who = f"{alert.count} sessions of {_name(place(alert.host, alert.port))}"
    what = "ended" if alert.was_ready else "did not get ready"
    why = cause_words(alert.cause) if len(alert.causes) == 1 else "for different reasons"
    sure = f" ({alert.confidence})" if len(alert.causes) == 1 else ""
    return f"ftpwatch: {who} {what}: {why}{sure}"


def alert_body(alert: Alert) -> str:
    """Several lines: what the server said, what it means, what to do, who and when."""
    lines = [_text(alert.heading), _text(alert.summary)]
    if alert.cure is not None:
        lines.append(f"What to do: {_text(alert.cure)}")
    if len(alert.causes) > 1:
        lines.append(
            "Causes: " + ", ".join(f"{cause_words(cause)} ({n})" for cause, n in alert.causes)
        )
    lines.append(f"{_who(alert)} on {_name(place(alert.host, alert.port))}, {_at(alert)}")
    if alert.more:
        others = counted(alert.more, "more alert was", "more alerts were")
        lines.append(f"Before this {others} not told: they came too fast")
    return "\n".join(lines)


def alert_variables(alert: Alert) -> dict[str, str]:
    """FTPWATCH_… for the environment of a command."""
    return {
        "FTPWATCH_TITLE": alert_title(alert),
        "FTPWATCH_BODY": alert_body(alert),
        "FTPWATCH_SESSION": _name(alert.sessions[0]),
        "FTPWATCH_SESSIONS": str(alert.count),
        "FTPWATCH_HOST": _name(alert.host),
        "FTPWATCH_PORT": str(alert.port),
        "FTPWATCH_CAUSE": str(alert.cause),
        "FTPWATCH_CONFIDENCE": str(alert.confidence),
        "FTPWATCH_CODE": "" if alert.code is None else f"{alert.code:03d}",
        "FTPWATCH_TEXT": _text(alert.heading),
        "FTPWATCH_SUMMARY": _text(alert.summary),
        "FTPWATCH_CURE": _text(alert.cure or ""),
        "FTPWATCH_AT": utc_text(alert.at),
        "FTPWATCH_MORE": str(alert.more),
    }


def _who(alert: Alert) -> str:
    names = ", ".join(map(_name, alert.sessions))
    others = alert.count - len(alert.sessions)
    return f"{names} and {others} more" if others else names


def _at(alert: Alert) -> str:
    return f"{utc_text(alert.at)[:19].replace('T', ' ')} UTC"


def _text(text: str) -> str:
    return shortened(visible(" ".join(text.splitlines())), _LONGEST)


def _name(text: str) -> str:
    return elided(visible(text), _NAME)
