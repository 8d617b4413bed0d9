"""Scenarios: servers, sessions, steps and what must come of it, from TOML files in `scenarios/`.

The loader is strict: an unknown key or a wrong type names file and key.
"""

from importlib import resources
from importlib.resources.abc import Traversable

import msgspec

from ftpwatch.demo.script import ServerScript

__all__ = ["DEFAULT", "Expected", "Player", "Scenario", "Step", "load", "names"]

DEFAULT = "keep-alive"


class Player(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A session of ours: on which server, with which keep-alive (`5s` or `off`)."""

    name: str
    server: str
    keep_alive: str = "off"
    user: str = "demo"


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At `at` seconds: what to look at, and what the server does then, if anything.

    `down` stops listening after `does`, `up` listens again.
    """

    at: float
    look: str
    server: str | None = None
    does: tuple[str, ...] = ()
    down: bool = False
    up: bool = False


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the scenario shows of a session: the causes of its closes in order, and whether it is
    connected at the end.
    """

    session: str
    causes: tuple[str, ...] = ()
    connected: bool = False


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A story of `seconds` length, told in `steps`."""

    name: str
    title: str
    seconds: float
    server: tuple[ServerScript, ...]
    session: tuple[Player, ...]
    step: tuple[Step, ...] = ()
    expect: tuple[Expected, ...] = ()


def names() -> tuple[str, ...]:
    """All scenarios, the default first."""
    found = sorted(file.name.removesuffix(".toml") for file in _files())
    return (DEFAULT, *(name for name in found if name != DEFAULT))


def load(name: str) -> Scenario:
    """The scenario `name`. Raises ValueError naming it and what there is, or what is wrong."""
    if name not in names():
        raise ValueError(f"no scenario is called {name}; there are {', '.join(names())}")
    file = resources.files(__package__) / "scenarios" / f"{name}.toml"
    try:
        return msgspec.toml.decode(file.read_bytes(), type=Scenario)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"{file}: {error}") from error


def _files() -> list[Traversable]:
    folder = resources.files(__package__) / "scenarios"
    return [file for file in folder.iterdir() if file.name.endswith(".toml")]
