"""Profiles, groups and defaults added to the text of a configuration file, whose comments stay.

New tables go to the end as text; tables that are there are changed by tomlkit (extra `import`).
What comes of it is read again, and must be what was there and what was added, or it is refused.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from ftpwatch.config.errors import ConfigError

__all__ = ["Additions", "added", "as_toml"]

_MOST_IN_A_LINE: Final = 5
_UNREADABLE: Final = (
    "the configuration is written in a way that cannot be added to safely; nothing is written, and "
    "--dry-run prints what would be added"
)


class Additions(msgspec.Struct, frozen=True):
    """What to add: settings by profile, further members by group, settings of `[defaults]`."""

    profiles: Mapping[str, Mapping[str, str]]
    groups: Mapping[str, Sequence[str]]
    defaults: Mapping[str, str]


def as_toml(additions: Additions) -> str:
    """The additions alone, as they would stand in an empty file. Raises ConfigError where tomlkit
    is missing.
    """
    return added("", additions)


def added(text: str, additions: Additions) -> str:
    """`text` with the additions. Raises ConfigError."""
    before = tomllib.loads(text)
    merged = _merged(before, additions)
    with_old = _changed(text, before, additions)
    new = _new_tables(before, additions)
    newline = "\r\n" if "\r\n" in text else "\n"
    if with_old and new:
        with_old = with_old.rstrip("\r\n") + newline * 2
    result = re.sub(r"\r?\n", newline, with_old + new)
    if tomllib.loads(result) != merged:
        raise ConfigError(_UNREADABLE)
    return result


def _merged(before: Mapping[str, Any], additions: Additions) -> dict[str, Any]:
    """What must be read in the end."""
    merged = dict(before)
    if additions.defaults:
        merged["defaults"] = {**merged.get("defaults", {}), **additions.defaults}
    if additions.profiles:
        taken = set(additions.profiles) & set(merged.get("profile", {}))
        if taken:
            raise ConfigError(f"profile {min(taken)} is there already and is not written over")
        profiles = {name: dict(said) for name, said in additions.profiles.items()}
        merged["profile"] = {**merged.get("profile", {}), **profiles}
    if additions.groups:
        groups = dict(merged.get("group", {}))
        for name, members in additions.groups.items():
            there = groups.get(name, {}).get("members", [])
            groups[name] = {"members": [*there, *members]}
        merged["group"] = groups
    return merged


def _changed(text: str, before: Mapping[str, Any], additions: Additions) -> str:
    """`text` with what belongs into tables that are there."""
    old_groups = {n: m for n, m in additions.groups.items() if n in before.get("group", {})}
    old_defaults = additions.defaults if "defaults" in before else {}
    if not old_groups and not old_defaults:
        return text
    document: Any = _tomlkit().parse(text)
    for name, value in old_defaults.items():
        document["defaults"][name] = value
    for name, members in old_groups.items():
        there = document["group"][name]["members"]
        for member in members:
            there.append(member)
    changed: str = document.as_string()
    return changed


def _new_tables(before: Mapping[str, Any], additions: Additions) -> str:
    tomlkit = _tomlkit()
    document = tomlkit.document()
    if additions.defaults and "defaults" not in before:
        document["defaults"] = _table(tomlkit, additions.defaults)
    for kind, tables in (
        ("profile", additions.profiles),
        ("group", {n: {"members": list(m)} for n, m in additions.groups.items()
                   if n not in before.get("group", {})}),
    ):  # fmt: skip
        if tables:
            document[kind] = tomlkit.table(is_super_table=True)
            for name, said in tables.items():
                document[kind][name] = _table(tomlkit, said)
    text: str = document.as_string()
    return text


def _table(tomlkit: Any, said: Mapping[str, Any]) -> Any:
    table = tomlkit.table()
    for name, value in said.items():
        table[name] = value
        if isinstance(value, list) and len(value) > _MOST_IN_A_LINE:
            table[name].multiline(True)
    table.add(tomlkit.nl())
    return table


def _tomlkit() -> Any:
    try:
        import tomlkit
    except ImportError:
        raise ConfigError(
            "TOML is written with tomlkit, which is missing; pip install 'ftpwatch[import]'"
        ) from None
    return tomlkit
