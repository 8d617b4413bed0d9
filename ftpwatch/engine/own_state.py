"""What a session knows of itself: its own events, folded the moment they are published.

It is ahead of every view by what is still on its way through the bus: a session decides again
before that. The Watch takes over what was folded here.
"""

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import AnyEvent
from ftpwatch.core.journal.keeper import Publish
from ftpwatch.core.state.fold_session import next_session
from ftpwatch.core.state.folded_ahead import FoldedAhead
from ftpwatch.core.state.state import ConnectionFacts, SessionState
from ftpwatch.transport.waiting import Signal

__all__ = ["OwnConnection", "OwnState"]


class OwnState:
    """Of one session, across its connections. `news` is set after each event and each wish: whoever
    waits for one of the session clears it, looks, and waits again.
    """

    def __init__(
        self, session: SessionState, publish: Publish, ahead: FoldedAhead | None = None
    ) -> None:
        self._state, self._publish, self._ahead = session, publish, ahead
        self.news = Signal()

    @property
    def session(self) -> SessionState:
        """As folded so far."""
        return self._state

    def publish(self, event: AnyEvent, connection: int | None = None) -> Entry:
        """Send `event` on its way, and fold it."""
        entry = self._publish(event, self._state.name, connection)
        before = self._state
        self._state = next_session(before, entry)
        if self._ahead is not None:
            self._ahead.put(before, entry, self._state)
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
