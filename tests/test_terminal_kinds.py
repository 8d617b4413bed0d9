"""What reaches a terminal, in bytes, where it or its user wants less; and how it is given back."""

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator

import pytest
from _pytest.mark import ParameterSet
from test_terminal import LEAVES_ALTERNATE_SCREEN, SHOWS_CURSOR, STOPS_MOUSE, Terminal

ENTERS_ALTERNATE_SCREEN = b"\x1b[?1049h"
COLOUR = re.compile(rb"\x1b\[[\d;]*?(?:[34]8;[25]|\b(?:3[0-79]|4[0-79]|9[0-7]|10[0-7]))[\d;]*m")
DEEP_COLOUR = re.compile(rb"[34]8;[25];")

Start = Callable[..., Terminal]


def long(*values: object) -> ParameterSet:
    """A program more to start: not each time."""
    return pytest.param(*values, marks=pytest.mark.long)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts the demo in a terminal whose environment is other than ours, until it is drawn."""
    made: list[Terminal] = []

    def started(
        *words: str, drawn: bytes = b"q quit", shell: str | None = None, **environment: str
    ) -> Terminal:
        wanted = {"LC_ALL": "C.UTF-8", "COLORTERM": "", "NO_COLOR": "", **environment}
        terminal = Terminal("", "demo", *words, shell=shell, environment=wanted)
        made.append(terminal)
        terminal.read_until(drawn)
        return terminal

    yield started
    for terminal in made:
        terminal.close()


def left(terminal: Terminal) -> bytes:
    """All that it wrote, once the user has left."""
    terminal.type(b"t")  # another theme, where there is one
    terminal.type(b"?")
    terminal.read_until(b"DIALOGUE")
    terminal.type(b"q")
    terminal.read_until(b"Sessions")
    terminal.type(b"Q")
    assert terminal.finish() == 0
    return terminal.output


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        ((), {"NO_COLOR": "1"}),
        long(("--color", "never"), {"COLORTERM": "truecolor"}),
        long((), {"TERM": "vt100", "COLORTERM": "truecolor"}),
    ],
)
@pytest.mark.long
def test_without_colours_only_attributes_are_sent(
    start: Start, words: tuple[str, ...], environment: dict[str, str]
) -> None:
    output = left(start(*words, **environment))
    assert not COLOUR.findall(output)
    assert re.search(rb"\x1b\[(?:\d;)*[17]m", output)  # bold, or reversed


@pytest.mark.long
def test_an_empty_no_color_says_nothing(start: Start) -> None:
    assert DEEP_COLOUR.search(left(start(NO_COLOR="", COLORTERM="truecolor")))


@pytest.mark.parametrize("kind", ["xterm", long("xterm-16color"), long("linux")])
@pytest.mark.long
def test_sixteen_colours_are_the_terminals_own(start: Start, kind: str) -> None:
    output = left(start(TERM=kind))
    assert COLOUR.search(output) and not DEEP_COLOUR.search(output)


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        long(("--ascii",), {}),
        ((), {"LC_ALL": "C"}),
        long((), {"LC_ALL": "", "LC_CTYPE": "", "LANG": "C"}),
        long((), {"TERM": "linux"}),
        long((), {"TERM": "vt100"}),
    ],
)
@pytest.mark.long
def test_no_byte_above_127_where_only_ascii_is_shown(
    start: Start, words: tuple[str, ...], environment: dict[str, str]
) -> None:
    output = left(start(*words, **environment))
    assert output.isascii()
    assert b"===" in output and b"---" in output  # frames, with and without the focus


def test_stream_mode_is_ascii_in_the_locale_c_and_plain_without_colours(start: Start) -> None:
    words = ("--mode", "stream", "--speed", "50", "--for", "1s")
    terminal = start(*words, drawn=b"watch started", LC_ALL="C", TERM="vt100")
    terminal.finish()
    assert terminal.output.isascii() and b"\x1b[" not in terminal.output


# --- ctrl+z, SIGTSTP ---------------------------------------------------------------------------


@pytest.mark.parametrize("opens", [long(b""), b"a"])
@pytest.mark.long
def test_who_has_no_shell_to_go_back_to_is_not_stopped_for_ever(start: Start, opens: bytes) -> None:
    """Nobody could continue it: the kernel ignores the stop, and the screen is taken again."""
    terminal = start()
    shown = b"Watch which server" if opens else b"q quit"
    terminal.type(opens)
    terminal.read_until(shown)
    terminal.output = b""
    terminal.process.send_signal(signal.SIGTSTP)
    terminal.read_until(LEAVES_ALTERNATE_SCREEN)
    terminal.read_until(ENTERS_ALTERNATE_SCREEN)
    terminal.output = terminal.output.rpartition(ENTERS_ALTERNATE_SCREEN)[2]
    terminal.read_until(shown)
    terminal.type(b"\x03")
    assert terminal.finish() == 130


@pytest.mark.parametrize(
    ("opens", "shown", "by_key"),
    [
        (b"a", b"Watch which server", True),
        long(b"?", b"DIALOGUE", False),
        long(b":", b"Search", True),
    ],
)
@pytest.mark.long
def test_a_dialog_is_suspended_and_comes_back(
    start: Start, opens: bytes, shown: bytes, by_key: bool
) -> None:
    terminal = start(shell="bash", drawn=b"bash-")
    terminal.type(b"stty -echo; PS1=READY; " + f"{sys.executable} -m ftpwatch demo\n".encode())
    terminal.read_until(b"q quit", 20)
    terminal.type(opens)
    terminal.read_until(shown)
    terminal.output = b""
    if by_key:
        terminal.type(b"\x1a")
    else:
        os.killpg(os.tcgetpgrp(terminal.master), signal.SIGTSTP)
    terminal.read_until(b"Stopped")
    assert LEAVES_ALTERNATE_SCREEN in terminal.output
    assert STOPS_MOUSE in terminal.output and SHOWS_CURSOR in terminal.output
    terminal.output = b""
    terminal.type(b"echo the $((6 * 7))nd\n")
    terminal.read_until(b"the 42nd")
    assert ENTERS_ALTERNATE_SCREEN not in terminal.output
    terminal.type(b"fg\n")
    terminal.read_until(ENTERS_ALTERNATE_SCREEN)
    terminal.read_until(shown)
    terminal.output = b""
    terminal.type(b"\x03")
    terminal.read_until(b"READY")
    terminal.type(b"echo the $?th\nexit\n")
    terminal.read_until(b"the 130th")
    terminal.finish()
