"""What a session knows of itself: its own events, folded the moment they are published.

The same fold as every view's, ahead of them by what is still on its way through the bus: a session
decides again before that.
"""

from ftpwatch.core.ftp.target import TargetFacts
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import AnyEvent
from ftpwatch.core.journal.keeper import Publish
from ftpwatch.core.state.fold_session import new_session, next_session
from ftpwatch.core.state.state import ConnectionFacts, SessionState
from ftpwatch.transport.waiting import Signal

__all__ = ["OwnConnection", "OwnState"]


class OwnState:
    """Of one session, across its connections. `news` is set after each event and each wish: whoever
    waits for one of the session clears it, looks, and waits again.
    """

    def __init__(self, target: TargetFacts, publish: Publish) -> None:
        self._publish = publish
        self.news = Signal()
        self._state = new_session(target)

    @property
    def session(self) -> SessionState:
        """As folded so far."""
        return self._state

    def publish(self, event: AnyEvent, connection: int | None = None) -> Entry:
        """Send `event` on its way, and fold it."""
        entry = self._publish(event, self._state.name, connection)
        self._state = next_session(self._state, entry)
        self.news.set()
        return entry

    def connection(self, number: int) -> "OwnConnection":
        """The same, for one connection of the session."""
        return OwnConnection(self, number)


class OwnConnection:
    """One connection's part of it, once its `connection_opening` was published."""

    def __init__(self, own: OwnState, number: int) -> None:
        self._own, self.number = own, number

    @property
    def facts(self) -> ConnectionFacts:
        """As folded so far."""
        facts = self._own.session.connection
        assert facts is not None, "its connection_opening comes first"
        return facts

    def publish(self, event: AnyEvent) -> Entry:
        """An event of this connection."""
        return self._own.publish(event, self.number)

    def nudge(self) -> None:
        """Something changed that is no event."""
        self._own.news.set()
