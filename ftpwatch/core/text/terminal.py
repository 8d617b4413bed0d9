"""What a terminal can show, by what its environment says of it. Pure.

Where nothing is said, UTF-8 is taken for granted, as Python does.
"""

import re
from collections.abc import Mapping
from enum import StrEnum, auto
from typing import Final

__all__ = ["Colours", "colours_of", "writes_ascii_only"]

_NO_COLOUR: Final = re.compile(r"(vt52|vt[1-4]\d\d|wy\d+)(-.*)?|.*-(m|mono)|dumb|unknown")
# The console of Linux, and others of fixed fonts, have a few hundred signs, not ours.
_FIXED_FONT: Final = re.compile(r"(linux|ansi|pcansi|cons\d+|sun|vt\d+|wy\d+)(-.*)?|dumb|unknown")
_DEEP: Final = re.compile(r".*-(256color|kitty)")  # as Rich has it, which writes the colours
_NO_LANGUAGE: Final = ("C", "POSIX")


class Colours(StrEnum):
    """How many of them there are."""

    NONE = auto()
    SIXTEEN = auto()
    MANY = auto()


def colours_of(wanted: str, environment: Mapping[str, str]) -> Colours:
    """`wanted` is what the user says: auto, always or never. `NO_COLOR` counts where it is not
    empty (no-color.org) and nobody says always; `TEXTUAL_COLOR_SYSTEM` before the rest.
    """
    if wanted == "never" or (wanted == "auto" and environment.get("NO_COLOR")):
        return Colours.NONE
    kind = environment.get("TERM", "").strip().lower()
    if wanted == "auto" and _NO_COLOUR.fullmatch(kind):
        return Colours.NONE
    told = environment.get("TEXTUAL_COLOR_SYSTEM", "").strip().lower()
    if told in ("truecolor", "256"):
        return Colours.MANY
    deep = environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit")
    return Colours.MANY if deep or _DEEP.fullmatch(kind) else Colours.SIXTEEN


def writes_ascii_only(environment: Mapping[str, str], *, coerced: bool = False) -> bool:
    """The locale is C, or the terminal has a font that does not hold our signs. `coerced` where
    Python has put a locale of its own into LC_CTYPE (PEP 538), which is not the user's word then.
    """
    if _FIXED_FONT.fullmatch(environment.get("TERM", "").strip().lower()):
        return True
    names = ("LC_ALL", "LANG") if coerced else ("LC_ALL", "LC_CTYPE", "LANG")
    locale = next((found for name in names if (found := environment.get(name))), "")
    return locale in _NO_LANGUAGE
