"""What a row is, and the sign for it: glyph and word carry the meaning, colour repeats it."""

from enum import StrEnum, auto
from typing import Final

__all__ = ["ASCII_GLYPHS", "GLYPHS", "Tone", "in_ascii"]


class Tone(StrEnum):
    """What a row is; the glyph and the colour follow it."""

    SENT = auto()
    COMPLETION = auto()
    PROGRESS = auto()
    TRANSIENT = auto()
    PERMANENT = auto()
    CLOSE = auto()
    KEEP_ALIVE = auto()
    NOTE = auto()
    MARK = auto()


GLYPHS: Final[dict[Tone, str]] = {
    Tone.SENT: "▲",
    Tone.COMPLETION: "▼",
    Tone.PROGRESS: "◆",
    Tone.TRANSIENT: "!",
    Tone.PERMANENT: "✗",
    Tone.CLOSE: "✗",
    Tone.KEEP_ALIVE: "∙",
    Tone.NOTE: " ",
    Tone.MARK: "─",
}
ASCII_GLYPHS: Final[dict[Tone, str]] = {
    Tone.SENT: ">",
    Tone.COMPLETION: "<",
    Tone.PROGRESS: "*",
    Tone.TRANSIENT: "!",
    Tone.PERMANENT: "x",
    Tone.CLOSE: "x",
    Tone.KEEP_ALIVE: ".",
    Tone.NOTE: " ",
    Tone.MARK: "-",
}
_ASCII: Final = str.maketrans(
    {
        "→": "->", "…": "...", "≡": "=", "•": "*", "·": "-", "▸": ">", "“": '"', "”": '"',
        "─": "-", "✓": "+", "✗": "x", "±": "+/-", "×": "x", "§": "section ",
        "–": "-", "∙": ".", "≤": "<=", "●": "o", "○": ".", "◌": "-", "◐": "?",
    }
)  # fmt: skip


def in_ascii(text: str) -> str:
    """`text` in ASCII: our own signs by their likes, what is left as backslash escapes."""
    return text.translate(_ASCII).encode("ascii", "backslashreplace").decode()
