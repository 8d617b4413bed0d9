"""Themes: Okabe and Ito's blue and orange as the base pair; red against green never decides."""

from typing import Final

from textual.theme import Theme

__all__ = ["DEFAULT_THEME", "THEMES"]

DEFAULT_THEME: Final = "dark"

THEMES: Final = {
    "dark": Theme(
        name="ftpwatch-dark",
        primary="#56b4e9",
        secondary="#0072b2",
        accent="#cc79a7",
        warning="#e69f00",
        error="#ff7f2a",
        success="#56b4e9",
        foreground="#d8dee6",
        background="#10151b",
        surface="#161d25",
        panel="#1f2833",
        dark=True,
    ),
    "light": Theme(
        name="ftpwatch-light",
        primary="#00598c",
        secondary="#0072b2",
        accent="#8a3d66",
        warning="#8a5a00",
        error="#a63c00",
        success="#00598c",
        foreground="#1b222a",
        background="#fbfbf8",
        surface="#f3f3ee",
        panel="#e6e7e2",
        dark=False,
    ),
    "contrast": Theme(
        name="ftpwatch-contrast",
        primary="#7fd0ff",
        secondary="#7fd0ff",
        accent="#ffffff",
        warning="#ffc83d",
        error="#ffa64d",
        success="#7fd0ff",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#222222",
        dark=True,
    ),
    "terminal": Theme(
        name="ftpwatch-terminal",
        primary="ansi_bright_blue",
        secondary="ansi_blue",
        accent="ansi_magenta",
        warning="ansi_yellow",
        error="ansi_bright_yellow",
        success="ansi_bright_blue",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        ansi=True,
        variables={"ansi-background": "ansi_black", "ansi-foreground": "ansi_white"},
    ),
}
