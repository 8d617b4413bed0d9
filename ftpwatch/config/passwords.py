"""Where passwords come from, the first that answers: a profile's command, the environment, netrc,
the prompt. Never from argv.
"""

import netrc
import os
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from ftpwatch.config.address import Address
from ftpwatch.config.errors import ConfigError
from ftpwatch.core.command import Secret

__all__ = ["Credentials", "PasswordSources", "Prompt"]

_COMMAND_SECONDS: Final = 10
Prompt = Callable[[str], str]


class Credentials(msgspec.Struct, frozen=True):
    """What a login needs besides the user."""

    password: Secret
    account: Secret = Secret("")


class PasswordSources:
    """Asks the sources in their order. `prompt` is None where nobody can be asked; the answer is
    remembered for its user and host.
    """

    def __init__(self, prompt: Prompt | None, *, one_target: bool) -> None:
        """`one_target`: all targets share user, host and port, so FTPWATCH_PASSWORD is theirs."""
        self._prompt = prompt
        self._one_target = one_target
        self._typed: dict[tuple[str, str], Secret] = {}

    def find(self, address: Address, profile: str | None, command: str | None) -> Credentials:
        """Credentials for the user of `address`; raises ConfigError naming all sources."""
        user = address.user or ""
        from_netrc = _netrc(address)
        account = from_netrc.account if from_netrc else Secret("")
        if command is not None:
            return Credentials(_from_command(command, profile or address.host), account)
        if (text := self._from_environment(profile)) is not None:
            return Credentials(Secret(text), account)
        if from_netrc is not None:
            return from_netrc
        if self._prompt is not None:
            key = (user, address.host)
            if key not in self._typed:
                self._typed[key] = Secret(self._prompt(f"Password of {user} at {address.host}: "))
            return Credentials(self._typed[key], account)
        raise ConfigError(
            f"no password for {user} at {address.host}: set FTPWATCH_PASSWORD, add the host to "
            "netrc, give the profile a password_command, or start in a terminal to be asked"
        )

    def _from_environment(self, profile: str | None) -> str | None:
        if profile is not None:
            name = "FTPWATCH_PASSWORD_" + re.sub(r"[-.]", "_", profile).upper()
            if (text := os.environ.get(name)) is not None:
                return text
        return os.environ.get("FTPWATCH_PASSWORD") if self._one_target else None


def _from_command(command: str, name: str) -> Secret:
    """First line of what `command` prints, run without a shell."""
    if not command.strip():
        raise ConfigError(f"password_command of {name} is empty")
    try:
        done = subprocess.run(
            shlex.split(command),
            capture_output=True,
            timeout=_COMMAND_SECONDS,
            check=True,
            text=True,
        )
    except subprocess.TimeoutExpired:
        raise ConfigError(
            f"password_command of {name} did not answer within {_COMMAND_SECONDS} s"
        ) from None
    except subprocess.CalledProcessError as error:
        raise ConfigError(f"password_command of {name} ended with {error.returncode}") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"password_command of {name} cannot be run: {error}") from None
    lines = done.stdout.splitlines()
    if not lines:
        raise ConfigError(f"password_command of {name} printed nothing")
    return Secret(lines[0])


def _netrc(address: Address) -> Credentials | None:
    """What netrc says of this user at this host, its `account` for servers that answer 332."""
    named = os.environ.get("NETRC")
    path = Path(named) if named else Path("~/.netrc").expanduser()
    if not path.is_file():
        return None
    try:
        found = netrc.netrc(str(path)).authenticators(address.host)
    except netrc.NetrcParseError as error:
        # Its own words may hold a part of a password.
        raise ConfigError(f"{path}: line {error.lineno} is not as netrc has it") from None
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"{path} cannot be read: {type(error).__name__}") from None
    if found is None or found[0] != address.user or found[2] is None:
        return None
    return Credentials(Secret(found[2]), Secret(found[1] or ""))
