"""What stands elsewhere than in an end's own entries: the hosts of its session, who is logged in.

Bounded: of very many sessions those that were heard of longest ago are forgotten.
"""

from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import CommandSent
from ftpwatch.core.text.matching import hosts_of

__all__ = ["Around"]

_MOST_SESSIONS: Final = 10_000
_MOST_HOSTS: Final = 20


class Around:
    """By session."""

    def __init__(self) -> None:
        self._hosts: dict[str, tuple[str, ...]] = {}
        self._users: dict[str, str] = {}

    def take(self, entry: Entry) -> None:
        """Learn from `entry`."""
        session = entry.session or ""
        if found := hosts_of(entry):
            known = (*self._hosts.pop(session, ()), *found)
            self._hosts[session] = tuple(dict.fromkeys(known))[-_MOST_HOSTS:]
            _bound(self._hosts)
        match entry.event:
            case CommandSent(verb="USER", argument=str() as user):
                self._users.pop(session, None)
                self._users[session] = user
                _bound(self._users)

    def hosts(self, session: str) -> tuple[str, ...]:
        """What `host:` knows it by."""
        return self._hosts.get(session, ())

    def user(self, session: str) -> str:
        """Who said USER there last; empty where nobody did."""
        return self._users.get(session, "")


def _bound(known: dict[str, tuple[str, ...]] | dict[str, str]) -> None:
    if len(known) > _MOST_SESSIONS:
        del known[next(iter(known))]
