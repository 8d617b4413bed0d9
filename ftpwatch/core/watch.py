"""The Watch: folds each entry once, asks the Advisor where something needs explaining, and tells
the result to every view and to the engine.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from ftpwatch.core.context import TOGETHER_SECONDS, Context, reached
from ftpwatch.core.entry import Entry
from ftpwatch.core.events import ClockJumped, ConnectionClosed, ReplyReceived
from ftpwatch.core.explanation import ClockDefault, Comparison, Explained
from ftpwatch.core.fold import fold
from ftpwatch.core.occasion import adds_nothing, context_of, needs_explaining
from ftpwatch.core.protocols import Advisor
from ftpwatch.core.state import SessionState, WatchState
from ftpwatch.core.verdict import Judged, VerdictChanged, Verdicts

__all__ = ["Update", "Watch"]

_KEPT: Final = 5_000
_INCIDENT: Final = "server_shutdown"


class Update(msgspec.Struct, frozen=True):
    """An entry with the state after it. `explained` is what it made us explain anew, `verdicts`
    are those it changed, `judgement` is how its connection is explained now, news or not.
    """

    entry: Entry
    state: WatchState
    explained: tuple[Explained, ...] = ()
    verdicts: tuple[VerdictChanged, ...] = ()
    judgement: Explained | None = None


class Watch:
    """One fold and one judgement for all. Subscribe `receive` to the bus."""

    def __init__(self, advisor: Advisor) -> None:
        self._advisor = advisor
        self._views: list[Callable[[Update], None]] = []
        self._explained: dict[int, Explained] = {}
        self._verdicts = Verdicts(advisor)
        self.state = WatchState()

    def subscribe(self, view: Callable[[Update], None]) -> None:
        """`view` is told every update from now on."""
        self._views.append(view)

    def unsubscribe(self, view: Callable[[Update], None]) -> None:
        """`view` is told no more."""
        self._views.remove(view)

    def explanation_of(self, seq: int) -> Explained | None:
        """The newest explanation of the entry `seq`."""
        return self._explained.get(seq)

    def explanations(self) -> tuple[Explained, ...]:
        """All explanations that are kept, oldest first."""
        return tuple(self._explained.values())

    def verdict_of(self, session: str) -> Judged | None:
        """Whether the keep-alive of `session` holds it; None where there is none to judge."""
        return self._verdicts.of(session)

    def meaning(self, code: int) -> str | None:
        """What the standards say of a reply code."""
        return self._advisor.meaning(code)

    def clocks(self, said: Mapping[str, Sequence[str]]) -> Sequence[ClockDefault]:
        """The clocks of the server that said this."""
        return self._advisor.clocks(said)

    def server(self, said: Mapping[str, Sequence[str]]) -> str | None:
        """The name of the server that said this."""
        return self._advisor.server(said)

    def compare(self, left: int, right: int) -> Comparison:
        """Two reply codes side by side."""
        return self._advisor.compare(left, right)

    def receive(self, entry: Entry) -> None:
        """Fold `entry`, explain what it ends or refuses, tell the views."""
        before, self.state = self.state, fold(self.state, entry)
        judgement, news = self._judge(before, entry)
        explained = [judgement] if judgement is not None and news else []
        explained += self._revise_withdrawn(before, entry)
        if isinstance(entry.event, ConnectionClosed):
            explained += self._revise_others(entry, self.state.sessions.get(entry.session or ""))
        elif isinstance(entry.event, ClockJumped):
            for session in self.state.sessions.values():
                explained += self._revise_others(entry, session)
        verdicts = self._verdicts.receive(entry, self.state, judgement)
        update = Update(entry, self.state, tuple(explained), verdicts, judgement)
        for view in list(self._views):
            view(update)

    def _judge(self, before: WatchState, entry: Entry) -> tuple[Explained | None, bool]:
        """The explanation that `entry` asks for, and whether it is new."""
        session = self.state.sessions.get(entry.session or "")
        facts = session.connection if session else None
        if session is None or facts is None or not needs_explaining(entry, facts):
            return None, False
        earlier = before.sessions.get(session.name, session)
        if adds_nothing(entry, facts, earlier.connection):
            return None, False
        of, context = context_of(session, facts, earlier.phase, self.state, entry)
        return self._tell(of, context, entry)

    def _revise_withdrawn(self, before: WatchState, entry: Entry) -> list[Explained]:
        """The session answered after a 421: what was announced did not come."""
        name = entry.session or ""
        earlier, session = before.sessions.get(name), self.state.sessions.get(name)
        facts = session.connection if session is not None else None
        said = earlier.connection.announcement if earlier and earlier.connection else None
        if said is None or session is None or facts is None or facts.announcement is not None:
            return []
        if facts.number != entry.connection or not isinstance(entry.event, ReplyReceived):
            return []
        host = self.state.host_of(session)
        context = Context(session, facts, host, said.at, said.phase, said.reply, lives_on=True)
        told, news = self._tell(said.seq, context, entry)
        return [told] if news else []

    def _revise_others(self, entry: Entry, closing: SessionState | None) -> list[Explained]:
        """A close or a gap in time may throw light on the closes of a host right before it; of
        many closes only those that change their number as it is told.
        """
        revised: list[Explained] = []
        if closing is None:
            return revised
        closed = isinstance(entry.event, ConnectionClosed)
        if isinstance(entry.event, ConnectionClosed) and entry.event.solicited:
            return revised
        since = entry.elapsed_seconds - TOGETHER_SECONDS
        closes = [c for c in self.state.host_of(closing).closures if c.at >= since]
        ended = {close.session for close in closes if not close.event.solicited}
        if closed and reached(ended) < len(ended):
            return revised
        for close in closes:
            session = self.state.sessions.get(close.session)
            facts = session.connection if session else None
            if session is None or facts is None or close.event.solicited or facts.closure != close:
                continue
            if (session.name != closing.name) is closed:
                of, context = context_of(session, facts, close.phase, self.state, entry)
                told, news = self._tell(of, context, entry)
                revised += [told] if news else []
        return revised

    def _tell(self, of: int, context: Context, by: Entry) -> tuple[Explained, bool]:
        told = self._advisor.explain(context)
        incident = context.incident if told.cause == _INCIDENT else None
        known = self._explained.get(of)
        if known is not None and (known.explanation, known.incident) == (told, incident):
            return known, False
        revision = known.revision + 1 if known else 1
        name, number = context.session.name, context.connection.number
        explained = Explained(of, revision, by, name, number, told, incident)
        self._keep(explained)
        return explained, True

    def _keep(self, explained: Explained) -> None:
        self._explained[explained.of] = explained
        while len(self._explained) > _KEPT:
            del self._explained[next(iter(self._explained))]
