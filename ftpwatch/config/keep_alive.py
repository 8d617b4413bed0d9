"""What the user wants sent to keep a session: interval, command, jitter, or what a client does."""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from ftpwatch.config.errors import ConfigError
from ftpwatch.config.settings import BUILT_IN
from ftpwatch.core.ftp.keep_alive_policy import PRESETS, is_too_fast, policy_of
from ftpwatch.core.text.durations import parse_interval

__all__ = ["KeepAlive", "check_command", "check_jitter", "check_like", "choose", "keep_alive_of"]

_NAMES: Final = ("keep_alive", "keep_alive_command", "keep_alive_like", "keep_alive_jitter")
_MOST_JITTER: Final = 50.0


class KeepAlive(msgspec.Struct, frozen=True):
    """`seconds` None is off; `jitter` is a share of it."""

    seconds: float | None
    command: str
    jitter: float


class _Source(Protocol):
    """Flags, the environment, a profile or the file's defaults; None where unsaid."""

    @property
    def keep_alive(self) -> str | None: ...

    @property
    def keep_alive_command(self) -> str | None: ...

    @property
    def keep_alive_like(self) -> str | None: ...

    @property
    def keep_alive_jitter(self) -> str | None: ...


def choose(sources: Sequence[_Source]) -> dict[str, int]:
    """Which of `sources` decides what: its number by the name of the setting, none where nobody
    says it. The first that says something wins, item by item; a client that is imitated takes the
    place of interval, command and jitter. Raises ConfigError where one of them says both.
    """
    chosen: dict[str, int] = {}
    for number, source in enumerate(sources):
        said = [name for name in _NAMES if getattr(source, name) is not None]
        if "keep_alive_like" in said and {"keep_alive", "keep_alive_command"} & {*said}:
            raise ConfigError(
                "keep-alive-like says interval and command: it excludes keep-alive and "
                "keep-alive-command"
            )
        if "keep_alive_like" in said and not {"keep_alive", "keep_alive_command"} & {*chosen}:
            if "keep_alive_jitter" in {*said, *chosen}:
                raise ConfigError("keep-alive-jitter has no place beside keep-alive-like")
            return {"keep_alive_like": number}
        for name in said:
            if name != "keep_alive_like":
                chosen.setdefault(name, number)
    return chosen


def keep_alive_of(sources: Sequence[_Source], host: str, *, forced: bool) -> KeepAlive:
    """What `sources` say together, for `host`. Raises ConfigError that names what is accepted."""
    chosen = choose(sources)
    if "keep_alive_like" in chosen:
        preset = PRESETS[check_like(str(sources[chosen["keep_alive_like"]].keep_alive_like))]
        return KeepAlive(preset.interval_seconds, preset.name, 0.0)
    seconds, command, jitter = (
        str(getattr(sources[chosen[name]], name) if name in chosen else BUILT_IN[name])
        for name in ("keep_alive", "keep_alive_command", "keep_alive_jitter")
    )
    try:
        every = parse_interval(seconds, "keep-alive")
    except ValueError as error:
        raise ConfigError(str(error)) from None
    if is_too_fast(every, host) and not forced:
        raise ConfigError(
            f"keep-alive {seconds!r} is under 1s and would burden {host}: use 1s or more, or "
            "insist with --force"
        )
    return KeepAlive(every, check_command(command), check_jitter(jitter))


def check_like(name: str) -> str:
    """`name`, where a client is called so. Raises ConfigError."""
    if name not in PRESETS:
        raise ConfigError(f"keep-alive-like {name!r} is none of {', '.join(PRESETS)}")
    return name


def check_command(command: str) -> str:
    """The name of the policy that `command` is. Raises ConfigError."""
    if command.strip().lower() in PRESETS:
        raise ConfigError(
            f"keep-alive-command {command!r} is a client: write keep-alive-like {command}"
        )
    try:
        return policy_of(command).name
    except ValueError as error:
        raise ConfigError(str(error)) from None


def check_jitter(text: str) -> float:
    """The share that `text` is, 0 to 0.5. Raises ConfigError."""
    number = text.strip().removesuffix("%")
    try:
        percent = float(number)
    except ValueError:
        percent = -1.0
    if not text.strip().endswith("%") or not 0 <= percent <= _MOST_JITTER:
        raise ConfigError(
            f"keep-alive-jitter {text!r} is not a share; write 0% to {_MOST_JITTER:g}%, as 10%"
        )
    return percent / 100
