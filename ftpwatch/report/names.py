"""The names that a recording is full of: users, hosts, addresses, paths, and sessions called after
them. Gathered while it is read, so that a report can do without them.

Bounded: of very many names those that came longest ago are forgotten; names of the ends that are
reported stay.
"""

from enum import StrEnum
from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    CheckMade,
    CommandSent,
    ConnectionOpened,
    ConnectionOpening,
    DataConnectionOpened,
    LimitKnown,
    RecordingMoved,
    SessionAdded,
    SourceOpened,
)
from ftpwatch.report.addresses import host_of, is_address
from ftpwatch.report.ending import Ending

__all__ = ["Names", "What"]


class What(StrEnum):
    """What can be left out of a report; its placeholders are `user-1`, `host-1` and so on."""

    USERS = "users"
    HOSTS = "hosts"
    ADDRESSES = "addresses"
    PATHS = "paths"


_MOST: Final = 20_000
_LONGEST: Final = 4_096
# Not a name, but what everybody calls it.
_NOBODY: Final = frozenset({"anonymous", "ftp", ""})
_NOWHERE: Final = frozenset({"", "/", ".", "..", "-a", "-l", "-la", "-al", "*"})
_WITH_PATH: Final = frozenset({
    "CWD", "XCWD", "RETR", "STOR", "STOU", "APPE", "DELE", "RMD", "XRMD", "MKD", "XMKD", "RNFR",
    "RNTO", "LIST", "NLST", "MLSD", "MLST", "STAT", "SIZE", "MDTM", "MFMT", "SMNT", "XMD5", "XCRC",
    "XSHA1", "XSHA256", "HASH", "AVBL", "SITE",
})  # fmt: skip
_COMMON_LABELS: Final = frozenset({"ftp", "ftps", "sftp", "www", "com", "net", "org", "local"})
_SHORTEST_LABEL: Final = 3


class Names:
    """What is known by what it is. Nothing is gathered where nothing is to be left out."""

    def __init__(self, left_out: frozenset[What] = frozenset()) -> None:
        self.left_out = left_out
        self._known: dict[What, dict[str, None]] = {what: {} for what in What}
        self._kept: dict[What, dict[str, None]] = {what: {} for what in What}
        self.sessions: dict[str, None] = {}

    def take(self, entry: Entry) -> None:
        """The names in `entry`."""
        if not self.left_out:
            return
        match entry.event:
            case SessionAdded(target=target):
                self.add_host(target.host)
                self.add(What.USERS, target.user)
                self.add_session(target.name, target.host, target.user)
            case ConnectionOpening(host=host) | CheckMade(host=host) | LimitKnown(host=host):
                self.add_host(host)
            case ConnectionOpened(local, peer):
                self.add_host(host_of(local))
                self.add_host(host_of(peer))
            case DataConnectionOpened(peer=str() as peer):
                self.add_host(host_of(peer))
            case CommandSent(verb="USER", argument=str() as user):
                self.add(What.USERS, user)
                self.add_session(entry.session or "", "", user)
            case CommandSent(verb=verb, argument=str() as argument) if verb in _WITH_PATH:
                self.add_path(argument)
            case SourceOpened(name=path) | RecordingMoved(path=path):
                self.add_path(path)

    def keep(self, ending: Ending) -> None:
        """The names of an end that stands in the report are never forgotten."""
        host = host_of(ending.seen.host).strip("[]")
        self._kept[What.USERS][ending.seen.user] = None
        self._kept[What.ADDRESSES if is_address(host) else What.HOSTS][host] = None
        self.add_session(ending.session, host, ending.seen.user)

    def add(self, what: What, name: str) -> None:
        """One more name."""
        common = _NOWHERE if what is What.PATHS else _NOBODY
        if name.strip().lower() in common or len(name) > _LONGEST:
            return
        known = self._known[what]
        known.pop(name, None)
        known[name] = None
        if len(known) > _MOST:
            del known[next(iter(known))]

    def add_host(self, host: str) -> None:
        """A host by its name, or by its address."""
        self.add(What.ADDRESSES if is_address(host) else What.HOSTS, host.strip("[]"))

    def add_path(self, path: str) -> None:
        """A path, and the name at its end."""
        path = path.strip()
        self.add(What.PATHS, path)
        base = path.replace("\\", "/").rstrip("/").rpartition("/")[2]
        if base != path and "." in base.strip("."):
            self.add(What.PATHS, base)

    def add_session(self, session: str, host: str, user: str) -> None:
        """A session whose name gives away its host or its user is a name itself."""
        base = session.rpartition("/")[0] if _is_numbered(session) else session
        low, host = base.lower(), host.lower()
        tell = set[str]()
        if What.HOSTS in self.left_out and not is_address(host):
            tell |= {one for one in host.split(".") if one not in _COMMON_LABELS}
        if What.USERS in self.left_out and user.lower() not in _NOBODY:
            tell.add(user.lower())
        is_host = low in (host, "") or low.startswith((f"{host}:", f"{host}@"))
        if not is_host and any(len(t) >= _SHORTEST_LABEL and t in low for t in tell):
            self.sessions[base] = None
            if len(self.sessions) > _MOST:
                del self.sessions[next(iter(self.sessions))]

    def of(self, what: What) -> list[str]:
        """All that are known of one kind."""
        both = {**self._kept[what], **self._known[what]}
        return [name for name in both if name.strip().lower() not in _NOBODY | _NOWHERE]


def _is_numbered(session: str) -> bool:
    return session.rpartition("/")[2].isdecimal() and "/" in session
