"""Where passwords come from, the first that answers: a profile's command, the environment, netrc,
the keyring, the prompt. Never from argv.
"""

import netrc
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

import msgspec

from ftpwatch.config.address import Address
from ftpwatch.config.errors import ConfigError, PasswordMissing
from ftpwatch.config.files import read_regular
from ftpwatch.config.password_command import password_from
from ftpwatch.core.ftp.command import Secret

__all__ = ["Credentials", "Keyring", "PasswordSources", "Prompt", "entry_of", "own_variable"]

_ANY: Final = "FTPWATCH_PASSWORD"
Prompt = Callable[[str], str]


class Keyring(Protocol):
    """The keyring of this machine; it says itself why it cannot answer."""

    def find(self, entry: str, *, wanted: bool, quiet: bool) -> Secret | None:
        """The password that is kept as `entry`, None where there is none; a missing one that is
        `wanted` is said, nothing is where it must be `quiet`.
        """
        ...


class Credentials(msgspec.Struct, frozen=True):
    """What a login needs besides the user."""

    password: Secret
    account: Secret = Secret("")


class PasswordSources:
    """Asks the sources in their order, for logins to `addresses`. `prompt` and `keyring` are None
    where they cannot be asked; what is typed is remembered for its user and host. `quiet`: nothing
    may be said now.
    """

    def __init__(
        self,
        prompt: Prompt | None,
        addresses: Sequence[Address],
        keyring: Keyring | None = None,
        *,
        quiet: bool = False,
    ) -> None:
        self._prompt, self._keyring, self._quiet = prompt, keyring, quiet
        self._logins = {(a.user, a.host, a.port) for a in addresses if a.user is not None}
        self._typed: dict[tuple[str, str], Secret] = {}

    def find(
        self, address: Address, profile: str | None, command: str | None, entry: str | None = None
    ) -> Credentials:
        """Credentials for the user of `address`; `entry` is what the profile calls it in the
        keyring. Raises ConfigError naming all sources.
        """
        user = address.user or ""
        from_netrc = _netrc(address)
        account = from_netrc.account if from_netrc else Secret("")
        if command is not None:
            return Credentials(password_from(command, profile or address.host), account)
        if (text := self._from_environment(profile)) is not None:
            return Credentials(Secret(text), account)
        if from_netrc is not None:
            return from_netrc
        if (kept := self._from_keyring(address, entry)) is not None:
            return Credentials(kept, account)
        if self._prompt is not None:
            return Credentials(self._from_prompt(user, address, profile), account)
        if (unused := self._why_unused(profile)) is not None:
            raise PasswordMissing(f"no password for {user} at {_place(address)}: {unused}")
        raise PasswordMissing(
            f"no password for {user} at {_place(address)}: set FTPWATCH_PASSWORD, add the host to "
            "netrc or the keyring, give the profile a password_command, or start in a terminal to "
            "be asked"
        )

    def _from_keyring(self, address: Address, entry: str | None) -> Secret | None:
        if self._keyring is None:
            return None
        name = entry or entry_of(address)
        return self._keyring.find(name, wanted=entry is not None, quiet=self._quiet)

    def _from_prompt(self, user: str, address: Address, profile: str | None) -> Secret:
        assert self._prompt is not None
        key = (user, address.host)
        if key not in self._typed:
            unused = self._why_unused(profile)
            why = "" if unused is None else f"({unused}) "
            self._typed[key] = Secret(self._prompt(f"{why}{self._question(user, address)}"))
        return self._typed[key]

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
        own = own_variable(profile) if profile else f"{_ANY}_<PROFILE>"
        return (
            f"{_ANY} is set, but serves one login only, and there are {len(self._logins)}; set "
            f"{own} for each profile, or use netrc or a password_command"
        )

    def _from_environment(self, profile: str | None) -> str | None:
        if profile is not None and (text := os.environ.get(own_variable(profile))) is not None:
            return text
        return os.environ.get(_ANY) if len(self._logins) == 1 else None


def entry_of(address: Address) -> str:
    """What a login is called in the keyring, where no profile calls it otherwise."""
    return f"{address.user}@{_place(address)}"


def own_variable(profile: str) -> str:
    """The variable that holds the password of one profile."""
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
