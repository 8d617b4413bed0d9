"""What is under the cursor, in words; neutralised."""

from ftpwatch.core.journal.stretch import Buckets
from ftpwatch.core.state.past_end import PastEnd
from ftpwatch.core.text.cause_title import cause_title
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import phrase
from ftpwatch.core.timeline.brackets import bracket_of_end, clock_words, seconds_words
from ftpwatch.core.timeline.density import HostLane
from ftpwatch.core.timeline.lanes import Box, Lane, Moment
from ftpwatch.core.timeline.spans import Line

__all__ = ["box_words", "drops_words", "end_words", "entry_words", "host_words", "line_words"]

_LINES = {
    Line.CONNECTED: "connected",
    Line.OPENING: "connecting",
    Line.WAITING: "waits to reconnect",
    Line.TRANSFER: "transfer",
}


def entry_words(lane: Lane, column: int) -> str:
    """The entry of the cell at `column`, and how many more are there; empty for none."""
    cell = lane.cells.get(column)
    if cell is None:
        return ""
    more = f"  (+{cell.count - 1} here)" if cell.count > 1 else ""
    return f"{visible(lane.session)}  {phrase(cell.entry).words}{more}"


def end_words(end: PastEnd) -> str:
    """Why, how sure that is, and which clock struck or ran."""
    bracket = bracket_of_end(end)
    explained = end.explained
    parts = [cause_title(end.cause)]
    if explained is not None:
        parts.append(explained.explanation.confidence)
    if bracket is not None:
        parts.append(f"{bracket.words[0]}{' struck' if bracket.struck else ''}")
    if end.lived_seconds is not None:
        parts.append(f"connected for {seconds_words(end.lived_seconds)}")
    return visible(" · ".join(parts))


def line_words(lane: Lane, column: int, moment: Moment) -> str:
    """What the session was doing there; with its clocks where that is now or later."""
    line = lane.lines[column] if 0 <= column < len(lane.lines) else None
    what = "nothing known" if line is None else _LINES[line]
    state = moment.state.sessions.get(lane.session)
    facts = state.connection if state is not None else None
    is_now = column >= moment.view.column(moment.now)
    if state is None or facts is None or facts.closure is not None or not is_now:
        return f"{visible(lane.session)}  {what}"
    host = moment.state.host_of(state)
    clocks = clock_words(facts, state.phase, host, moment.now) if moment.state.timed else ""
    return visible(f"{lane.session}  {' · '.join(filter(None, (state.phase, clocks)))}")


def host_words(lane: HostLane, column: int, seconds: float) -> str:
    """How much of a host is in a column."""
    count = lane.counts[column] if 0 <= column < len(lane.counts) else 0.0
    drops = lane.drops[column] if 0 <= column < len(lane.drops) else 0
    about = f"{count:.0f} entries in {seconds_words(seconds)}"
    sessions = f"{lane.sessions} session{'s' if lane.sessions != 1 else ''}"
    return f"{visible(lane.host)}  {sessions}, {about}, {_drops(drops)}"


def drops_words(drops: tuple[int, ...], column: int, buckets: Buckets, *, timed: bool) -> str:
    """How many ended in a column, at all hosts; how long it is, where there are times."""
    count = drops[column] if 0 <= column < len(drops) else 0
    long = f" of {seconds_words(buckets.seconds)}" if timed else ""
    return f"{_drops(count)} in this column{long}"


def box_words(box: Box) -> str:
    """Ends that are one event."""
    why = "" if box.cause is None else f": {cause_title(box.cause)}"
    return f"{box.total} ended together{why}"


def _drops(count: int) -> str:
    return f"{count or 'no'} drop{'s' if count != 1 else ''}"
