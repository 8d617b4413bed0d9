"""A row of the dialogue as text: time, session, glyph, words, latency. Pure."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum, auto
from typing import Final

import msgspec
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import ReplyReceived
from ftpwatch.core.journal.folded import Folded
from ftpwatch.core.journal.history import Row
from ftpwatch.core.text.folded_text import folded_phrase, with_cause
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import format_duration, milliseconds, phrase
from ftpwatch.core.text.tone import Tone
from ftpwatch.tui.signs import Signs
from ftpwatch.tui.widgets.ends_row import fitted_name

__all__ = [
    "Line", "TimeColumn", "height_of", "is_tall", "lines_of", "longest_name", "name_width",
    "strip_of",
]  # fmt: skip


_LEAST_NAME: Final = 9
_LEAST_NARROW: Final = 4
_MOST_NAME: Final = 24
_LEAST_WITH_MS: Final = 48


class TimeColumn(StrEnum):
    """What the time column shows."""

    WALL = auto()
    RELATIVE = auto()
    DELTA = auto()


class Line(msgspec.Struct, frozen=True):
    """One line on the screen; `latency` stands at its right end, before it the `mark` that there is
    more, which is never cut.
    """

    time: str
    session: str
    body: str
    latency: str
    tone: Tone
    mark: str = ""


def lines_of(
    row: Row,
    before: Row | None,
    *,
    time: TimeColumn,
    unfold: bool,
    signs: Signs,
    cause: str = "",
) -> list[Line]:
    """The lines of `row`; one, unless a multi-line reply is unfolded. `cause` is that of an end."""
    when, session = _time(row, before, time), visible(row.entry.session or "")
    if row.stands_for is not None:
        return [_folded(row, row.stands_for, cause, (when, session, time), signs)]
    phrased = phrase(row.entry, row.answer, row.sharing)
    if phrased.tone is Tone.MARK:
        rule = signs.glyphs[Tone.MARK] * 4
        mark = signs.text(f"{rule} {phrased.words} {rule * 4}")
        return [Line(when, session, mark, "", phrased.tone)]
    words, lines = phrased.words, f" ≡ {phrased.folded_lines} lines"
    has_mark = words.endswith(lines)
    words = with_cause(words.removesuffix(lines), row.entry, cause)
    body = signs.text(f"{signs.glyphs[phrased.tone]} {words}")
    mark = signs.text(lines.strip()) if has_mark else ""
    first = Line(when, session, body, milliseconds(phrased.latency_seconds), phrased.tone, mark)
    if not unfold:
        return [first]
    return [first, *(Line("", "", signs.text(f"  {t}"), "", phrased.tone) for t in _inner(row))]


def height_of(row: Row, *, unfold: bool) -> int:
    """How many lines it has."""
    return 1 + len(_inner(row)) if unfold and row.folded is None else 1


def is_tall(row: Row) -> bool:
    """It is a reply of several lines."""
    return row.folded is None and bool(_inner(row))


def _folded(
    row: Row, folded: Folded, cause: str, head: tuple[str, str, TimeColumn], signs: Signs
) -> Line:
    when, session, time = head
    phrased = folded_phrase(row.entry, folded, cause)
    words = f"{phrased.words}{_until(row.entry, phrased.until, time)}"
    body = signs.text(f"{signs.glyphs[phrased.tone]} {words}")
    is_counted = phrased.until is not None or phrased.tone is Tone.CLOSE
    mark = "" if is_counted else signs.text(f"≡ {folded.rows} rows")
    return Line(when, session, body, signs.text(phrased.took), phrased.tone, mark)


def _until(first: Entry, last: Entry | None, column: TimeColumn) -> str:
    if last is None or not last.timed:
        return ""
    if column is TimeColumn.WALL:
        return f" · until {last.at.astimezone():%H:%M:%S}"
    return f" · for {format_duration(round(last.elapsed_seconds - first.elapsed_seconds))}"


def _inner(row: Row) -> list[str]:
    event = (row.answer or row.entry).event
    if not isinstance(event, ReplyReceived) or len(event.lines) < 2:
        return []
    return [visible(line) for line in event.lines]


def _time(row: Row, before: Row | None, column: TimeColumn) -> str:
    entry = row.entry
    if not entry.timed:
        return ""
    match column:
        case TimeColumn.WALL:
            return _wall(entry.at)
        case TimeColumn.RELATIVE:
            return f"{entry.elapsed_seconds:+12.3f}"
        case TimeColumn.DELTA:
            since = entry.elapsed_seconds - (before or row).entry.elapsed_seconds
            return f"{since:>+11.3f}s"


def _wall(at: datetime) -> str:
    return at.astimezone().strftime("%H:%M:%S.%f")[:-3]


def longest_name(lines: Iterable[Line]) -> int:
    """How many columns the longest name of a session needs."""
    return max((cell_len(line.session) for line in lines), default=0)


def name_width(longest: int, width: int, screen: int) -> int:
    """Columns for the names of sessions: as many as the `longest` needs, as far as there is room.
    The least is that of the `screen`, so that none moves as a panel opens.
    """
    least = _LEAST_NAME if screen >= 70 else _LEAST_NARROW
    return max(least, min(longest, _MOST_NAME if width >= 100 else width // 6))


def strip_of(line: Line, style: Style, head: Style, width: int, names: int, signs: Signs) -> Strip:
    """`line` drawn in `width` columns, `names` of them for the session; what does not fit ends in
    an ellipsis.
    """
    latency, cut = f" {line.latency}" if line.latency else "", signs.cut
    mark = f" {line.mark}" if line.mark else ""
    time = f"{line.time:<13}" if width >= _LEAST_WITH_MS else f"{line.time:<8}"[:8]
    session = fitted_name(signs.text(line.session), names, signs)
    shown_head = f"{time} {session}"
    room = max(0, width - cell_len(shown_head) - 2 - len(latency) - len(mark))
    body = line.body
    if cell_len(body) > room:
        body = set_cell_size(body, max(0, room - 1)) + cut
    segments = [
        Segment(f" {shown_head} ", head),
        Segment(set_cell_size(body, room) + mark, style),
        Segment(latency, head),
    ]
    return Strip(segments).adjust_cell_length(width, style)
