"""A site of another client, as far as it is one that can be watched."""

import ipaddress
import re
from typing import Final
from urllib.parse import quote

import msgspec

from ftpwatch.core.errors import UserError
from ftpwatch.core.ftp.command import Secret, is_sendable
from ftpwatch.core.ftp.target import TlsMode
from ftpwatch.core.text.neutral import shortened

__all__ = ["MOST_SITES", "Found", "LeftOut", "Site", "Unreadable", "place_problem"]

MOST_SITES: Final = 10_000
_HOST: Final = re.compile(r"[^\s/?#@:\[\]\\%<>^`{|}\x00-\x20\x7f]{1,253}")
_MOST_DIGITS: Final = 5
_SCHEMES: Final = {TlsMode.IMPLICIT: "ftps", TlsMode.EXPLICIT: "ftpes"}
_DEFAULT_PORTS: Final = {TlsMode.IMPLICIT: 990}


class Unreadable(UserError):
    """The file is not what it should be; a sentence."""


class Site(msgspec.Struct, frozen=True):
    """`folders` from the outermost; no `user` is anonymous. `settings` are those of a profile;
    `notes` say what of the site is not imported.
    """

    name: str
    host: str
    port: int
    tls: TlsMode
    folders: tuple[str, ...] = ()
    user: str | None = None
    password: Secret | None = None
    settings: dict[str, str] = {}
    notes: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """As a profile has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        user = "" if self.user is None else f"{quote(self.user, safe='')}@"
        port = "" if self.port == _DEFAULT_PORTS.get(self.tls, 21) else f":{self.port}"
        return f"{_SCHEMES.get(self.tls, 'ftp')}://{user}{host}{port}"


class LeftOut(msgspec.Struct, frozen=True):
    """What cannot be imported, and why."""

    name: str
    why: str


class Found(msgspec.Struct, frozen=True):
    """What a file holds; `defaults` are for all sites."""

    sites: tuple[Site, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    defaults: dict[str, str] = {}


def place_problem(host: str, port: str, user: str | None) -> str | None:
    """Why nothing can be watched there; None where it can."""
    if not host:
        return "it names no host"
    if not _is_host(host):
        return f"{shortened(repr(host), 60)} is not a host"
    if not port.isdecimal() or len(port) > _MOST_DIGITS or not 0 < int(port) < 65_536:
        return f"{shortened(repr(port), 20)} is not a port"
    if user is not None and not is_sendable(user):
        return "its user holds a control character"
    return None


def _is_host(host: str) -> bool:
    if ":" not in host:
        return _HOST.fullmatch(host) is not None and host.isprintable()
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        return False
    return "%" not in host
