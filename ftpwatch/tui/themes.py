"""Themes: Okabe and Ito's blue and orange as the base pair; red against green never decides.

What a style sheet may use, in every theme of ours at 4.5:1 or more on each background there is
(`$background`, `$surface`, `$panel`, and a selected row's
`$block-cursor-blurred-background`):

    $foreground   what is written          $text-muted, $text-disabled   what matters less
    $success      well                     $primary, $accent             headings, keys
    $warning      wants looking at         $secondary                    frames, lines, bars
    $error        bad

A sign or a word says the same: with 16 colours only the terminal's own theme is drawn, and without
any the plain one.
"""

from typing import Final

from textual.theme import Theme

from ftpwatch.core.text.terminal import Colours

__all__ = ["DEFAULT_THEME", "PLAIN", "THEMES", "themes_for", "why_no_other"]

DEFAULT_THEME: Final = "dark"


def _calm(muted: str, foreground: str, cursor: str, chosen: str, track: str) -> dict[str, str]:
    """What Textual would blend with the background until it is hard to read; `chosen` is the
    background of what is selected, `track` that of scrollbars.
    """
    names = ("text-muted", "text-disabled", "foreground-muted", "foreground-disabled")
    return {
        **dict.fromkeys(names, muted),
        "text": foreground,
        "block-cursor-foreground": cursor,
        "input-cursor-background": foreground,
        "input-cursor-foreground": cursor,
        "input-selection-background": chosen,
        "input-selection-foreground": foreground,
        "block-cursor-blurred-background": chosen,
        "block-cursor-blurred-foreground": foreground,
        "screen-selection-background": chosen,
        "screen-selection-foreground": foreground,
        **dict.fromkeys(("scrollbar", "scrollbar-hover", "scrollbar-active"), muted),
        "scrollbar-background": track,
        "scrollbar-background-hover": track,
        "scrollbar-background-active": track,
    }


def _own(name: str, variables: dict[str, str]) -> Theme:
    """Drawn in the colours that the terminal has: its own default behind everything."""
    default = "ansi_default"
    own = {
        **_calm(default, default, default, default, default),
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        "block-cursor-background": default,
        "block-cursor-text-style": "reverse",
        "block-cursor-blurred-text-style": "reverse",
        "input-cursor-text-style": "reverse",
    }
    return Theme(
        name=name,
        primary=variables.pop("primary", default),
        secondary=variables.pop("secondary", default),
        accent=variables.pop("accent", default),
        warning=variables.pop("warning", default),
        error=variables.pop("error", default),
        success=variables.pop("success", default),
        foreground=default,
        background=default,
        surface=default,
        panel=default,
        boost=default,
        ansi=True,
        variables={**own, **variables},
    )


THEMES: Final = {
    "dark": Theme(
        name="ftpwatch-dark",
        primary="#56b4e9",
        secondary="#4f9bd4",
        accent="#d98bb5",
        warning="#e69f00",
        error="#ff7f2a",
        success="#56b4e9",
        foreground="#d8dee6",
        background="#10151b",
        surface="#161d25",
        panel="#1f2833",
        dark=True,
        variables=_calm("#a3aeba", "#d8dee6", "#10151b", "#213d4e", "#1f2833"),
    ),
    "light": Theme(
        name="ftpwatch-light",
        primary="#00568a",
        secondary="#005f99",
        accent="#80345c",
        warning="#744a00",
        error="#933400",
        success="#00568a",
        foreground="#1b222a",
        background="#fbfbf8",
        surface="#f3f3ee",
        panel="#e6e7e2",
        dark=False,
        variables=_calm("#4a535d", "#1b222a", "#fbfbf8", "#bcd2dc", "#e6e7e2"),
    ),
    "contrast": Theme(
        name="ftpwatch-contrast",
        primary="#7fd0ff",
        secondary="#7fd0ff",
        accent="#ffb3dc",
        warning="#ffc83d",
        error="#ffa64d",
        success="#7fd0ff",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#222222",
        dark=True,
        variables=_calm("#d6d6d6", "#ffffff", "#000000", "#004a7c", "#222222"),
    ),
    # Its background may be black or white: yellow is lost on the one, plain blue on the other.
    "terminal": _own(
        "ftpwatch-terminal",
        {
            "primary": "ansi_bright_blue",
            "secondary": "ansi_bright_blue",
            "accent": "ansi_magenta",
            "warning": "ansi_bright_red",
            "error": "ansi_bright_red",
            "success": "ansi_bright_blue",
        },
    ),
}
PLAIN: Final = _own("ftpwatch-plain", {})


def themes_for(colours: Colours) -> tuple[Theme, ...]:
    """Those that a terminal with `colours` can draw."""
    match colours:
        case Colours.MANY:
            return tuple(THEMES.values())
        case Colours.SIXTEEN:
            return (THEMES["terminal"],)
        case Colours.NONE:
            return (PLAIN,)


def why_no_other(colours: Colours) -> str:
    """Why there is one theme only."""
    if colours is Colours.NONE:
        return "There is one theme without colours (NO_COLOR, --color never, or this terminal)"
    return "This terminal says it has 16 colours: its own are used"
