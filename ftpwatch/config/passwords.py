"""Where passwords come from, the first that answers: a profile's command, the environment, netrc,
the prompt. Never from argv.
"""

import netrc
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from ftpwatch.config.address import Address
from ftpwatch.config.errors import ConfigError
from ftpwatch.config.files import read_regular
from ftpwatch.config.password_command import password_from
from ftpwatch.core.ftp.command import Secret

__all__ = ["Credentials", "PasswordSources", "Prompt"]

_ANY: Final = "FTPWATCH_PASSWORD"
Prompt = Callable[[str], str]


class Credentials(msgspec.Struct, frozen=True):
    """What a login needs besides the user."""

    password: Secret
    account: Secret = Secret("")


class PasswordSources:
    """Asks the sources in their order, for logins to `addresses`. `prompt` is None where nobody can
    be asked; the answer is remembered for its user and host.
    """

    def __init__(self, prompt: Prompt | None, addresses: Sequence[Address]) -> None:
        self._prompt = prompt
        self._logins = {(a.user, a.host, a.port) for a in addresses if a.user is not None}
        self._typed: dict[tuple[str, str], Secret] = {}

    def find(self, address: Address, profile: str | None, command: str | None) -> Credentials:
        """Credentials for the user of `address`; raises ConfigError naming all sources."""
        user = address.user or ""
        from_netrc = _netrc(address)
        account = from_netrc.account if from_netrc else Secret("")
        if command is not None:
            return Credentials(password_from(command, profile or address.host), account)
        if (text := self._from_environment(profile)) is not None:
            return Credentials(Secret(text), account)
        if from_netrc is not None:
            return from_netrc
        if self._prompt is not None:
            key = (user, address.host)
            if key not in self._typed:
                self._typed[key] = Secret(self._prompt(self._question(user, address)))
            return Credentials(self._typed[key], account)
        if (unused := self._why_unused(profile)) is not None:
            raise ConfigError(f"no password for {user} at {_place(address)}: {unused}")
        raise ConfigError(
            f"no password for {user} at {_place(address)}: set FTPWATCH_PASSWORD, add the host to "
            "netrc, give the profile a password_command, or start in a terminal to be asked"
        )

    def _question(self, user: str, address: Address) -> str:
        ports = sorted(
            port for name, host, port in self._logins
            if (name, host) == (user, address.host) and port != address.port
        )  # fmt: skip
        also = f" (also for {', '.join(f':{port}' for port in ports)})" if ports else ""
        return f"Password of {user} at {_place(address)}{also}: "

    def _why_unused(self, profile: str | None) -> str | None:
        if _ANY not in os.environ or len(self._logins) == 1:
            return None
        own = _own_variable(profile) if profile else f"{_ANY}_<PROFILE>"
        return (
            f"{_ANY} is set, but serves one login only, and there are {len(self._logins)}; set "
            f"{own} for each profile, or use netrc or a password_command"
        )

    def _from_environment(self, profile: str | None) -> str | None:
        if profile is not None and (text := os.environ.get(_own_variable(profile))) is not None:
            return text
        return os.environ.get(_ANY) if len(self._logins) == 1 else None


def _own_variable(profile: str) -> str:
    return f"{_ANY}_" + re.sub(r"[-.]", "_", profile).upper()


def _place(address: Address) -> str:
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"{host}:{address.port}"


def _netrc(address: Address) -> Credentials | None:
    """What netrc says of this user at this host, its `account` for servers that answer 332."""
    named = os.environ.get("NETRC")
    path = Path(named) if named else Path("~/.netrc").expanduser()
    try:
        read_regular(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from None
    try:
        entry = netrc.netrc(str(path)).authenticators(address.host)
    except netrc.NetrcParseError as error:
        # Its own words may hold a part of a password.
        raise ConfigError(f"{path}: line {error.lineno} is not as netrc has it") from None
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"{path} cannot be read: {type(error).__name__}") from None
    if entry is None or entry[0] != address.user or entry[2] is None:
        return None
    return Credentials(Secret(entry[2]), Secret(entry[1] or ""))
