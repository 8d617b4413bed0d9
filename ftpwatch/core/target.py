"""What a session is aimed at: host, login, security, keep-alive. Made by config, used by engine."""

from enum import StrEnum
from typing import Final

import msgspec

from ftpwatch.core.command import Secret
from ftpwatch.core.events import TargetFacts

__all__ = ["ANONYMOUS", "ANONYMOUS_PASSWORD", "Reconnect", "Target", "TlsMode", "Trust"]

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


class Target(msgspec.Struct, frozen=True):
    """One session to be. Lengths of time are seconds; `keep_alive_seconds` None means off,
    `keep_alive_jitter` is a share of it, 0 to 0.5; a `twin` is there for the limits finder;
    `forced` where the user insists on what would be refused.
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
    timeout_seconds: float = 15.0
    reconnect: Reconnect = Reconnect.AUTO
    twin: bool = False
    forced: bool = False

    def facts(self) -> TargetFacts:
        """As the journal may know it."""
        return TargetFacts(
            self.name,
            self.host,
            self.port,
            self.user,
            self.tls,
            self.keep_alive_seconds,
            self.keep_alive_command,
            self.keep_alive_jitter,
            self.twin,
        )
