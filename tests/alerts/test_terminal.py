"""Bell and notification: which sequence for which terminal, what it holds, and through tmux."""

import pytest

from alerts.made import made
from ftpwatch.alerts.terminal import TerminalSignal, terminal_signal

BEL, ESC = "\a", "\x1b"


def told(wanted: str, tmux: str | None = None, **environment: str) -> TerminalSignal:
    return terminal_signal(False, wanted, {"TERM": "xterm-256color", **environment}, lambda: tmux)


def test_nothing_is_sent_where_nobody_wants_it() -> None:
    signal = terminal_signal(False, "off", {"TERM": "xterm"})
    assert not signal.is_wanted and signal.sequence(made()) == ""


def test_the_bell_is_one_character() -> None:
    assert terminal_signal(True, "off", {}).sequence(made()) == BEL


@pytest.mark.parametrize(
    ("environment", "number"),
    [({}, 9), ({"TERM_PROGRAM": "iTerm.app"}, 9), ({"TERM": "xterm-kitty"}, 9),
     ({"TERM": "foot"}, 777), ({"TERM": "rxvt-unicode-256color"}, 777),
     ({"TERM_PROGRAM": "ghostty"}, 777), ({"TERM_PROGRAM": "WezTerm"}, 777),
     ({"VTE_VERSION": "7600"}, 777), ({"KONSOLE_VERSION": "230804"}, 777)],
)  # fmt: skip
def test_auto_takes_what_the_terminal_is_known_to_show(
    environment: dict[str, str], number: int
) -> None:
    assert told("auto", **environment).sequence(made()).startswith(f"{ESC}]{number};")


def test_the_two_sequences_hold_title_and_reply() -> None:
    title = "ftpwatch: eu-1 ended: idle limit (certain)"
    assert told("osc9").sequence(made()) == f"{ESC}]9;{title}: 421 Timeout.{BEL}"
    assert told("osc777").sequence(made()) == f"{ESC}]777;notify;{title};421 Timeout.{BEL}"


@pytest.mark.parametrize("wanted", ["osc9", "osc777"])
def test_what_a_server_says_ends_no_sequence_and_begins_none(wanted: str) -> None:
    hostile = f"421 {BEL}{ESC}]0;owned{BEL}{ESC}\\\x9c\x9d\u202e\r\n" + "x" * 5_000
    sequence = told(wanted).sequence(made(heading=hostile, sessions=(f"a;b{ESC}c",)))
    assert sequence[0] == ESC and sequence[-1] == BEL and len(sequence) < 500
    inside = sequence[1:-1]
    assert inside.isprintable() and inside.count(";") <= 4


def test_under_tmux_it_goes_to_the_terminal_outside() -> None:
    signal = told("auto", "foot 1", TERM="tmux-256color", TMUX="/tmp/x,1,0")
    sequence = signal.sequence(made())
    assert sequence.startswith(f"{ESC}Ptmux;{ESC}{ESC}]777;") and sequence.endswith(f"{BEL}{ESC}\\")
    assert signal.problem is None
    nobody_yet = told("auto", " all", TERM="tmux-256color", TMUX="/tmp/x,1,0")
    assert nobody_yet.problem is None and "]9;" in nobody_yet.sequence(made())


@pytest.mark.parametrize("answer", ["foot 0", "foot off", "foot ", "", None])
def test_a_tmux_that_lets_nothing_through_is_said_and_the_bell_still_rings(
    answer: str | None,
) -> None:
    environment = {"TERM": "screen", "TMUX": "/tmp/x,1,0"}
    signal = terminal_signal(True, "osc9", environment, lambda: answer)
    assert signal.sequence(made()) == BEL
    assert signal.problem is not None and "allow-passthrough on" in signal.problem


@pytest.mark.parametrize("term", ["linux", "dumb", "vt100", "", "linux-16color"])
def test_a_console_gets_none_and_that_is_said(term: str) -> None:
    signal = told("auto", TERM=term)
    assert signal.sequence(made()) == "" and "shows no notifications" in str(signal.problem)
