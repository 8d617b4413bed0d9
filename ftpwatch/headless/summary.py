"""What a screen leaves in the terminal: sessions, why they ended, where it is all kept."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ftpwatch.core.counted import counted, noun
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
    of an incident, or that say the same), in the order in which they ended last, and how the
    `recordings`, none where nothing was kept, are shown again.
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
    alike: dict[str, list[Explained]] = {}
    for explained in ends:
        if explained.incident not in state.incidents:
            alike.setdefault(_why(explained), []).append(explained)
    rows = [(same[-1].by.elapsed_seconds, _line(why, same)) for why, same in alike.items()]
    rows += [
        (incident.last_at, _incident_line(incident, next(t for t in ends if t.incident == seq)))
        for seq, incident in state.incidents.items()
        if any(explained.incident == seq for explained in ends)
    ]
    rows.sort()
    who = counted(len(names), "session")
    lines = [f"{who} watched for {format_duration(state.at // 1)}; {_badly(ends)}"]
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
    entries = noun(unkept, "entry", "entries")
    return visible(
        f"{recording} lacks the last {unkept} {entries}: the disk did not take "
        f"{noun(unkept, 'it', 'them')}"
    )


def _badly(ends: Sequence[Explained]) -> str:
    """What never stood did not close."""
    missed = sum(end.explanation.cause is Cause.SERVER_UNREACHABLE for end in ends)
    parts = [
        f"{len(ends) - missed} closed unexpectedly" * (len(ends) > missed),
        f"{counted(missed, 'attempt')} reached no server" * bool(missed),
    ]
    return ", ".join(filter(None, parts)) or "none ended unexpectedly"


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


def _why(explained: Explained) -> str:
    why = explained.explanation
    text = shortened(why.heading.replace("\n", " "), 60)
    return f"{cause_words(why.cause)} ({why.confidence})  {text}"


def _line(why: str, same: list[Explained]) -> str:
    """Ends that say the same, the newest last."""
    first, last = (end.by.at.astimezone().strftime("%H:%M:%S") for end in (same[0], same[-1]))
    names = {end.session for end in same}
    who = same[-1].session if len(names) == 1 else counted(len(names), "session")
    often = f", {len(same)} times since {first}" if len(same) > 1 else ""
    return f"  {last}  {who}{often}  {why}"
