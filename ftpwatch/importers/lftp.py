"""lftp: its bookmarks, a name and a URL a line (~/.local/share/lftp/bookmarks, ~/.lftp/bookmarks).

To an ftp:// site with a user lftp takes TLS where it is offered (ftp:ssl-allow), by itself;
its own settings are in another file, which is not read.
"""

from typing import Final
from urllib.parse import unquote, urlsplit

from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.ftp.target import TlsMode
from ftpwatch.importers.site import MOST_SITES, Found, LeftOut, Site, Unreadable, place_problem

__all__ = ["read_lftp"]

_TLS: Final = {"ftp": TlsMode.TRY, "ftps": TlsMode.IMPLICIT}
_OTHERS: Final = {"sftp": "SFTP", "fish": "FISH over SSH", "hftp": "FTP through an HTTP proxy",
                  "http": "HTTP", "https": "HTTPS", "file": "a local directory",
                  "bittorrent": "BitTorrent"}  # fmt: skip


def read_lftp(data: bytes) -> Found:
    """The sites in `data`. Raises Unreadable."""
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        before = data.count(b"\n", 0, error.start)
        raise Unreadable(f"line {before + 1} is not UTF-8") from None
    sites: list[Site] = []
    left_out: list[LeftOut] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        name, _, url = line.strip().replace("\t", " ", 1).partition(" ")
        if not url.strip():
            raise Unreadable(f"line {number} is not a bookmark of lftp: a name and a URL")
        if len(sites) + len(left_out) >= MOST_SITES:
            raise Unreadable(f"it holds more than {MOST_SITES} sites")
        site = _site(name, url.strip())
        (sites if isinstance(site, Site) else left_out).append(site)  # type: ignore[arg-type]
    if not sites and not left_out:
        raise Unreadable("it holds no bookmark of lftp: a name and a URL a line are expected")
    return Found(tuple(sites), tuple(left_out))


def _site(name: str, text: str) -> Site | LeftOut:
    try:
        url = urlsplit(text if "://" in text else f"ftp://{text}")
        host, port = url.hostname or "", url.port
    except ValueError:
        return LeftOut(name, "its URL cannot be read")
    tls = _TLS.get(url.scheme)
    if tls is None:
        return LeftOut(name, f"it is {_OTHERS.get(url.scheme, 'something else')}, and not FTP")
    user = unquote(url.username) if url.username else None
    if user is None and tls is TlsMode.TRY:
        tls = TlsMode.OFF  # ftp:ssl-allow-anonymous is off by default
    usual = 990 if tls is TlsMode.IMPLICIT else 21
    if (problem := place_problem(host, str(usual if port is None else port), user)) is not None:
        return LeftOut(name, problem)
    return Site(
        name, host, port or usual, tls,
        user=user,
        password=Secret(unquote(url.password)) if user and url.password else None,
        settings={"tls": "try"} if tls is TlsMode.TRY else {},
    )  # fmt: skip
