"""The configuration file: `[defaults]` and `[profile.NAME]`, TOML, strict."""

import os
import tomllib
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from platformdirs import user_config_path

from ftpwatch.config.commands import COMMANDS
from ftpwatch.config.errors import ConfigError
from ftpwatch.config.files import read_regular

__all__ = ["Profile", "Profiles", "Settings", "config_path", "read_profiles"]

T = TypeVar("T", bound=msgspec.Struct)
_KINDS: Final = (
    ("bool", "true or false"),
    ("int", "a whole number"),
    ("str", "a text in quotes"),
)
_EXAMPLES: Final = {"url": 'url = "ftp://ops@ftp.example.com"'}


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `[defaults]` may set, and flags too; durations as written, None where unsaid."""

    keep_alive: str | None = None
    keep_alive_command: str | None = None
    keep_alive_like: str | None = None
    keep_alive_jitter: str | None = None
    timeout: str | None = None
    reconnect: str | None = None
    sessions: int | None = None
    tls: str | None = None
    ca: str | None = None
    cert: str | None = None
    key: str | None = None
    insecure: bool | None = None


class Profile(Settings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[profile.NAME]`: its URL, its settings, where its password comes from."""

    url: str
    password_command: str | None = None


class Profiles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    defaults: Settings = Settings()
    profile: dict[str, Profile] = {}


def config_path() -> Path:
    """Where the configuration is: FTPWATCH_CONFIG, or the platform's place."""
    named = os.environ.get("FTPWATCH_CONFIG")
    try:
        return Path(named) if named else user_config_path("ftpwatch") / "config.toml"
    except RuntimeError as error:  # no HOME and no entry for the user
        raise ConfigError(f"there is no home directory, so set FTPWATCH_CONFIG: {error}") from None


def read_profiles(path: Path | None = None) -> Profiles:
    """The configuration at `path`; an empty one where there is no file. Raises ConfigError that
    names file, key and what was expected.
    """
    path = path or config_path()
    try:
        content = read_regular(path)
    except FileNotFoundError:
        if os.environ.get("FTPWATCH_CONFIG"):
            raise ConfigError(f"FTPWATCH_CONFIG names {path}, and there is no such file") from None
        return Profiles()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"FTPWATCH_CONFIG is no path: {error}") from None
    try:
        tables = tomllib.loads(content.decode("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is no TOML: {error}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8, as TOML must be") from None
    return _profiles(tables, path)


def _profiles(tables: dict[str, Any], path: Path) -> Profiles:
    for key in tables:
        if key not in ("defaults", "profile"):
            raise ConfigError(f"{path}: {key!r} is nothing here; [defaults] and [profile.NAME] are")
    named = tables.get("profile", {})
    if not isinstance(named, dict):
        raise ConfigError(f"{path}: profile = {named!r}; a profile is a table, [profile.NAME]")
    for name in named:
        if name in COMMANDS:
            raise ConfigError(f"{path}: a profile cannot be called {name}: that is a command")
    return Profiles(
        _table(tables.get("defaults", {}), Settings, f"{path}: [defaults]"),
        {
            name: _table(table, Profile, f"{path}: [profile.{name}]")
            for name, table in named.items()
        },
    )


def _table(table: Any, kind: type[T], where: str) -> T:
    """`table` as a `kind`. Raises ConfigError with the key, its value and what is accepted."""
    if not isinstance(table, dict):
        raise ConfigError(f"{where}: {table!r} is no table of settings")
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for key, value in table.items():
        if key not in fields:
            accepted = ", ".join(sorted(fields))
            raise ConfigError(f"{where}: {key!r} is no setting; accepted are {accepted}")
        try:
            msgspec.convert(value, fields[key].type)
        except msgspec.ValidationError:
            expected = next(text for kind_, text in _KINDS if kind_ in str(fields[key].type))
            raise ConfigError(f"{where}: {key} = {value!r} is not {expected}") from None
    for field in fields.values():
        if field.required and field.name not in table:
            raise ConfigError(f"{where}: there is no {field.name}, as in {_EXAMPLES[field.name]}")
    return msgspec.convert(table, kind)
