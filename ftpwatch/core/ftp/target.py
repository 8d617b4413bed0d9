"""What a session is aimed at: host, login, security, keep-alive. Made by config, used by engine."""

from enum import StrEnum
from typing import Annotated, Final

import msgspec

from ftpwatch.core.bounds import Port, Seconds
from ftpwatch.core.ftp.command import Secret

__all__ = [
    "ANONYMOUS",
    "ANONYMOUS_PASSWORD",
    "Reconnect",
    "Target",
    "TargetFacts",
    "TlsMode",
    "Trust",
    "is_loopback",
]

ANONYMOUS: Final = "anonymous"
ANONYMOUS_PASSWORD: Final = Secret("anonymous@")  # RFC 1635: something with an @


class TlsMode(StrEnum):
    """Security of the control connection (RFC 4217)."""

    OFF = "off"
    TRY = "try"
    EXPLICIT = "explicit"
    IMPLICIT = "implicit"


class Reconnect(StrEnum):
    """Whether a session comes back by itself."""

    AUTO = "auto"
    NEVER = "never"
    ALWAYS = "always"


class Trust(msgspec.Struct, frozen=True):
    """Which certificates are believed; paths of PEM files. Verified by default."""

    verified: bool = True
    ca: str | None = None
    certificate: str | None = None
    key: str | None = None


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, is this machine by its name."""
    return host == "localhost" or host.startswith("127.") or host == "::1"


class TargetFacts(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What a session is aimed at. `keep_alive_seconds` None means off, `keep_alive_jitter` is the
    share of it by which a keep-alive may come sooner, `keep_alive_head_start` that by which the
    first of a connection does; a `twin` is there for the limits finder.
    """

    name: str
    host: str
    port: Port
    user: str
    tls: str
    keep_alive_seconds: Seconds | None
    keep_alive_command: str
    keep_alive_jitter: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    keep_alive_head_start: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    twin: bool = False

    @property
    def is_in_clear(self) -> bool:
        """A password would go to another machine without TLS."""
        open_wire = self.tls in ("off", "try") and not is_loopback(self.host)
        return open_wire and self.user != "anonymous"


class Target(msgspec.Struct, frozen=True):
    """One session to be. Lengths of time are seconds; `keep_alive_seconds` None means off,
    `keep_alive_jitter` is a share of it, 0 to 0.5, and so is `keep_alive_head_start`, 0 to 1, by
    which the first of a connection comes sooner; a `twin` is there for the limits finder; `forced`
    where the user insists on what would be refused.
    """

    name: str
    host: str
    port: int
    user: str = ANONYMOUS
    password: Secret = ANONYMOUS_PASSWORD
    account: Secret = Secret("")
    tls: TlsMode = TlsMode.OFF
    trust: Trust = Trust()
    keep_alive_seconds: float | None = 30.0
    keep_alive_command: str = "NOOP"
    keep_alive_jitter: float = 0.0
    keep_alive_head_start: float = 0.0
    timeout_seconds: float = 15.0
    reconnect: Reconnect = Reconnect.AUTO
    twin: bool = False
    forced: bool = False

    def facts(self) -> TargetFacts:
        """As the journal may know it."""
        return TargetFacts(
            name=self.name,
            host=self.host,
            port=self.port,
            user=self.user,
            tls=self.tls,
            keep_alive_seconds=self.keep_alive_seconds,
            keep_alive_command=self.keep_alive_command,
            keep_alive_jitter=self.keep_alive_jitter,
            keep_alive_head_start=self.keep_alive_head_start,
            twin=self.twin,
        )
