"""Commands of the user, in the order in which they are sent.

Each waits until no reply is owed, so that its answer is told from that of a keep-alive; what the
connection does not live to see is told to who wished it.
"""

from collections.abc import Callable
from typing import Final

from ftpwatch.core.controls import Refused
from ftpwatch.core.ftp.by_hand import Answer, decision, secrets_in, with_secrets_hidden
from ftpwatch.core.ftp.command import Command, Purpose, scrubber_of
from ftpwatch.core.state.state import SessionState
from ftpwatch.engine.control_connection import ControlConnection
from ftpwatch.transport.waiting import Signal

__all__ = ["ByHand", "send_by_hand", "why_unsendable"]

MOST_WAITING: Final = 10
Unsent = Callable[[str], None]


class ByHand:
    """Of one session; `news` is set where there is one more."""

    __slots__ = ("_news", "_waiting")

    def __init__(self, news: Signal) -> None:
        self._news = news
        self._waiting: tuple[tuple[Command, Unsent], ...] = ()

    @property
    def next_command(self) -> Command | None:
        """The one whose turn it is."""
        return self._waiting[0][0] if self._waiting else None

    def add(self, command: Command, unsent: Unsent) -> None:
        """Send `command` in its turn. Raises Refused where too many wait."""
        if len(self._waiting) == MOST_WAITING:
            raise Refused(f"{MOST_WAITING} commands wait already for the reply that is owed")
        self._waiting = (*self._waiting, (command, unsent))
        self._news.set()

    def was_sent(self) -> None:
        """The next one has gone out."""
        self._waiting = self._waiting[1:]

    def drop(self) -> None:
        """The connection has ended, or is left."""
        waiting, self._waiting = self._waiting, ()
        for command, unsent in waiting:
            unsent(f"{command} was not sent: the connection ended before its turn came")


async def send_by_hand(command: Command, connection: ControlConnection) -> None:
    """Send `command`, no password in which is shown, nor where the server sends it back. Raises
    ConnectionEnded.
    """
    target, own = connection.target, secrets_in(command)
    scrub = scrubber_of(target.user, target.password, target.account, *own)
    if own:
        connection.receiver.hide(scrub)
    await connection.send(with_secrets_hidden(command, scrub), Purpose.USER)


def why_unsendable(session: SessionState, command: Command) -> str | None:
    """Why `command` cannot be sent in `session` now; None where it can."""
    row, facts = decision(command), session.connection
    if row.answer is Answer.REFUSE:
        return f"{command.verb} is not sent by hand: {row.why}"
    if facts is None or facts.closure is not None:
        return f"{session.name} is not connected"
    if facts.ready_at is None:
        return f"{session.name} is not logged in yet"
    if facts.quit_sent:
        return f"{session.name} is being closed"
    return None
