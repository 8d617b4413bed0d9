"""How what is drawn fits the terminal: no colours, only ASCII, nothing that moves.

Textual hands every line of every widget to filters, frames and scrollbars too: what they take away
is nowhere on the screen. A sign keeps its columns.
"""

from functools import lru_cache
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter
from textual.widgets import Input

from ftpwatch.core.text.terminal import Colours
from ftpwatch.tui.inputs import Look, Motion

__all__ = ["AsciiOnly", "Colourless", "dress", "is_still", "keep_still"]

# Frames: thin ones, and the heavy ones around what has the focus; then blocks, from thin to full.
_LIKES: Final = str.maketrans(
    {
        **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼╔╗╚╝", "+"), **dict.fromkeys("─╌┄▔▀╴╶", "-"),
        **dict.fromkeys("│┆┊▏▎▍▕║", "|"), **dict.fromkeys("┏┓┗┛┃╋█▉▊▋▌▐▇▆▅▄", "#"),
        **dict.fromkeys("━═", "="), **dict.fromkeys("▁▂▃", "_"),
        "•": "*", "●": "o", "◌": "-", "○": ".", "✗": "x", "✓": "+", "◐": "?", "…": "~", "·": "-",
        "▸": ">", "▾": "v", "→": ">", "←": "<", "↑": "^", "↓": "v", "–": "-", "×": "x", "∙": ".",
        "▲": ">", "▼": "<", "◆": "*", "≡": "=", "\N{LEFT-POINTING MAGNIFYING GLASS}": "> ",
        "\N{RIGHT-POINTING MAGNIFYING GLASS}": "> ", "\u00a0": " ",
    }
)  # fmt: skip


@lru_cache(4_096)
def _in_ascii(text: str) -> str:
    """`text` in as many columns."""
    shown = text.translate(_LIKES)
    if shown.isascii():
        return shown
    return "".join(sign if sign.isascii() else "?" * cell_len(sign) for sign in shown)


@lru_cache(4_096)
def _without_colour(style: Style) -> Style:
    """Its attributes, and what a click on it does."""
    return style.without_color + Style.from_meta(style.meta) if style.meta else style.without_color


class AsciiOnly(LineFilter):
    """No byte above 127, whoever draws."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.text.isascii() else segment._replace(text=_in_ascii(segment.text))
            for segment in segments
        ]


class Colourless(LineFilter):
    """Bold, reverse, underlined, and no colour at all."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.style is None
            else segment._replace(style=_without_colour(segment.style))
            for segment in segments
        ]  # fmt: skip


def dress(app: App[None], look: Look) -> None:
    """Have `app` draw what the terminal can, before it draws anything."""
    app.no_color = look.colours is Colours.NONE
    if app.no_color:
        app._filters.append(Colourless())
    if look.ascii_only:
        app._filters.append(AsciiOnly())
    if look.motion is Motion.NONE:
        app.animation_level = "none"


def is_still(app: App[None]) -> bool:
    """Nothing shall move, as it was asked of us or of Textual."""
    return app.animation_level == "none"


def keep_still(widget: object) -> None:
    """Its cursor does not blink."""
    if isinstance(widget, Input):
        widget.cursor_blink = False
