"""Defaults from the environment: FTPWATCH_KEEP_ALIVE, FTPWATCH_THEME and so on, for every setting
of `[defaults]`. An empty variable says nothing.
"""

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final

import msgspec

from ftpwatch.config.checks import contradictions, value_problem
from ftpwatch.config.errors import ConfigError
from ftpwatch.config.passwords import own_variable
from ftpwatch.config.settings import Defaults
from ftpwatch.core.text.neutral import shortened, visible

__all__ = ["environment_problems", "misspelt", "read_environment", "variable_of"]

_YES: Final = ("1", "true", "yes", "on")
_NO: Final = ("0", "false", "no", "off")
_LONGEST_SHOWN: Final = 80
_MOST_DIGITS: Final = 9
_PREFIX: Final = "FTPWATCH_"
_OTHERS: Final = ("FTPWATCH_CONFIG", "FTPWATCH_NOTIFY", "FTPWATCH_PASSWORD")
_CLOSE: Final = 0.75


def variable_of(setting: str) -> str:
    """The variable of a setting."""
    return f"FTPWATCH_{setting.upper()}"


def read_environment(environ: Mapping[str, str] = os.environ) -> Defaults:
    """What the environment says. Raises ConfigError with the variable, its value and what is
    accepted.
    """
    settings, problems = _read(environ)
    if problems:
        raise ConfigError(problems[0])
    return settings


def environment_problems(environ: Mapping[str, str] = os.environ) -> list[str]:
    """All that is wrong with it."""
    return _read(environ)[1]


def misspelt(profiles: Iterable[str], environ: Mapping[str, str] = os.environ) -> list[str]:
    """Variables that are none of ours and look like one."""
    settings = [variable_of(field.name) for field in msgspec.structs.fields(Defaults)]
    ours = {*settings, *_OTHERS, *map(own_variable, profiles)}
    by_name = {name.removeprefix(_PREFIX): name for name in ours}
    problems = []
    for name in sorted(environ):
        if name.startswith(_PREFIX) and name not in ours and len(name) <= _LONGEST_SHOWN:
            near = get_close_matches(name.removeprefix(_PREFIX), by_name, 1, _CLOSE)
            if near:
                problems.append(f"{visible(name)} says nothing; is {by_name[near[0]]} meant?")
    return problems


def _read(environ: Mapping[str, str]) -> tuple[Defaults, list[str]]:
    said: dict[str, object] = {}
    problems: list[str] = []
    for field in msgspec.structs.fields(Defaults):
        variable = variable_of(field.name)
        text = environ.get(variable, "")
        if not text:
            continue
        try:
            value = _value(text, str(field.type))
        except ValueError as error:
            shown = shortened(repr(text), _LONGEST_SHOWN)
            problems.append(f"{variable} = {shown} is not {error}")
            continue
        if (problem := value_problem(field.name, value)) is not None:
            problems.append(f"{variable}: {problem}")
        else:
            said[field.name] = value
    settings = msgspec.convert(said, Defaults)
    for name, problem in contradictions(settings).items():
        problems.append(f"{variable_of(name)}: {problem}")
    return settings, problems


def _value(text: str, kind: str) -> object:
    if "bool" in kind:
        if text.strip().lower() not in (*_YES, *_NO):
            raise ValueError("true or false")
        return text.strip().lower() in _YES
    if "int" in kind:
        if not text.strip().isdecimal() or len(text.strip()) > _MOST_DIGITS:
            raise ValueError("a whole number")
        return int(text)
    return text
