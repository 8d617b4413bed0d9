"""Scenarios: servers, sessions, steps and what must come of it, from TOML files in `scenarios/`.

The loader is strict: an unknown key or a wrong type names file and key.
"""

from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final, Literal

import msgspec

from ftpwatch.demo.script import ServerScript

__all__ = ["TOUR", "Expected", "Player", "Scenario", "Step", "load", "names"]

# What a newcomer is shown, in this order; the others follow by name.
TOUR: Final = ("keep-alive", "no-transfer", "two-clocks", "firewall", "too-many", "shutdown")


class Player(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A session of ours, joining `at` seconds: on which server, with which keep-alive (`5s` or
    `off`, and a command), or as the client that it is `like`.
    """

    name: str
    server: str
    at: float = 0.0
    keep_alive: str = "off"
    keep_alive_command: str = "NOOP"
    like: str | None = None
    user: str = "demo"


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At `at` seconds: what to look at, and the session that it `shows`; what the server does then,
    if anything; and what a user would wish for one of the sessions.

    `down` stops listening after `does`, `up` listens again.
    """

    at: float
    look: str
    shows: str | None = None
    server: str | None = None
    does: tuple[str, ...] = ()
    down: bool = False
    up: bool = False
    session: str | None = None
    wish: Literal["quit", "reconnect", "keep_alive_now"] | None = None


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the scenario shows of a session: the causes of its closes in order, whether it is
    connected at the end, and the verdict on its keep-alive.
    """

    session: str
    causes: tuple[str, ...] = ()
    connected: bool = False
    verdict: str | None = None


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A story of `seconds` length, told in `steps`, `speed` times as fast as real time. `picture`
    is the moment of its screenshot.
    """

    name: str
    title: str
    seconds: float
    server: tuple[ServerScript, ...]
    session: tuple[Player, ...]
    step: tuple[Step, ...]
    expect: tuple[Expected, ...]
    speed: float = 1.0
    picture: float = 0.0


def names() -> tuple[str, ...]:
    """All scenarios, those of the tour first."""
    names_there = sorted(file.name.removesuffix(".toml") for file in _files())
    return (*TOUR, *(name for name in names_there if name not in TOUR))


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
