"""What holds in the end, and who says it: for `config show`."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from ftpwatch.config.environment import variable_of
from ftpwatch.config.keep_alive import choose
from ftpwatch.config.key_lines import KeyPath
from ftpwatch.config.settings import BUILT_IN, BUILT_IN_TABLES, Defaults, Profiles, Settings

__all__ = ["Layers", "Setting", "defaults_shown", "plain_shown", "profile_shown"]

_KEEP_ALIVE: Final = (
    "keep_alive", "keep_alive_command", "keep_alive_jitter", "keep_alive_like",
)  # fmt: skip
_LIKE: Final = "keep_alive_like"


class Setting(msgspec.Struct, frozen=True):
    """A value and where it comes from; `source` is one of flag, environment, profile, defaults,
    built in, and `place` says which.
    """

    name: str
    value: str | int | bool | None
    source: str
    place: str = ""


class Layers(msgspec.Struct, frozen=True):
    """Who may say something, besides the profiles; `lines` are those of the file."""

    flags: Defaults
    environment: Defaults
    profiles: Profiles
    lines: Mapping[KeyPath, int]


def defaults_shown(layers: Layers) -> list[Setting]:
    """What holds for a URL, and for a watch as a whole."""
    return _settings(layers, None, Defaults.__struct_fields__)


def profile_shown(layers: Layers, name: str) -> list[Setting]:
    """What holds for the profile `name`."""
    profile = layers.profiles.profile[name]
    own = ("url", "password_command", "keyring")
    places = [(key, getattr(profile, key)) for key in own]
    first = [
        Setting(key, value, "profile", _place(layers, ("profile", name, key)))
        for key, value in places if value is not None
    ]  # fmt: skip
    return [*first, *_settings(layers, name, Settings.__struct_fields__)]


def plain_shown(layers: Layers, table: str) -> list[Setting]:
    """What holds of `[recordings]` or `[alerts]`."""
    said = getattr(layers.profiles, table)
    shown = []
    for name in said.__struct_fields__:
        value = getattr(said, name)
        if value is None:
            shown.append(Setting(name, BUILT_IN_TABLES[name], "built in"))
        else:
            text = " ".join(value) if isinstance(value, tuple) else value
            shown.append(Setting(name, text, "defaults", _place(layers, (table, name))))
    return shown


def _settings(layers: Layers, profile: str | None, names: Sequence[str]) -> list[Setting]:
    said: list[tuple[str, KeyPath, Settings]] = [
        ("flag", (), layers.flags), ("environment", (), layers.environment),
    ]  # fmt: skip
    if profile is not None:
        said.append(("profile", ("profile", profile), layers.profiles.profile[profile]))
    said.append(("defaults", ("defaults",), layers.profiles.defaults))
    decided = choose([settings for _, _, settings in said])
    shown = []
    for name in names:
        if name in _KEEP_ALIVE:
            number = decided.get(name)
            if number is None and _LIKE in decided:
                continue
        else:
            values = [getattr(settings, name, None) for _, _, settings in said]
            number = next((n for n, value in enumerate(values) if value is not None), None)
        if number is None:
            shown.append(Setting(name, BUILT_IN[name], "built in"))
            continue
        source, table, settings = said[number]
        place = {
            "flag": f"--{name.replace('_', '-')}",
            "environment": variable_of(name),
        }.get(source) or _place(layers, (*table, name))
        shown.append(Setting(name, getattr(settings, name), source, place))
    return shown


def _place(layers: Layers, key: KeyPath) -> str:
    line = layers.lines.get(key)
    return f"[{'.'.join(key[:-1])}]" + (f", line {line}" if line else "")
