"""`ftpwatch config path|show|validate|init`."""

import json
from collections.abc import Iterator
from typing import Any, Final

import click

from ftpwatch.cli.completing import targets
from ftpwatch.cli.ending import exit_with
from ftpwatch.cli.options import (
    connection_options,
    keep_alive_options,
    screen_options,
    session_options,
)
from ftpwatch.cli.streams import print_data, say
from ftpwatch.core.counted import counted

__all__ = ["config"]

_USAGE: Final = 2
_WIDTHS: Final = (20, 34)


@click.group()
def config() -> None:
    """Where the configuration is, what holds and why, whether it is right."""


@config.command()
def path() -> None:
    """Print where the configuration file is, or would be."""
    from ftpwatch.config.profiles import config_path

    print_data(_line(config_path()))


@config.command()
def init() -> None:
    """Write a commented example where the configuration file would be, never over one."""
    from ftpwatch.config.example import EXAMPLE
    from ftpwatch.config.profiles import config_path
    from ftpwatch.config.writing import create

    where = config_path()
    create(where, EXAMPLE)
    print_data(_line(where))


@config.command()
def validate() -> None:
    """Check the file and the environment: every mistake with its line, a line each. Exit code 0 or
    2.
    """
    from ftpwatch.config.environment import environment_problems, misspelt
    from ftpwatch.config.errors import ConfigError
    from ftpwatch.config.notify import alert_problems
    from ftpwatch.config.profiles import read_document
    from ftpwatch.config.trust import trust_problems
    from ftpwatch.wiring.keys import key_problems

    problems = environment_problems()
    document = None
    try:
        document = read_document()
        there = document.profiles
        more = (*key_problems(document), *trust_problems(there), *alert_problems(there.alerts))
        problems += document.sentences(*more)
        problems += misspelt(there.profile)
    except ConfigError as error:
        problems.append(str(error))
    for problem in problems:
        say(problem)
    if problems or document is None:
        exit_with(_USAGE)
        return
    there = document.profiles
    counts = f"ok, {counted(len(there.profile), 'profile')}, {counted(len(there.group), 'group')}"
    print_data(
        _line(
            f"{document.path}: {counts if document.there else 'there is no such file, which is ok'}"
        )
    )


@config.command()
@click.argument("names", nargs=-1, metavar="[PROFILE|@GROUP]...",
                shell_complete=targets)  # fmt: skip
@click.option("--keys", is_flag=True, help="Show the actions of the screens, and their keys.")
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text")
@keep_alive_options
@session_options
@connection_options
@screen_options
def show(names: tuple[str, ...], keys: bool, format_: str, **options: Any) -> None:
    """Print what holds for URLs and for profiles, each value with where it comes from: a flag that
    is given here, the environment, the profile, [defaults], or built in.
    """
    from ftpwatch.cli.configured import document

    document().verified()
    rows = _key_rows() if keys else _setting_rows(names, options)
    if format_ == "json":
        print_data("".join(json.dumps(row) + "\n" for row in rows))
        return
    print_data("".join(_lines(rows)))


def _line(text: object) -> str:
    from ftpwatch.core.text.neutral import visible

    return f"{visible(str(text))}\n"


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    name_width, value_width = _WIDTHS
    of = None
    for row in rows:
        if row["of"] != of:
            yield ("\n" if of is not None else "") + _line(row["of"])
            of = row["of"]
        value = str(row["value"])
        if row["value"] is None or isinstance(row["value"], bool):
            value = {None: "-", True: "true", False: "false"}[row["value"]]
        named = row["source"] in ("profile", "defaults")  # their place says so
        place = row["place"] if named else f"{row['source']} {row['place']}".rstrip()
        place += f" ({row['title']})" if "title" in row else ""
        yield _line(f"  {row['name']:<{name_width}} {value:<{value_width}} {place}")


def _key_rows() -> list[dict[str, Any]]:
    from ftpwatch.cli.configured import document
    from ftpwatch.wiring.keys import changed_keys, keys_shown

    changed_keys(document())
    return [
        {"of": "keys", "name": id, "value": shown, "source": "[keys]" if own else "built in",
         "place": "", "title": title}
        for id, shown, title, own in keys_shown(document())
    ]  # fmt: skip


def _setting_rows(names: tuple[str, ...], options: dict[str, Any]) -> list[dict[str, Any]]:
    from ftpwatch.cli.configured import document, environment, given
    from ftpwatch.config.effective import Layers, defaults_shown, plain_shown, profile_shown
    from ftpwatch.config.groups import expanded
    from ftpwatch.config.settings import Defaults

    file = document()
    layers = Layers(
        Defaults(**given(options, Defaults.__struct_fields__)),
        environment(), file.profiles, file.lines(),
    )  # fmt: skip
    rows: list[tuple[str, Any]] = []
    if not names:
        rows += [("defaults", setting) for setting in defaults_shown(layers)]
        for table in ("recordings", "alerts"):
            rows += [(table, setting) for setting in plain_shown(layers, table)]
    for name in expanded(names, file.profiles) if names else tuple(file.profiles.profile):
        if name not in file.profiles.profile:
            raise click.UsageError(f"no profile is called {name!r}")
        rows += [(f"profile {name}", setting) for setting in profile_shown(layers, name)]
    if not names:
        for group, about in file.profiles.group.items():
            rows.append((f"group {group}", _members(about.members, file.lines(), group)))
    return [
        {"of": of, "name": s.name, "value": s.value, "source": s.source, "place": s.place}
        for of, s in rows
    ]  # fmt: skip


def _members(members: tuple[str, ...], lines: dict[tuple[str, ...], int], group: str) -> Any:
    from ftpwatch.config.effective import Setting

    line = lines.get(("group", group, "members"), 0)
    return Setting("members", " ".join(members), f"[group.{group}]", f"line {line}")
