"""What others' sessions said, as entries. Whoever reads a log or a capture tells each session what
it saw, and when.
"""

from collections.abc import Callable, Hashable
from itertools import islice
from typing import Final

from ftpwatch.core.conversation.conversation import HeardSecrets
from ftpwatch.core.conversation.overheard_session import OverheardSession
from ftpwatch.core.conversation.stamps import Stamps
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import SourceOpened

__all__ = ["SESSIONS_AT_MOST", "Overheard"]

SESSIONS_AT_MOST: Final = 2_000
_FTP: Final = 21
_LOOKED_AT: Final = 20


class Overheard:
    """The sessions of `source`; `put` gets their entries. Of very many the first that ended are let
    go: their entries say that they are watched no longer.
    """

    def __init__(self, source: SourceOpened, put: Callable[[Entry], object]) -> None:
        self._stamps, self._secrets = Stamps(source, put), HeardSecrets()
        self._sessions: dict[Hashable, OverheardSession] = {}
        self._names: dict[str, int] = {}

    def session(
        self, key: Hashable, name: str, host: str = "", port: int = _FTP
    ) -> OverheardSession:
        """The session that the source tells from others by `key`; made where it is new."""
        session = self._sessions.get(key)
        if session is None:
            if len(self._sessions) >= SESSIONS_AT_MOST:
                self._let_go()
            session = OverheardSession(self._stamps, self._secrets, self._unused(name), host, port)
            self._sessions[key] = session
        return session

    def knows(self, key: Hashable) -> bool:
        """There is a session of that key."""
        return key in self._sessions

    def _unused(self, name: str) -> str:
        if len(self._names) >= 10 * SESSIONS_AT_MOST:
            self._names.pop(next(iter(self._names)))
        count = self._names[name] = self._names.get(name, 0) + 1
        return name if count == 1 else f"{name}#{count}"

    def _let_go(self) -> None:
        """One of the oldest that has ended, or else the very oldest."""
        oldest = list(islice(self._sessions, _LOOKED_AT))
        over = (key for key in oldest if not self._sessions[key].is_open)
        self._sessions.pop(next(over, oldest[0])).leave()
