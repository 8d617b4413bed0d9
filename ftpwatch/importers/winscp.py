"""WinSCP: WinSCP.ini, of which every section `Sessions\\Folder/Name` is a site.

Names and numbers are those of WinSCP's page "Raw Site Settings" and of its source (SessionData.h,
HierarchicalStorage.cpp): %-escapes, UTF-8 where they begin with a byte order mark; FSProtocol 5 is
FTP, Ftps 0 to 3, FtpPingType 0 off, 1 and 2 dummy commands, 3 a directory listing. What is not
written there is as WinSCP has it by default. Passwords are obfuscated, and that is no secret;
under a master password they are encrypted.
"""

import configparser
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.ftp.target import TlsMode
from ftpwatch.importers.site import MOST_SITES, Found, LeftOut, Site, Unreadable, place_problem

__all__ = ["read_winscp"]

_SESSIONS: Final = "Sessions\\"
_DEFAULTS: Final = "Default Settings"
_FTP: Final = "5"
_SFTP: Final = "1"
_OTHERS: Final = {"0": "SCP", "1": "SFTP", "2": "SFTP", "6": "WebDAV", "7": "S3"}
_TLS: Final = {
    "0": TlsMode.OFF, "1": TlsMode.IMPLICIT, "2": TlsMode.EXPLICIT, "3": TlsMode.EXPLICIT,
}  # fmt: skip
_PORTS: Final = {TlsMode.IMPLICIT: "990"}
_BOM: Final = b"\xef\xbb\xbf"
_OFF, _LISTING = "0", "3"
_USUAL_INTERVAL: Final = 30
_LONGEST_INTERVAL: Final = 86_400
_DUMMIES: Final = "PWD,REST,TYPE A,TYPE I"
_MAGIC: Final = 0xA3
_FLAG, _PLAIN, _ENCRYPTED, _LONG = 0xFF, 0, 1, 2


def read_winscp(data: bytes) -> Found:
    """The sites in `data`. Raises Unreadable."""
    file = configparser.RawConfigParser(
        strict=False, delimiters=("=",), comment_prefixes=(";",), allow_no_value=True,
        empty_lines_in_values=False, default_section="\0",
    )  # fmt: skip
    file.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        file.read_string(_decoded(data))
    except configparser.MissingSectionHeaderError as error:
        raise Unreadable(f"it is not WinSCP.ini: line {error.lineno} is in no section") from None
    except configparser.ParsingError as error:
        line = error.errors[0][0] if error.errors else 0
        raise Unreadable(f"it is not WinSCP.ini: line {line} is neither key nor section") from None
    sections = [name for name in file.sections() if name.startswith(_SESSIONS)]
    if not sections:
        raise Unreadable(
            "it holds no site of WinSCP: a WinSCP.ini with sections [Sessions\\NAME] is expected, "
            "as Tools > Export/Backup Configuration writes it"
        )
    if len(sections) > MOST_SITES:
        raise Unreadable(f"it holds more than {MOST_SITES} sites")
    found = [
        _site(path, {key: _plain(value or "") for key, value in file.items(section, raw=True)})
        for section in sections
        if (path := _plain(section.removeprefix(_SESSIONS))) != _DEFAULTS
    ]
    return Found(
        tuple(site for site in found if isinstance(site, Site)),
        tuple(other for other in found if isinstance(other, LeftOut)),
    )


def _decoded(data: bytes) -> str:
    for encoding in ("utf-16", "utf-8-sig") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else (
        "utf-8-sig",
    ):  # fmt: skip
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("cp1252", "replace")


def _plain(text: str) -> str:
    """`text` without its %-escapes."""
    if "%" not in text:
        return text
    data = unquote_to_bytes(text)
    if data.startswith(_BOM):
        return data.removeprefix(_BOM).decode("utf-8", "replace")
    try:
        return data.decode("utf-8") if not text.isascii() else data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _site(path: str, said: Mapping[str, str]) -> Site | LeftOut:
    *folders, name = [part.strip() for part in path.split("/") if part.strip()] or ["?"]
    protocol = said.get("FSProtocol", _SFTP)
    host, user = said.get("HostName", "").strip().strip("[]"), said.get("UserName") or None
    if "@" in host and user is None:
        user, _, host = host.rpartition("@")
    tls = _TLS.get(said.get("Ftps", "0"))
    if said.get("IsWorkspace") == "1":
        return LeftOut(path, "it is part of a workspace, a copy of what was open")
    if protocol != _FTP:
        return LeftOut(path, f"it is {_OTHERS.get(protocol, 'something else')}, and not FTP")
    if tls is None:
        return LeftOut(path, f"Ftps={said['Ftps'][:10]!r} is none of 0 to 3")
    if said.get("Tunnel", "0") != "0":
        return LeftOut(path, "it goes through an SSH tunnel")
    port = said.get("PortNumber", _PORTS.get(tls, "21"))
    if (problem := place_problem(host, port, user)) is not None:
        return LeftOut(path, problem)
    password, notes = _password(said, user, host)
    return Site(
        name, host, int(port), tls,
        folders=tuple(folders),
        user=user,
        password=password if user is not None else None,
        settings=_settings(said, notes),
        notes=tuple(notes),
    )  # fmt: skip


def _settings(said: Mapping[str, str], notes: list[str]) -> dict[str, str]:
    """Keep-alives as WinSCP sends them, and how long it waits for replies."""
    settings = {}
    every = _seconds(said.get("FtpPingInterval"), notes, "FtpPingInterval") or _USUAL_INTERVAL
    kind = said.get("FtpPingType", "2")
    if kind == _OFF:
        settings["keep_alive"] = "off"
    elif kind == _LISTING:
        settings |= {"keep_alive": f"{every}s", "keep_alive_command": "LIST"}
    elif every == _USUAL_INTERVAL:
        settings["keep_alive_like"] = "winscp"
    else:
        settings |= {"keep_alive": f"{every}s", "keep_alive_command": _DUMMIES}
    if (timeout := _seconds(said.get("Timeout"), notes, "Timeout")) is not None:
        settings["timeout"] = f"{timeout}s"
    if said.get("ProxyMethod", "0") != "0" or said.get("FtpProxyLogonType", "0") != "0":
        notes.append("its proxy is not used")
    if said.get("FtpAccount"):
        notes.append("its account (ACCT) is not imported: netrc can hold it")
    if said.get("TlsCertificateFile"):
        notes.append("its client certificate is not imported: cert and key name PEM files")
    return settings


def _seconds(text: str | None, notes: list[str], name: str) -> int | None:
    if text is None:
        return None
    if text.isdecimal() and len(text) <= 6 and 0 < int(text) <= _LONGEST_INTERVAL:
        return int(text)
    notes.append(f"{name}={text[:20]!r} is not a number of seconds that can be used")
    return None


def _password(
    said: Mapping[str, str], user: str | None, host: str
) -> tuple[Secret | None, list[str]]:
    if "PasswordPlain" in said:
        return Secret(said["PasswordPlain"]), []
    if not said.get("Password"):
        return None, []
    try:
        return _unobfuscated(bytes.fromhex(said["Password"]), f"{user or ''}{host}"), []
    except PermissionError:
        return None, ["its password is protected by WinSCP's master password"]
    except (ValueError, IndexError):
        return None, ["its password cannot be read"]


def _unobfuscated(data: bytes, account: str) -> Secret:
    """Every byte is its complement, exclusive or the magic one; behind a flag, a version, the
    length and some filling stands account and password. Raises PermissionError where it is
    encrypted, ValueError or IndexError where it is nothing of the kind.
    """
    text = bytes(~byte & 0xFF ^ _MAGIC for byte in data)
    if text[0] != _FLAG:
        raise ValueError("no flag")
    version, at = text[1], 2
    if version == _ENCRYPTED:
        raise PermissionError
    if version not in (_PLAIN, _LONG):
        raise ValueError("unknown version")
    size = 2 if version == _LONG else 1
    length = int.from_bytes(text[at : at + size], "big")
    start = at + size + 1 + text[at + size]
    whole = text[start : start + length].decode()
    if len(text) < start + length or not whole.startswith(account):
        raise ValueError("another account")
    return Secret(whole.removeprefix(account))
