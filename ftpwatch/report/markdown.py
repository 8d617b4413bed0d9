"""A Document as Markdown (CommonMark with tables, as GitHub and GitLab read it).

Nothing from outside becomes a mark: words from outside are code spans, with more backticks around
than they have; in our sentences what could be a mark is escaped, and what a reader might make a
link, a mention or a reference of is a code span too. No text has a line end of its own.
"""

import re
from typing import Final, assert_never

from ftpwatch.report.document import (
    Block,
    Bullets,
    Chart,
    Document,
    Grid,
    Labelled,
    Letter,
    Line,
    Paragraph,
    Wire,
)

__all__ = ["as_markdown", "code_span", "prose"]

_MARKS: Final = re.compile(r"[\\`*\[\]<>|~$&{}]|(?<![^\W_])_|_(?![^\W_])")
_AT_START: Final = re.compile(r"^(?:(\d{1,9})([.)])|([#+\-=:>]))")
_LINKED: Final = re.compile(r"@|://|www\.|[#!]\d", re.IGNORECASE)
_CELL_END: Final = re.compile(r"(?<!\\)\|")
_TICKS: Final = re.compile(r"`+")
_MOST_BARS: Final = 24
_BAR: Final = 20


def as_markdown(document: Document) -> str:
    """The whole of it, with a line end at its end."""
    parts = [f"# {_line(document.title)}"]
    for section in document.sections:
        parts.append(f"{'#' * section.level} {_line(section.title)}")
        parts += [text for block in section.blocks if (text := _block(block))]
    return "\n\n".join(parts) + "\n"


def prose(text: str) -> str:
    """A sentence of ours, in which nothing is a mark."""
    return " ".join(map(_word, text.split(" ")))


def _word(word: str) -> str:
    return code_span(word) if _LINKED.search(word) else _MARKS.sub(r"\\\g<0>", word)


def code_span(text: str) -> str:
    """Words from outside, in which nothing is a mark."""
    text = text.replace("\n", "␊").strip() or "-"
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    edge = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{edge}{text}{edge}{fence}"


def _inline(line: Line) -> str:
    return "".join(code_span(p.text) if isinstance(p, Wire) else prose(p) for p in line).strip()


def _cell(line: Line) -> str:
    """Tables are cut into cells before code spans are seen."""
    return _CELL_END.sub(r"\\|", _inline(line))


def _line(line: Line) -> str:
    """Where a block could begin."""
    return _AT_START.sub(_escaped_start, _inline(line))


def _escaped_start(match: re.Match[str]) -> str:
    return f"{match[1]}\\{match[2]}" if match[1] else f"\\{match[3]}"


def _block(block: Block) -> str:
    match block:
        case Paragraph(line):
            return _line(line)
        case Labelled(rows):
            return "\n".join(f"- **{label}:** {_inline(line)}" for label, line in rows)
        case Bullets(items):
            return "\n".join(f"- {_line(item)}" for item in items)
        case Grid():
            return _table(block)
        case Letter(lines):
            return _fenced(lines)
        case Chart():
            return _bars(block)
        case _:
            assert_never(block)


def _table(grid: Grid) -> str:
    head = [f"| {' | '.join(grid.columns)} |", "|" + "---|" * len(grid.columns)]
    rows = [f"| {' | '.join(map(_cell, row))} |" for row in grid.rows]
    return "\n".join([*head, *rows]) + (f"\n\n{prose(grid.note)}" if grid.note else "")


def _fenced(lines: tuple[str, ...]) -> str:
    """A block that no line of it can end."""
    longest = max((len(run) for line in lines for run in _TICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    body = "\n".join(line.replace("\n", "␊") for line in lines)
    return f"{fence}text\n{body}\n{fence}"


def _bars(chart: Chart) -> str:
    """Ends over time as bars, few enough to be read."""
    pieces = zip(chart.starts, chart.timeline.buckets, strict=True)
    ends = [(start, bucket.ends) for start, bucket in pieces if bucket.ends]
    if len(ends) < 2:
        return ""
    most = max(sum(causes.values()) for _, causes in ends)
    lines = [_bar(start, causes, most) for start, causes in ends[-_MOST_BARS:]]
    if len(ends) > len(lines):
        lines.insert(0, f"{len(ends) - len(lines)} pieces of time with ends before these")
    return _fenced(tuple(lines))


def _bar(start: str, causes: dict[str, int], most: int) -> str:
    ends = sum(causes.values())
    bar = "#" * max(1, round(ends / most * _BAR))
    named = ", ".join(f"{cause} {count}" for cause, count in causes.items())
    return f"{start:<25}  {bar:<{_BAR}}  {ends:>4}  {named}"
