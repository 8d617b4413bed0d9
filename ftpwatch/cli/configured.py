"""The configuration as commands use it: read once a run, where something of it is wanted."""

from typing import Any, Final

import click
from click.core import ParameterSource

__all__ = ["configuration", "document", "environment", "from_configuration", "given"]

_SETTINGS: Final = {"ascii_only": "ascii"}


def configuration() -> Any:
    """The Profiles of the configuration file. Raises ConfigError."""
    return document().verified()


def document() -> Any:
    """The configuration file, where it must be there if it is named. Raises ConfigError."""
    from ftpwatch.config.profiles import read_document

    return _once("document", read_document)


def environment() -> Any:
    """The Defaults that the environment gives. Raises ConfigError."""
    from ftpwatch.config.environment import read_environment

    return _once("environment", read_environment)


def given(options: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Those of `options` that were given as flags, by the names of their settings."""
    context = click.get_current_context()
    settings = {_SETTINGS.get(name, name): name for name in options}
    return {
        setting: options[name]
        for setting, name in settings.items()
        if setting in names and context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }


def from_configuration(setting: str) -> Any:
    """Callback of an option: where it is not given, what the environment or `[defaults]` says of
    `setting`, before what is built in.
    """

    def callback(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
        given = context.get_parameter_source(parameter.name or "") is not ParameterSource.DEFAULT
        if given or context.resilient_parsing:
            return value
        for source in (environment(), configuration().defaults):
            if (said := getattr(source, setting)) is not None:
                return said
        return value

    return callback


def _once(name: str, read: Any) -> Any:
    known = click.get_current_context().find_root().ensure_object(dict)
    if name not in known:
        known[name] = read()
    return known[name]
