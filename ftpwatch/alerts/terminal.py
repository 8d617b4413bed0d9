"""An alert on the terminal itself: its bell, and a notification that it shows.

OSC 9 is iTerm2's and kitty's, OSC 777 that of urxvt, foot, Ghostty, WezTerm, Konsole, Contour and
of VTE where a distribution adds it; a terminal that knows neither ignores both, but for consoles,
which get none. Under tmux a notification goes to the terminal outside, where `allow-passthrough`
lets it; the bell tmux handles itself. What a server said is neutralised and bounded.
"""

import subprocess
from collections.abc import Callable, Mapping
from typing import Final

from ftpwatch.core.state.alert import Alert
from ftpwatch.core.text.alert_text import alert_body, alert_title
from ftpwatch.core.text.neutral import shortened

__all__ = ["TerminalSignal", "terminal_signal"]

_BELL: Final = "\a"
_ESC: Final = "\x1b"
_LONGEST: Final = 200
_WITH_777: Final = ("rxvt", "foot", "ghostty", "wezterm", "konsole", "contour", "vte")
_CONSOLES: Final = ("linux", "dumb", "vt1", "vt2", "cons", "sun")
_TMUX_SECONDS: Final = 1.0
_ASKED: Final = ("tmux", "display-message", "-p", "#{client_termname} #{allow-passthrough}")
_SHUT: Final = (
    "tmux lets no notification through to the terminal; `tmux set -g allow-passthrough on` does, "
    "from tmux 3.3 on"
)
_NONE: Final = "a terminal called {} shows no notifications"


class TerminalSignal:
    """`way` is osc9, osc777 or None; `problem` is why there is none though one was wanted."""

    def __init__(
        self, *, bell: bool, way: str | None, in_tmux: bool = False, problem: str | None = None
    ) -> None:
        self._bell, self._way, self._in_tmux, self.problem = bell, way, in_tmux, problem

    @property
    def is_wanted(self) -> bool:
        """There is something to do at an alert, or to say of it."""
        return self._bell or self._way is not None or self.problem is not None

    def sequence(self, alert: Alert) -> str:
        """What the terminal is given; it moves nothing on the screen."""
        return f"{self._notification(alert)}{_BELL if self._bell else ''}"

    def _notification(self, alert: Alert) -> str:
        title = shortened(alert_title(alert), _LONGEST)
        body = shortened(alert_body(alert).split("\n", 1)[0], _LONGEST)
        match self._way:
            case "osc9":
                sequence = f"{_ESC}]9;{title}: {body}{_BELL}"
            case "osc777":
                sequence = f"{_ESC}]777;notify;{title.replace(';', ',')};{body}{_BELL}"
            case _:
                return ""
        if not self._in_tmux:
            return sequence
        return f"{_ESC}Ptmux;{sequence.replace(_ESC, _ESC * 2)}{_ESC}\\"


def terminal_signal(
    bell: bool,
    wanted: str,
    environment: Mapping[str, str],
    ask_tmux: Callable[[], str | None] | None = None,
) -> TerminalSignal:
    """As `wanted` (auto, osc9, osc777, off) says, on the terminal that `environment` tells of;
    `ask_tmux` gives the name of the terminal outside and whether it is let through.
    """
    if wanted == "off":
        return TerminalSignal(bell=bell, way=None)
    names = [environment.get(name, "") for name in ("TERM", "TERM_PROGRAM", "LC_TERMINAL")]
    names += [name for name in ("vte", "konsole") if environment.get(f"{name.upper()}_VERSION")]
    in_tmux = bool(environment.get("TMUX"))
    if in_tmux:
        outside, _, passes = ((ask_tmux or _ask_tmux)() or "").rpartition(" ")
        if passes not in ("on", "all", "1", "2"):
            return TerminalSignal(bell=bell, way=None, problem=_SHUT)
        names = [outside or "tmux", *names[1:]]  # perhaps nobody is attached yet
    if not names[0] or names[0].startswith(_CONSOLES):
        problem = _NONE.format(repr(names[0][:40]))
        return TerminalSignal(bell=bell, way=None, problem=problem)
    way = wanted if wanted != "auto" else _way_of(" ".join(names).lower())
    return TerminalSignal(bell=bell, way=way, in_tmux=in_tmux)


def _way_of(names: str) -> str:
    return "osc777" if any(name in names for name in _WITH_777) else "osc9"


def _ask_tmux() -> str | None:
    try:
        done = subprocess.run(
            _ASKED, capture_output=True, text=True, timeout=_TMUX_SECONDS, check=True,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
