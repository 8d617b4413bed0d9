"""What a terminal can show, by its environment."""

import pytest

from ftpwatch.core.text.terminal import Colours, colours_of, writes_ascii_only

DEEP = {"TERM": "xterm-256color"}


@pytest.mark.parametrize(
    ("wanted", "environment", "colours"),
    [
        ("auto", DEEP, Colours.MANY),
        ("auto", {"TERM": "xterm", "COLORTERM": "truecolor"}, Colours.MANY),
        ("auto", {"TERM": "xterm-kitty"}, Colours.MANY),
        ("auto", {"TERM": "linux", "TEXTUAL_COLOR_SYSTEM": "truecolor"}, Colours.MANY),
        ("auto", {"TERM": "xterm"}, Colours.SIXTEEN),
        ("auto", {"TERM": "xterm-16color"}, Colours.SIXTEEN),
        ("auto", {"TERM": "linux"}, Colours.SIXTEEN),
        ("auto", {}, Colours.SIXTEEN),
        ("auto", {"TERM": "vt100"}, Colours.NONE),
        ("auto", {"TERM": "VT220-w", "COLORTERM": "truecolor"}, Colours.NONE),
        ("auto", {"TERM": "xterm-mono"}, Colours.NONE),
        ("auto", {"TERM": "dumb"}, Colours.NONE),
        ("always", {"TERM": "vt100"}, Colours.SIXTEEN),
        ("auto", {**DEEP, "NO_COLOR": "1"}, Colours.NONE),
        ("auto", {**DEEP, "NO_COLOR": ""}, Colours.MANY),
        ("always", {**DEEP, "NO_COLOR": "1"}, Colours.MANY),
        ("never", {**DEEP}, Colours.NONE),
        ("auto", {"TERM": "x" * 100_000 + "-256color"}, Colours.MANY),
    ],
)
def test_how_many_colours(wanted: str, environment: dict[str, str], colours: Colours) -> None:
    assert colours_of(wanted, environment) is colours


@pytest.mark.parametrize(
    ("environment", "coerced", "ascii_only"),
    [
        ({"LANG": "C"}, False, True),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, False, True),
        ({"LC_ALL": "POSIX"}, False, True),
        ({"LC_CTYPE": "C.UTF-8", "LANG": "C"}, False, False),
        ({"LC_CTYPE": "C.UTF-8", "LANG": "C"}, True, True),  # Python put it there
        ({"LC_CTYPE": "C.UTF-8"}, True, False),
        ({"LANG": "C.UTF-8"}, False, False),
        ({"LC_ALL": "", "LANG": "C"}, False, True),
        ({}, False, False),
        ({"TERM": "linux", "LANG": "C.UTF-8"}, False, True),
        ({"TERM": "vt100"}, False, True),
        ({"TERM": "xterm-256color"}, False, False),
        ({"TERM": "screen"}, False, False),
    ],
)
def test_where_only_ascii_is_shown(
    environment: dict[str, str], coerced: bool, ascii_only: bool
) -> None:
    assert writes_ascii_only(environment, coerced=coerced) is ascii_only
