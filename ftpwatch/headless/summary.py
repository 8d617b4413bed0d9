"""What a screen leaves in the terminal: sessions, why they ended, where it is all kept."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import Incident
from ftpwatch.core.text.cause_text import cause_words
from ftpwatch.core.text.neutral import shortened, visible
from ftpwatch.core.text.phrasing import format_duration, within
from ftpwatch.core.text.tone import in_ascii

__all__ = ["summary_text", "unkept_text"]

_MOST_ENDS: Final = 12
_OUR_OWN: Final = (None, Cause.LOCAL, Cause.CLIENT_QUIT)


def summary_text(watch: Watch, recordings: Sequence[Path], *, ascii_only: bool = False) -> str:
    """A line for the watch, one for each of the newest ends that were not our own (one for those
    of an incident), and how the `recordings`, none where nothing was kept, are shown again.
    """
    state = watch.state
    sessions = [s for s in (*state.ended.values(), *state.sessions.values()) if not s.target.twin]
    ends = [
        explained
        for explained in watch.explanations()
        if explained.explanation.cause not in _OUR_OWN
    ]
    names = {session.name for session in sessions}
    ends = [explained for explained in ends if explained.session in names]
    lone = [explained for explained in ends if explained.incident not in state.incidents]
    rows = [(explained.by.elapsed_seconds, _line(explained)) for explained in lone]
    rows += [
        (incident.first_at, _incident_line(incident, next(t for t in ends if t.incident == seq)))
        for seq, incident in state.incidents.items()
        if any(explained.incident == seq for explained in ends)
    ]
    rows.sort()
    counted = "1 session" if len(names) == 1 else f"{len(names)} sessions"
    lines = [f"{counted} watched for {format_duration(state.at // 1)}; {_counted(len(ends))}"]
    if len(rows) > _MOST_ENDS:
        lines.append(f"  the newest {_MOST_ENDS}:")
    lines += [line for _, line in rows[-_MOST_ENDS:]]
    lines += [f"shown again by: ftpwatch replay {shlex.quote(str(path))}" for path in recordings]
    if not recordings:
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
            return "none ended unexpectedly"
        case 1:
            return "1 closed unexpectedly"
        case _:
            return f"{ends} closed unexpectedly"


def _incident_line(incident: Incident, explained: Explained) -> str:
    """One sentence for all that ended together."""
    at = explained.by.at.astimezone().strftime("%H:%M:%S")
    soon = within(incident.last_at - incident.first_at)
    why = explained.explanation
    cause = (
        f"{cause_words(why.cause)} ({why.confidence})"
        if incident.cause
        else "for different reasons"
    )
    who = f"{incident.sessions} sessions of {incident.host}:{incident.port}"
    return f"  {at}  {who} ended {soon}: {cause}"


def _line(explained: Explained) -> str:
    why = explained.explanation
    at = explained.by.at.astimezone().strftime("%H:%M:%S")
    text = shortened(why.heading.replace("\n", " "), 60)
    return f"  {at}  {explained.session}  {cause_words(why.cause)} ({why.confidence})  {text}"
