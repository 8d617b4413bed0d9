"""Makes text from the wire safe to show: control and format characters become visible.

Everything that goes to a widget, title, notification, log or file of text passes `visible`
first: terminals obey ESC, C1 and bidi characters wherever a program prints them.
"""

import unicodedata
from typing import Final

__all__ = ["elided", "shortened", "visible"]

_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LONGEST_RUN_OF_MARKS: Final = 2


def visible(text: str) -> str:
    """`text` with C0 as ␀-pictures and C1, bidi and other format characters as ‹U+XXXX›."""
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if category in _HIDDEN_CATEGORIES or marks > _LONGEST_RUN_OF_MARKS:
            shown.append(_picture(ord(char)))
        else:
            shown.append(char)
    return "".join(shown)


def shortened(text: str, width: int) -> str:
    """`text` cut to `width` characters, an ellipsis in place of what is missing."""
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"


def elided(text: str, width: int) -> str:
    """`text` cut to `width` characters in its middle: names that begin alike differ at the end."""
    if len(text) <= width:
        return text
    tail = max(0, width - 1) * 2 // 3
    return f"{text[: max(0, width - 1 - tail)]}…{text[len(text) - tail :]}"


def _picture(point: int) -> str:
    if point < 0x20:
        return chr(0x2400 + point)
    return "␡" if point == 0x7F else f"‹U+{point:04X}›"
