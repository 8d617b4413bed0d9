"""What a screen leaves in the terminal: sessions, why they ended, where it is all kept."""

import shlex
from pathlib import Path
from typing import Final

from ftpwatch.core.explanation import Explained
from ftpwatch.core.neutral import shortened, visible
from ftpwatch.core.phrasing import length
from ftpwatch.core.tone import in_ascii
from ftpwatch.core.watch import Watch

__all__ = ["summary_text", "unkept_text"]

_MOST_ENDS: Final = 12
_OUR_OWN: Final = (None, "local", "client_quit")


def summary_text(watch: Watch, recording: Path | None, *, ascii_only: bool = False) -> str:
    """A line for the watch, one for each of the newest ends that were not our own, and how the
    `recording`, None where it was not kept, is shown again.
    """
    state = watch.state
    sessions = [s for s in (*state.ended, *state.sessions.values()) if not s.target.twin]
    ends = [told for told in watch.explanations() if told.explanation.cause not in _OUR_OWN]
    names = {session.name for session in sessions}
    ends = [told for told in ends if told.session in names]
    counted = "1 session" if len(names) == 1 else f"{len(names)} sessions"
    lines = [f"{counted} watched for {length(state.at // 1)}, {_counted(len(ends))}"]
    if len(ends) > _MOST_ENDS:
        lines.append(f"  the newest {_MOST_ENDS}:")
    lines += [_line(told) for told in ends[-_MOST_ENDS:]]
    if recording is not None:
        lines.append(f"shown again by: ftpwatch replay {shlex.quote(str(recording))}")
    else:
        lines.append("not recorded")
    text = "\n".join(visible(line) for line in lines) + "\n"
    return in_ascii(text) if ascii_only else text


def unkept_text(unkept: int, recording: Path) -> str:
    """That the disk did not take everything."""
    entries = "entry" if unkept == 1 else "entries"
    return visible(f"{recording} lacks the last {unkept} {entries}: the disk did not take them")


def _counted(ends: int) -> str:
    match ends:
        case 0:
            return "none ended against our will"
        case 1:
            return "one end to explain"
        case _:
            return f"{ends} ends to explain"


def _line(told: Explained) -> str:
    why = told.explanation
    at = told.by.at.astimezone().strftime("%H:%M:%S")
    words = shortened(why.heading.replace("\n", " "), 60)
    return f"  {at}  {told.session}  {why.cause} ({why.confidence})  {words}"
