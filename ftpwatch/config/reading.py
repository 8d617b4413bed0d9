"""From the tables of a configuration file to what they mean; what is wrong is noted, all of it.

Every value is tried, used or not.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, TypeVar

import msgspec

from ftpwatch.config.checks import contradictions, value_problem
from ftpwatch.config.commands import COMMANDS
from ftpwatch.config.document import Problem
from ftpwatch.config.groups import group_problems
from ftpwatch.config.key_lines import KeyPath
from ftpwatch.config.settings import (
    AlertSettings,
    Defaults,
    Group,
    Profile,
    Profiles,
    RecordingSettings,
    Settings,
)
from ftpwatch.core.text.neutral import shortened, visible

__all__ = ["profiles_of"]

T = TypeVar("T", Defaults, Profile)
P = TypeVar("P", RecordingSettings, AlertSettings)
_KINDS: Final = (
    ("tuple", "a list of texts in quotes"),
    ("bool", "true or false"),
    ("int", "a whole number"),
    ("str", "a text in quotes"),
)
_EXAMPLES: Final = {"url": 'url = "ftp://ops@ftp.example.com"'}
_TABLES: Final = ("defaults", "profile", "group", "keys", "recordings", "alerts")
_PASSWORDS: Final = ("password", "pass", "passwd")
_LONGEST_SHOWN: Final = 80
_DEEPEST_ACTION: Final = 3


def profiles_of(tables: dict[str, Any]) -> tuple[Profiles, tuple[Problem, ...]]:
    """What is right in `tables`, and what is wrong."""
    problems: list[Problem] = []
    return _Reader(problems).profiles(tables), tuple(problems)


class _Reader:
    """Takes tables apart and notes what is wrong with them."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems

    def profiles(self, tables: dict[str, Any]) -> Profiles:
        for key in tables:
            if key not in _TABLES:
                self._note(
                    (key,),
                    f"{_shown(key)} is nothing here; [defaults], [profile.NAME], [group.NAME], "
                    "[keys], [recordings] and [alerts] are",
                )
        profile = {
            name: read
            for name, table in self._named("profile", tables)
            if (read := self._settings(("profile", name), table, Profile)) is not None
        }
        profiles = Profiles(
            self._settings(("defaults",), tables.get("defaults", {}), Defaults) or Defaults(),
            profile,
            dict(self._groups(tables)),
            dict(self._keys((), tables.get("keys", {}))),
            self._plain("recordings", tables, RecordingSettings),
            self._plain("alerts", tables, AlertSettings),
        )
        there = tables.get("profile", ())
        for name in profiles.group:
            for problem in group_problems(name, profiles.group, there):
                self._note(("group", name, "members"), f"[group.{name}]: {problem}")
        return profiles

    def _named(self, kind: str, tables: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        """The tables `[kind.NAME]` whose names can be used."""
        named = tables.get(kind, {})
        if not isinstance(named, dict):
            self._note((kind,), f"{kind} = {_shown(named)}; a {kind} is a table, [{kind}.NAME]")
            return
        for name, table in named.items():
            if kind == "profile" and name in COMMANDS:
                why = f"a profile cannot be called {name}: that is a command"
            elif not name or name[0] in "@-" or visible(name) != name:
                why = (f"a {kind} cannot be called {_shown(name)}: its name begins with neither @ "
                       "nor -, and is a line of text")  # fmt: skip
            else:
                yield name, table
                continue
            self._note((kind, name), why)

    def _plain(self, name: str, tables: dict[str, Any], kind: type[P]) -> P:
        """The table `[name]` as a `kind`, which needs nothing."""
        table = tables.get(name, {})
        return msgspec.convert(self._right((name,), table, kind), kind)

    def _right(self, at: KeyPath, table: Any, kind: type[msgspec.Struct]) -> dict[str, Any]:
        """What is right in `table`."""
        where = f"[{'.'.join(at)}]"
        if not isinstance(table, dict):
            self._note(at, f"{where}: {_shown(table)} is not a table of settings")
            return {}
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        right: dict[str, Any] = {}
        for key, value in table.items():
            if (problem := _problem_of(key, value, fields)) is not None:
                self._note((*at, key), f"{where}: {problem}")
            else:
                right[key] = value
        return right

    def _settings(self, at: KeyPath, table: Any, kind: type[T]) -> T | None:
        """`table` as a `kind`; None where what it needs is missing."""
        where = f"[{'.'.join(at)}]"
        right = self._right(at, table, kind)
        if not isinstance(table, dict):
            return None
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        for field in fields.values():
            if field.required and field.name not in table:
                example = _EXAMPLES[field.name]
                self._note(at, f"{where}: there is no {field.name}, as in {example}")
        lacks = any(field.required and field.name not in right for field in fields.values())
        settings = None if lacks else msgspec.convert(right, kind)
        common = {key: right[key] for key in Settings.__struct_fields__ if key in right}
        for key, problem in contradictions(settings or Settings(**common)).items():
            self._note((*at, key), f"{where}: {problem}")
        return settings

    def _groups(self, tables: dict[str, Any]) -> Iterator[tuple[str, Group]]:
        for name, table in self._named("group", tables):
            at, where = ("group", name), f"[group.{name}]"
            if not isinstance(table, dict):
                self._note(at, f"{where}: {_shown(table)} is not a table")
                continue
            for key in table:
                if key != "members":
                    self._note((*at, key), f"{where}: {_shown(key)} is not a setting; members is")
            members = table.get("members")
            if not _is_texts(members) or members is None:
                wrong = "there is no members" if members is None else f"members = {_shown(members)}"
                self._note((*at, "members") if members is not None else at,
                           f'{where}: {wrong}; write members = ["eu-1", "@others"]')  # fmt: skip
                continue
            yield name, Group(tuple(members))

    def _keys(self, path: KeyPath, table: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
        """`match.next = "n"` is a table in a table for TOML, and one action here."""
        if not isinstance(table, dict):
            self._note(("keys", *path), f"[keys]: {_shown(table)} is not a table of actions")
            return
        for name, value in table.items():
            here = (*path, name)
            if isinstance(value, dict) and len(here) < _DEEPEST_ACTION:
                yield from self._keys(here, value)
            elif isinstance(value, str):
                yield ".".join(here), (value,)
            elif _is_texts(value):
                yield ".".join(here), tuple(value)
            else:
                shown = visible(shortened(".".join(here), _LONGEST_SHOWN))
                self._note(("keys", *here), f"[keys]: {shown} = {_shown(value)} is not a key; "
                           f'write {shown} = "x", or several in a list')  # fmt: skip

    def _note(self, key: KeyPath, text: str) -> None:
        self._problems.append(Problem(key, text))


def _problem_of(key: str, value: Any, fields: Mapping[str, Any]) -> str | None:
    if key in _PASSWORDS and key not in fields:
        return (f"{key!r}: no password stands in this file; password_command, the keyring, netrc "
                "or FTPWATCH_PASSWORD_<PROFILE> gives it")  # fmt: skip
    if key not in fields:
        near = get_close_matches(key, fields, 1)
        meant = f" (is {near[0]} meant?)" if near else ""
        accepted = ", ".join(sorted(fields))
        return f"{_shown(key)} is not a setting{meant}; accepted are {accepted}"
    try:
        msgspec.convert(value, fields[key].type)
    except msgspec.ValidationError:
        expected = next(text for kind, text in _KINDS if kind in str(fields[key].type))
        return f"{key} = {_shown(value)} is not {expected}"
    return value_problem(key, value)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)


def _shown(value: Any) -> str:
    try:
        return shortened(repr(value), _LONGEST_SHOWN)
    except ValueError:  # a number of more digits than Python prints
        return "a number without an end"
