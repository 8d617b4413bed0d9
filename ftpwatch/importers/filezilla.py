"""FileZilla: sitemanager.xml, filezilla.xml, and what its Export writes, which holds both.

The values are those that FileZilla 3.63 writes. DTDs, entities and what they could do are refused
by the parser (extra `import`).
"""

import base64
import binascii
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.ftp.target import TlsMode
from ftpwatch.importers.site import MOST_SITES, Found, LeftOut, Site, Unreadable, place_problem

__all__ = ["read_filezilla", "read_filezilla_defaults"]

_TLS: Final = {
    "0": TlsMode.TRY,  # "Use explicit FTP over TLS if available"
    "3": TlsMode.IMPLICIT,
    "4": TlsMode.EXPLICIT,
    "6": TlsMode.OFF,  # "Only use plain FTP (insecure)"
}
_OTHERS: Final = {
    "1": "SFTP", "2": "HTTP", "5": "HTTPS", "7": "S3", "8": "Storj", "9": "WebDAV",
    "10": "Azure File Storage", "11": "Azure Blob Storage", "12": "OpenStack Swift",
    "13": "Google Cloud Storage", "14": "Google Drive", "15": "Dropbox", "16": "OneDrive",
    "17": "Backblaze B2", "18": "Box", "19": "WebDAV", "20": "Rackspace", "21": "Storj",
}  # fmt: skip
_ANONYMOUS: Final = "0"
_ASKED: Final = {"2": "ask", "3": "interactive"}
_WITH_ACCOUNT: Final = "4"
_BY_FTP: Final = ("0", "1", "2", "3", "4")
_DEEPEST: Final = 32
_KEEP_ALIVES: Final = "FTP Keep-alive commands"
_LONGEST_TEXT: Final = 1_000


def read_filezilla(data: bytes) -> Found:
    """The sites in `data`. Raises Unreadable."""
    root = _parsed(data)
    servers = root if root.tag == "Servers" else root.find("Servers")
    if root.tag != "FileZilla3" or servers is None:
        raise Unreadable(
            "it holds no sites of FileZilla: a sitemanager.xml, or what File > Export writes, is "
            "expected (FileZilla3, and Servers in it)"
        )
    sites: list[Site] = []
    left_out: list[LeftOut] = []
    for folders, server in _servers(servers):
        if len(sites) + len(left_out) >= MOST_SITES:
            raise Unreadable(f"it holds more than {MOST_SITES} sites")
        site = _site(server, folders)
        (sites if isinstance(site, Site) else left_out).append(site)  # type: ignore[arg-type]
    return Found(tuple(sites), tuple(left_out), _defaults(root))


def read_filezilla_defaults(data: bytes) -> dict[str, str]:
    """What the settings of FileZilla in `data` say for all sites. Raises Unreadable."""
    return _defaults(_parsed(data))


def _parsed(data: bytes) -> Element:
    try:
        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import fromstring
    except ImportError:
        raise Unreadable(
            "XML is read with defusedxml, which is missing; pip install 'ftpwatch[import]'"
        ) from None
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise Unreadable(
            "it holds a DTD or an entity, which FileZilla never writes; it is not read"
        ) from None
    except ParseError as error:
        line, column = error.position
        raise Unreadable(f"it is not XML: line {line}, column {column + 1}") from None
    except (ValueError, LookupError):
        raise Unreadable("it is in an encoding that cannot be read; UTF-8 is expected") from None
    return root


def _servers(servers: Element) -> Iterator[tuple[tuple[str, ...], Element]]:
    """Every site with its folders, in the order of the file."""
    waiting: list[tuple[tuple[str, ...], Element]] = [((), servers)]
    while waiting:
        folders, element = waiting.pop()
        if element.tag == "Server":
            yield folders, element
            continue
        if element.tag == "Folder":
            folders = (*folders, " ".join((element.text or "").split()))
        if len(folders) > _DEEPEST:
            raise Unreadable(f"its folders are more than {_DEEPEST} deep")
        inner = [child for child in element if child.tag in ("Server", "Folder")]
        waiting += [(folders, child) for child in reversed(inner)]


def _site(server: Element, folders: tuple[str, ...]) -> Site | LeftOut:
    host, port, protocol, logon, name = (
        _text(server, tag) for tag in ("Host", "Port", "Protocol", "Logontype", "Name")
    )
    # Before 3.6 a site's name was the text of its element.
    name = name or " ".join("".join([server.text or "", *(c.tail or "" for c in server)]).split())
    name = name or host
    tls = _TLS.get(protocol)
    if tls is None:
        other = _OTHERS.get(protocol, f"protocol {protocol[:10]!r}")
        return LeftOut(name, f"it is {other}, and not FTP")
    if logon not in _BY_FTP:
        return LeftOut(name, f"its logon type {logon[:10]!r} is none of FTP")
    user = None if logon == _ANONYMOUS else _text(server, "User") or None
    if (problem := place_problem(host, port, user)) is not None:
        return LeftOut(name, problem)
    password, notes = _password(server, logon)
    return Site(
        name, host, int(port), tls,
        folders=folders,
        user=user,
        password=password if user is not None else None,
        settings={"tls": "try"} if tls is TlsMode.TRY else {},
        notes=tuple(notes),
    )  # fmt: skip


def _password(server: Element, logon: str) -> tuple[Secret | None, list[str]]:
    """The password, where it is kept, and what is to be said of it."""
    notes = []
    if logon == _WITH_ACCOUNT:
        notes.append("its account (ACCT) is not imported: netrc can hold it")
    if logon in _ASKED:
        notes.append(f"its logon type is {_ASKED[logon]}: no password is kept")
    kept = server.find("Pass")
    if kept is None or logon in (_ANONYMOUS, *_ASKED):
        return None, notes
    match kept.get("encoding"):
        case "base64":
            try:
                return Secret(base64.b64decode(kept.text or "", validate=True).decode()), notes
            except (binascii.Error, ValueError):
                return None, [*notes, "its password cannot be read: it is not base64 of UTF-8"]
        case None:
            return Secret(kept.text or ""), notes
        case "crypt":
            return None, [*notes, "its password is protected by FileZilla's master password"]
        case _:
            return None, [*notes, "its password is encoded in a way that is not known"]


def _defaults(root: Element) -> dict[str, str]:
    for setting in root.iterfind("Settings/Setting"):
        if setting.get("name") == _KEEP_ALIVES:
            on = (setting.text or "").strip() == "1"
            return {"keep_alive_like": "filezilla"} if on else {"keep_alive": "off"}
    return {}


def _text(element: Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()[:_LONGEST_TEXT]
