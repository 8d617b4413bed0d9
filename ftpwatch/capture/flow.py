"""One TCP connection of a capture, and what can be said of it by itself."""

import re
from datetime import datetime
from typing import Final

from ftpwatch.capture.streams import Stream
from ftpwatch.core.conversation.overheard_session import OverheardSession
from ftpwatch.core.journal.events import DataConnectionClosed
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner

__all__ = ["REPLY", "End", "Flow", "Protocol", "shown"]

End = tuple[str, int]

REPLY: Final = re.compile(rb"[1-6]\d\d[ -]|[1-6]\d\d\r?\n")
_GREETING: Final = re.compile(rb"(?:120|220|421|500|530)[ -]")
_COMMAND: Final = re.compile(
    rb"(?i)(?:USER|PASS|AUTH|FEAT|SYST|HOST|OPTS|CLNT|NOOP|PWD|CWD|TYPE|PASV|EPSV|PORT|EPRT|LIST|"
    rb"MLSD|RETR|STOR|QUIT|STAT)\b"
)
_HELD: Final = 1_024
_DEAD_AFTER: Final = 3  # repeats


class Protocol:
    """What is wondered of a connection on another port, by what was said on it so far."""

    def __init__(self, *, from_start: bool) -> None:
        self._from_start = from_start
        self.held: list[tuple[bool, bytes, datetime]] = []
        self.is_ftp = self.is_other = False

    def hear(self, data: bytes, at: datetime, *, from_client: bool) -> None:
        """One side said this."""
        self.held.append((from_client, data, at))
        up = b"".join(said for client, said, _ in self.held if client)
        down = b"".join(said for client, said, _ in self.held if not client)
        self.is_ftp = bool(_COMMAND.match(up) and REPLY.match(down))
        self.is_other = not self.is_ftp and self._is_foreign(up, down)
        if self.is_other:
            self.held.clear()

    def _is_foreign(self, up: bytes, down: bytes) -> bool:
        """It is no FTP, or too much was said to tell."""
        if up and not _COMMAND.match(up):
            return True
        greets = not self._from_start or not down or bool(_GREETING.match(down))
        return not greets or len(up) + len(down) > _HELD


class Flow:
    """`client` opened it, as far as that can be seen. `session` is that of a control connection,
    `serves` the control connection of a data connection; `syns` counts how often it was asked for,
    `place` is its number among the sessions of the same two ends, `sizes` are the bytes of the
    client and of the server.
    """

    def __init__(self, client: End, server: End, began_at: datetime, *, from_start: bool) -> None:
        self.client, self.server, self.from_start = client, server, from_start
        self.began_at = began_at
        self.opened_at: datetime | None = None
        self.last_sent_at: datetime | None = None
        self.up, self.down = Stream(), Stream()
        self.session: OverheardSession | None = None
        self.place: int | None = None
        self.serves: Flow | None = None
        self.protocol = Protocol(from_start=from_start)
        self.expects_tls = self.is_secured = self.is_over = False
        self.sizes = [0, 0]
        self.syns = 0

    @property
    def is_dead(self) -> bool:
        """What the client sends comes again and again, and nobody takes it."""
        return self.up.repeats >= _DEAD_AFTER

    @property
    def served(self) -> OverheardSession | None:
        """The session whose data connection it is."""
        return self.serves.session if self.serves is not None else None

    def idle_seconds(self, at: datetime) -> float | None:
        """Since the client sent something."""
        return _seconds(self.last_sent_at, at)

    def as_data(
        self,
        by: ClosedBy | None,
        manner: Manner | None,
        at: datetime,
        problem: str | None = None,
    ) -> DataConnectionClosed:
        """The end of the data connection that it was, seen from the user-PI."""
        own = self.serves is not None and self.client[0] == self.serves.client[0]
        sent, received = self.sizes if own else self.sizes[::-1]
        if by is not None and not own:
            by = ClosedBy.SERVER_PI if by is ClosedBy.USER_PI else ClosedBy.USER_PI
        return DataConnectionClosed(
            number=0,
            bytes_sent=sent,
            bytes_received=received,
            seconds=_seconds(self.opened_at, at),
            by=by,
            manner=manner,
            problem=problem,
        )


def _seconds(since: datetime | None, at: datetime) -> float | None:
    return None if since is None else max(0.0, (at - since).total_seconds())


def shown(end: End) -> str:
    """`host:port`, IPv6 in brackets."""
    host, port = end
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
