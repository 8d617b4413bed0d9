"""The configuration file: `[defaults]` and `[profile.NAME]`, TOML, strict."""

import os
from pathlib import Path
from typing import Final

import msgspec
from platformdirs import user_config_path

from ftpwatch.config.errors import ConfigError

__all__ = ["COMMANDS", "Profile", "Profiles", "Settings", "config_path", "read_profiles"]

COMMANDS: Final = frozenset({"watch", "demo", "replay", "explain", "limits"})


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
        content = path.read_bytes()
    except FileNotFoundError:
        if os.environ.get("FTPWATCH_CONFIG"):
            raise ConfigError(f"FTPWATCH_CONFIG names {path}, and there is no such file") from None
        return Profiles()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        profiles = msgspec.toml.decode(content, type=Profiles)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise ConfigError(f"{path}: {error}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8, as TOML must be") from None
    for name in profiles.profile:
        if name in COMMANDS:
            raise ConfigError(f"{path}: a profile cannot be called {name}: that is a command")
    return profiles
