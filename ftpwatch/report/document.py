"""What a report is made of, before it is Markdown or HTML: sections of lines, lists and tables.

A line is of sentences of ours and of words from outside, which stand apart as Wire: each format
escapes both, and shows what is Wire as a quotation.
"""

import msgspec

from ftpwatch.report.model import Timeline

__all__ = [
    "Block", "Bullets", "Chart", "Document", "Grid", "Labelled", "Letter", "Line", "Paragraph",
    "Section", "Wire",
]  # fmt: skip


class Wire(msgspec.Struct, frozen=True):
    """Words from outside: cleaned, and not escaped for any format."""

    text: str


Line = tuple[str | Wire, ...]


class Labelled(msgspec.Struct, frozen=True, tag=True):
    """Lines, each with what it is about."""

    rows: tuple[tuple[str, Line], ...]


class Paragraph(msgspec.Struct, frozen=True, tag=True):
    """A line that stands alone."""

    line: Line


class Bullets(msgspec.Struct, frozen=True, tag=True):
    """A list."""

    items: tuple[Line, ...]


class Grid(msgspec.Struct, frozen=True, tag=True):
    """A table; `note` says what is not in it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    note: str = ""


class Letter(msgspec.Struct, frozen=True, tag=True):
    """Text to be sent as it stands, line by line."""

    lines: tuple[str, ...]


class Chart(msgspec.Struct, frozen=True, tag=True):
    """The timeline, drawn where a format can draw; `marks` are moments at which several ended,
    `starts` those at which its pieces start, in words, `axis` its first, middle and last moment.
    """

    timeline: Timeline
    marks: tuple[float, ...]
    starts: tuple[str, ...]
    axis: tuple[str, str, str]


Block = Labelled | Paragraph | Bullets | Grid | Letter | Chart


class Section(msgspec.Struct, frozen=True):
    """A heading and what stands under it."""

    title: Line
    blocks: tuple[Block, ...]
    level: int = 2


class Document(msgspec.Struct, frozen=True):
    """A whole report."""

    title: Line
    sections: tuple[Section, ...]
