"""Blocks of labelled lines, as the inspector and the comparison show them. Pure.

Words come in neutralised; here they are put into the signs of the terminal and wrapped by the
columns that they take. Nothing is cut.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec
from rich.cells import cell_len, chop_cells
from rich.style import Style
from rich.text import Text

from ftpwatch.tui.signs import Signs

__all__ = [
    "LABEL_WIDTH", "Line", "Part", "Room", "assembled", "beside", "headed", "plain", "row",
    "wrapped",
]  # fmt: skip

LABEL_WIDTH: Final = 14
_LEAST: Final = 8
_GAP: Final = "   "

Part = tuple[str, str]  # the name of a style, and the text
Line = list[Part]


class Room(msgspec.Struct, frozen=True):
    """How many columns there are, how many lines are seen at once, and the signs."""

    width: int
    height: int
    signs: Signs


def wrapped(words: str, width: int) -> list[str]:
    """`words` in lines of at most `width` columns; what is longer than a line is broken."""
    lines, line, width = [], "", max(_LEAST, width)
    for word in words.split(" "):
        longer = f"{line} {word}" if line else word
        if cell_len(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = chop_cells(word, width) or [""]
        lines += full
    return [*lines, line] if line or not lines else lines


def plain(style: str, words: str, room: Room, indent: int = 0) -> list[Line]:
    """`words` in lines of the room that is left beside `indent` columns."""
    return [[(style, line)] for line in wrapped(room.signs.text(words), room.width - indent)]


def row(label: str, words: str, room: Room, style: str = "") -> list[Line]:
    """A label and what it says; nothing where it says nothing."""
    if not words:
        return []
    lines = plain(style, words, room, LABEL_WIDTH)
    shown = room.signs.text(label)
    return [
        [("below", f"{shown if number == 0 else '':<{LABEL_WIDTH}}"), *line]
        for number, line in enumerate(lines)
    ]


def headed(heading: str, lines: Sequence[Line], room: Room) -> list[Line]:
    """A block with its heading, and a line between it and the next; none without lines."""
    if not lines:
        return []
    return [[("label", room.signs.text(line))] for line in wrapped(heading, room.width)] + [
        *lines,
        [],
    ]


def beside(left: Sequence[Line], right: Sequence[Line], width: int) -> Iterator[Line]:
    """Two columns of blocks, the left one `width` wide."""
    for number in range(max(len(left), len(right))):
        one = left[number] if number < len(left) else []
        other = right[number] if number < len(right) else []
        filled = sum(cell_len(text) for _, text in one)
        yield [*one, ("", " " * (width - filled) + _GAP), *other]


def assembled(lines: Sequence[Line], style_of: Callable[[str], Style]) -> Text:
    """All of it for a Static; a line is one line."""
    text = Text(no_wrap=True, end="")
    for number, line in enumerate(lines):
        text.append("\n" if number else "")
        for style, words in line:
            text.append(words, style_of(style) if style else None)
    return text
