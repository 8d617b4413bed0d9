"""What the user wants sent to keep a session: interval, command, jitter, or what a client does."""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from ftpwatch.config.errors import ConfigError
from ftpwatch.core.ftp.keep_alive_policy import PRESETS, is_too_fast, policy_of
from ftpwatch.core.text.durations import parse_interval

__all__ = ["KeepAlive", "keep_alive_of"]

_BUILT_IN: Final = "30s"
_NO_JITTER: Final = "0%"
_MOST_JITTER: Final = 50.0


class KeepAlive(msgspec.Struct, frozen=True):
    """`seconds` None is off; `jitter` is a share of it."""

    seconds: float | None
    command: str
    jitter: float


class _Source(Protocol):
    """Flags, a profile or the file's defaults; None where unsaid."""

    @property
    def keep_alive(self) -> str | None: ...

    @property
    def keep_alive_command(self) -> str | None: ...

    @property
    def keep_alive_like(self) -> str | None: ...

    @property
    def keep_alive_jitter(self) -> str | None: ...


def keep_alive_of(sources: Sequence[_Source], host: str, *, forced: bool) -> KeepAlive:
    """The first source that says something wins, item by item; a client that is imitated takes
    the place of interval and command. Raises ConfigError that names what is accepted.
    """
    seconds: str | None = None
    command: str | None = None
    jitter = next(
        (s.keep_alive_jitter for s in sources if s.keep_alive_jitter is not None), _NO_JITTER
    )
    for source in sources:
        like = source.keep_alive_like
        if like is not None and (source.keep_alive or source.keep_alive_command):
            raise ConfigError(
                "keep-alive-like says interval and command: it excludes keep-alive and "
                "keep-alive-command"
            )
        if like is not None and seconds is None and command is None:
            if jitter != _NO_JITTER:
                raise ConfigError("keep-alive-jitter has no place beside keep-alive-like")
            return _like(like)
        seconds = seconds or source.keep_alive
        command = command or source.keep_alive_command
    return _written(seconds or _BUILT_IN, command or "NOOP", jitter, host, forced=forced)


def _like(name: str) -> KeepAlive:
    preset = PRESETS.get(name)
    if preset is None:
        raise ConfigError(f"keep-alive-like {name!r} is none of {', '.join(PRESETS)}")
    return KeepAlive(preset.interval_seconds, preset.name, 0.0)


def _written(seconds: str, command: str, jitter: str, host: str, *, forced: bool) -> KeepAlive:
    if command.strip().lower() in PRESETS:
        raise ConfigError(
            f"keep-alive-command {command!r} is a client: write keep-alive-like {command}"
        )
    try:
        every = parse_interval(seconds, "keep-alive")
        name = policy_of(command).name
    except ValueError as error:
        raise ConfigError(str(error)) from None
    if is_too_fast(every, host) and not forced:
        raise ConfigError(
            f"keep-alive {seconds!r} is under 1s and would burden {host}: use 1s or more, or "
            "insist with --force"
        )
    return KeepAlive(every, name, _share(jitter))


def _share(text: str) -> float:
    number = text.strip().removesuffix("%")
    try:
        percent = float(number)
    except ValueError:
        percent = -1.0
    if not text.strip().endswith("%") or not 0 <= percent <= _MOST_JITTER:
        raise ConfigError(f"keep-alive-jitter {text!r} is none of 0% to {_MOST_JITTER:g}%")
    return percent / 100
