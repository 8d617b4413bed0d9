"""The words around the table of ends: what the selected row says in full, and what stands over it.
Pure.
"""

from rich.text import Text

from ftpwatch.core.judgement.past_ends import MOST_PAST_ENDS
from ftpwatch.core.text.cause_title import cause_title
from ftpwatch.core.text.end_matching import end_reply
from ftpwatch.core.text.neutral import visible
from ftpwatch.tui.signs import Signs
from ftpwatch.tui.widgets.ends_list import EndsList
from ftpwatch.tui.widgets.ends_order import EndRow

__all__ = ["detail_of", "title_of"]


def title_of(ends: EndsList, wanted: str, follows: str, *, held: bool) -> str:
    """How many, which not yet, in which order, by which filter; neutralised."""
    number = f"{ends.known}" if ends.known < MOST_PAST_ENDS else f"the newest {ends.known}"
    if ends.matching != ends.known:
        number = f"{ends.matching} of {number}"
    frozen = " - frozen" if held else ""
    number = f"{number} {follows}".rstrip()
    return f"Ends{frozen} - {number} - by {ends.column} - filter: {visible(wanted)}"


def detail_of(row: EndRow, signs: Signs) -> Text:
    """A line each."""
    end = row.typical
    explained = end.explained
    who = visible(end.session)
    if row.is_group:
        causes = [f"{count} {cause_title(cause)}" for cause, count in row.causes.most_common(4)]
        where = visible(end.hosts[0]) if end.hosts else "one host"
        who = f"{len(row.ends)} at {where} together: {', '.join(causes)}"
    when = end.entry.at.astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    lines = [f"{when if end.entry.timed else f'entry {end.seq}'}  {who}  {end_reply(end)}"]
    if explained is not None:
        lines.append(visible(explained.explanation.summary))
        if end.cure:
            lines.append(f"What to do: {visible(end.cure)}")
    return Text("\n".join(signs.text(line) for line in lines), overflow="ellipsis", no_wrap=True)
