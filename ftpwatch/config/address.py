"""URLs of FTP servers (RFC 1738 §3.2): `ftp://user@host:port`, `ftpes://`, `ftps://`."""

from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from ftpwatch.config.errors import ConfigError
from ftpwatch.core.ftp.target import TlsMode

__all__ = ["SCHEMES", "Address", "parse_address"]

SCHEMES: Final = {
    "ftp": (21, TlsMode.OFF),
    "ftpes": (21, TlsMode.EXPLICIT),
    "ftps": (990, TlsMode.IMPLICIT),
}


class Address(msgspec.Struct, frozen=True):
    """Where a URL points; `user` None means anonymous."""

    host: str
    port: int
    tls: TlsMode
    user: str | None = None

    @property
    def short_name(self) -> str:
        """The host, with the port where it is not the scheme's own."""
        default = 990 if self.tls is TlsMode.IMPLICIT else 21
        return self.host if self.port == default else f"{self.host}:{self.port}"


def parse_address(text: str) -> Address:
    """Address in the URL `text`; raises ConfigError. A password in it is refused: it would stand
    in the process list and in the shell's history.
    """
    if any(ord(char) < 0x20 or ord(char) == 0x7F for char in text):
        raise ConfigError("the URL holds a control character; it must be one line of text")
    if any(0xD800 <= ord(char) <= 0xDFFF for char in text):
        before, _, _ = text.rpartition("@")
        what = "user" if any(ord(char) > 0xD7FF for char in before) else "host or path"
        raise ConfigError(
            f"the {what} in the URL holds bytes that are not UTF-8; percent-encode text in UTF-8"
        )
    url = _split(text)
    if url.password is not None:
        raise ConfigError(
            f"the URL for {url.hostname} holds a password, which others could read; leave it out "
            "and set FTPWATCH_PASSWORD, use netrc or a profile's password_command, or be asked"
        )
    try:
        user = None if url.username is None else unquote(url.username, errors="strict")
    except UnicodeDecodeError:
        raise ConfigError(
            f"the user in the URL for {url.hostname} is not UTF-8 once it is decoded: it is not "
            "altered, so write it percent-encoded in UTF-8"
        ) from None
    if user is not None and any(ord(char) < 0x20 or ord(char) == 0x7F for char in user):
        raise ConfigError(f"the user in the URL for {url.hostname} holds a control character")
    port, tls = SCHEMES[url.scheme]
    return Address(url.hostname or "", url.port or port, tls, user or None)


def _split(text: str) -> SplitResult:
    accepted = "ftp://[user@]host[:port], ftpes:// or ftps://"
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        raise ConfigError(
            f"{_safe(text)} is not a URL: a port is a number up to 65535, brackets hold an IPv6 "
            f"address, and a password does not belong here; write {accepted}"
        ) from None
    if url.scheme not in SCHEMES:
        raise ConfigError(f"{_safe(text)} is neither a profile nor a URL; write {accepted}")
    if not url.hostname or port == 0:
        raise ConfigError(f"{_safe(text)} names no host or port; write {accepted}")
    if url.path not in ("", "/") or url.query or url.fragment:
        raise ConfigError(f"{_safe(text)} has a path; ftpwatch watches sessions: write {accepted}")
    return url


def _safe(text: str) -> str:
    """`text` without what may be a password: nothing before the last @, and only ports after it."""
    scheme, slashes, rest = text.partition("://")
    if not slashes:
        scheme, rest = "", text
    _, at, place = rest.rpartition("@")
    host, colon, port = place.partition(":")
    if colon and not port.rstrip("/").isdigit() and not host.startswith("["):
        place = f"{host}:…"
    return f"{scheme}{slashes}{'…' if at else ''}{at}{place}"
