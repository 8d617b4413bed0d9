"""The signs of the screen, with an ASCII set for terminals that cannot show them."""

from typing import Final

import msgspec

from ftpwatch.core.state.phases import Phase
from ftpwatch.core.text.tone import ASCII_GLYPHS, GLYPHS, Tone, in_ascii

__all__ = ["ASCII", "UNICODE", "Signs", "bar", "sparkline"]


class Signs(msgspec.Struct, frozen=True):
    """Everything that is drawn and not written."""

    glyphs: dict[Tone, str]
    phases: dict[Phase, str]
    silent: str
    cursor: str
    more: str
    cut: str
    eighths: str
    sparks: str
    bar_ends: tuple[str, str]
    unfolded: str
    dense: str
    bar_mark: str
    tick: str
    mark: str
    ascii_only: bool = False

    def text(self, plain: str) -> str:
        """`plain` as this terminal can show them."""
        return in_ascii(plain) if self.ascii_only else plain


_LIVE: Final = (Phase.READY, Phase.TRANSFER)
_UNDER_WAY: Final = (Phase.CONNECTING, Phase.GREETING, Phase.TLS, Phase.LOGIN, Phase.QUIT)


def _phases(live: str, under_way: str, waiting: str, closed: str) -> dict[Phase, str]:
    return {
        **dict.fromkeys(_LIVE, live),
        **dict.fromkeys(_UNDER_WAY, under_way),
        Phase.WAITING: waiting,
        Phase.CLOSED: closed,
    }


UNICODE: Final = Signs(
    glyphs=GLYPHS,
    phases=_phases("●", "◌", "○", "✗"),
    silent="◐",
    cursor="▸",
    more="▸",
    cut="…",
    eighths=" ▏▎▍▌▋▊▉█",
    sparks="▁▂▃▄▅▆▇",
    bar_ends=("▕", "▏"),
    unfolded="▾",
    dense="▎▌▊█",
    bar_mark="─",
    tick="╷",
    mark="*",
)
ASCII: Final = Signs(
    glyphs=ASCII_GLYPHS,
    phases=_phases("o", "-", ".", "x"),
    silent="?",
    cursor=">",
    more=">",
    cut="~",
    eighths=" #",
    sparks="._-=^",
    bar_ends=("[", "]"),
    unfolded="v",
    dense=".:!#",
    bar_mark="-",
    tick="|",
    mark="*",
    ascii_only=True,
)


def bar(share: float, width: int, signs: Signs) -> str:
    """A bar of `width` columns, filled by `share` of 0..1."""
    steps = len(signs.eighths) - 1
    filled = round(max(0.0, min(1.0, share)) * width * steps)
    whole, part = divmod(filled, steps)
    body = signs.eighths[-1] * whole + (signs.eighths[part] if whole < width else "")
    left, right = signs.bar_ends
    return f"{left}{body[:width]:<{width}}{right}"


def sparkline(rtts: tuple[float | None, ...], width: int, signs: Signs) -> str:
    """The last `width` latencies against the largest of them; a lost reply is a gap."""
    shown = rtts[-width:]
    largest = max((rtt for rtt in shown if rtt is not None), default=0.0) or 1.0
    top = len(signs.sparks) - 1
    marks = (" " if rtt is None else signs.sparks[round(rtt / largest * top)] for rtt in shown)
    return "".join(marks).rjust(width)
