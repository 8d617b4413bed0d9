"""What a setting may say: every value of the configuration and the environment is tried by these,
whether it is used or not.
"""

import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from ftpwatch.config.address import parse_address
from ftpwatch.config.keep_alive import check_command, check_jitter, check_like
from ftpwatch.config.settings import Profile, Settings
from ftpwatch.config.sizes import LEAST_PART, parse_size
from ftpwatch.core.ftp.target import Reconnect, TlsMode
from ftpwatch.core.text.durations import parse_duration, parse_interval
from ftpwatch.core.text.neutral import shortened

__all__ = ["CHOICES", "MOST_SESSIONS", "contradictions", "value_problem"]

MOST_SESSIONS: Final = 5_000
CHOICES: Final[Mapping[str, Sequence[str]]] = {
    "reconnect": tuple(Reconnect),
    "tls": ("require", "try", "off"),
    "ask": ("once", "never"),
    "theme": ("dark", "light", "contrast", "terminal"),
    "color": ("auto", "always", "never"),
    "motion": ("full", "none"),
    "notify_terminal": ("auto", "osc9", "osc777", "off"),
}
_LONGEST_SHOWN: Final = 80


def value_problem(name: str, value: object) -> str | None:
    """Why `value`, which has the right type, cannot be the setting `name`; None where it can."""
    choices = CHOICES.get(name)
    if choices is not None and value not in choices:
        shown = shortened(repr(value), _LONGEST_SHOWN)
        return f"{name} {shown} is none of {', '.join(choices)}"
    check = _CHECKS.get(name)
    try:
        if check is not None:
            check(value)
    except ValueError as error:
        return str(error)
    return None


def contradictions(settings: Settings) -> dict[str, str]:
    """What in one table excludes one another: a sentence by the key that is too many."""
    problems = {}
    if settings.keep_alive_like is not None:
        for name in ("keep_alive", "keep_alive_command", "keep_alive_jitter"):
            if getattr(settings, name) is not None:
                problems[name] = f"{name} has no place beside keep_alive_like, which says all of it"
    if isinstance(settings, Profile) and settings.tls == "off" and _is_secure(settings.url):
        problems["tls"] = "tls 'off' contradicts ftpes:// and ftps://; write ftp:// instead"
    return problems


def _is_secure(url: str) -> bool:
    return value_problem("url", url) is None and parse_address(url).tls is not TlsMode.OFF


def _sessions(number: int) -> None:
    if not 1 <= number <= MOST_SESSIONS:
        shown = shortened(str(number), 20) if abs(number) < 10**100 else "of over 100 digits"
        raise ValueError(f"sessions {shown} is out of range; 1 to {MOST_SESSIONS} are accepted")


def _size(name: str, text: str, least: int) -> None:
    if parse_size(text, name) < least:
        raise ValueError(f"{name} {text!r} is too small; 1MiB or more is accepted")


def _number(name: str, most: int) -> Callable[[int], None]:
    def check(number: int) -> None:
        if not 1 <= number <= most:
            raise ValueError(f"{name} is out of range; 1 to {most} are accepted")

    return check


def _command(text: str) -> None:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise ValueError(f"on_end cannot be taken apart: {error}") from None
    if not words:
        raise ValueError("on_end is empty; it names a program")


def _places(places: Sequence[str]) -> None:
    if not all(place.strip() and place.isprintable() for place in places):
        raise ValueError(
            'notify holds what is not a place; write ["@FILE"], or URLs without secrets'
        )


def _one_line(name: str) -> Callable[[str], None]:
    def check(text: str) -> None:
        if not text.strip() or not text.isprintable():
            raise ValueError(f"{name} must be one line of text that is not empty")

    return check


_CHECKS: Final[Mapping[str, Callable[..., object]]] = {
    "keep_alive": lambda text: parse_interval(text, "keep_alive"),
    "keep_alive_command": check_command,
    "keep_alive_like": check_like,
    "keep_alive_jitter": check_jitter,
    "timeout": lambda text: parse_duration(text, "timeout"),
    "sessions": _sessions,
    "url": parse_address,
    "keyring": _one_line("keyring"),
    "part_size": lambda text: _size("part_size", text, LEAST_PART),
    "keep_size": lambda text: _size("keep_size", text, LEAST_PART),
    "part_hours": _number("part_hours", 24 * 365),
    "keep_days": _number("keep_days", 36_500),
    "on_end": _command,
    "notify": _places,
    **{name: _one_line(name) for name in ("ca", "cert", "key")},
}
