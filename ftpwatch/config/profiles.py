"""The configuration file: where it is, and what is in it. TOML, strict."""

import os
import re
import tomllib
from pathlib import Path

from platformdirs import user_config_path

from ftpwatch.config.document import Document
from ftpwatch.config.errors import ConfigError
from ftpwatch.config.files import read_regular
from ftpwatch.config.reading import profiles_of
from ftpwatch.config.settings import Profile, Profiles, Settings

__all__ = [
    "Profile", "Profiles", "Settings", "config_path", "document_of", "examine", "read_document",
    "read_profiles",
]  # fmt: skip


def config_path() -> Path:
    """Where the configuration is: FTPWATCH_CONFIG, or the platform's place."""
    named = os.environ.get("FTPWATCH_CONFIG")
    try:
        return Path(named) if named else user_config_path("ftpwatch") / "config.toml"
    except RuntimeError as error:  # no HOME and no entry for the user
        raise ConfigError(f"there is no home directory, so set FTPWATCH_CONFIG: {error}") from None


def read_profiles(path: Path | None = None) -> Profiles:
    """The configuration at `path`; an empty one where there is no file. Raises ConfigError that
    names file, line, key and what was expected.
    """
    return read_document(path).verified()


def read_document(path: Path | None = None) -> Document:
    """The same with all its problems; one that FTPWATCH_CONFIG names must be there. Raises
    ConfigError where it is not, cannot be read, or is not TOML.
    """
    document = examine(path)
    if not document.there and path is None and os.environ.get("FTPWATCH_CONFIG"):
        raise ConfigError(f"FTPWATCH_CONFIG names {document.path}, and there is no such file")
    return document


def examine(path: Path | None = None) -> Document:
    """The configuration at `path` with all its problems. Raises ConfigError where it cannot be
    read, or is not TOML.
    """
    path = path or config_path()
    try:
        content = read_regular(path)
    except FileNotFoundError:
        return Document(path, there=False)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"FTPWATCH_CONFIG is not a path: {error}") from None
    return document_of(content, path)


def document_of(content: bytes, path: Path) -> Document:
    """The configuration that `content` is. Raises ConfigError where it is not TOML."""
    try:
        text = content.decode("utf-8")
        tables = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: is not UTF-8, as TOML must be") from None
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).partition(" (at ")
        named = re.match(r"line (\d+), column (\d+)", place)
        last = text.count("\n") + 1
        where, beside = (named[1], f", column {named[2]}") if named else (f"{last}", "")
        raise ConfigError(f"{path}:{where}: is not TOML: {reason}{beside}") from None
    except (ValueError, RecursionError):  # a number of 5,000 digits, a thousand brackets
        raise ConfigError(f"{path}: is not TOML that can be read: too large a number, or too "
                          "many brackets in one another") from None  # fmt: skip
    profiles, problems = profiles_of(tables)
    return Document(path, profiles, problems, text)
