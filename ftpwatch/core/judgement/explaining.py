"""Which explanations a watch gives: of each end alone, or of several together as one incident, and
again where something throws new light on them. Each is kept under the seq of what it explains.
Long, as what is told anew can only be read beside what was told first.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from immutables import Map
from msgspec.structs import replace

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    ClockJumped,
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    DataConnectionClosed,
    ReplyReceived,
)
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.judgement.advisor import Advisor
from ftpwatch.core.judgement.context import Context, End
from ftpwatch.core.judgement.incidents import Incidents, ObservedEnd, Occurrence, kind_of_end
from ftpwatch.core.judgement.triggers import (
    adds_nothing,
    context_of,
    needs_explaining,
    slept_seconds,
)
from ftpwatch.core.state.explanation import Confidence, Explained, Explanation
from ftpwatch.core.state.state import (
    DATA_FAILURE_CODES,
    Incident,
    SessionState,
    WatchState,
    host_key,
)

__all__ = ["Explaining"]

_KEPT: Final = 5_000
_INCIDENTS_KEPT: Final = 100
_WAKING_SECONDS: Final = 2.0
_LIVING_TELL: Final = Cause.SERVER_SHUTDOWN
_VAGUE: Final = (None, Cause.UNKNOWN, Cause.CONNECTION_LOST, Cause.SERVER_GOODBYE)
_SURE: Final = (Confidence.POSSIBLE, Confidence.LIKELY, Confidence.CERTAIN)


class Explaining:
    """The explanations of one watch. `incidents` are those of late, by their seq."""

    def __init__(self, advisor: Advisor) -> None:
        self._advisor = advisor
        self._explained: dict[int, Explained] = {}
        self._occurrences = Incidents()
        self._state = WatchState()
        self.incidents: Map[int, Incident] = Map()

    def restore(self, explained: Sequence[Explained], incidents: Map[int, Incident]) -> None:
        """Go on from what was explained before."""
        self._explained = {one.of: one for one in explained[-_KEPT:]}
        self.incidents = incidents

    def of(self, seq: int) -> Explained | None:
        """The newest explanation of the entry `seq`."""
        return self._explained.get(seq)

    def of_connection(self, session: str, connection: int) -> Explained | None:
        """How the end of that connection is explained, as it was last."""
        return next(
            (
                one
                for one in reversed(self._explained.values())
                if one.session == session and one.connection == connection
            ),
            None,
        )

    def all(self) -> tuple[Explained, ...]:
        """All explanations that are kept, oldest first."""
        return tuple(self._explained.values())

    @property
    def awaits_others(self) -> bool:
        """`settle` may have something to do."""
        return self._occurrences.are_open

    @property
    def settles_at(self) -> float | None:
        """The moment of the watch at which `settle` has something to do."""
        return self._occurrences.next_at

    def receive(
        self, before: WatchState, state: WatchState, entry: Entry
    ) -> tuple[Explained | None, tuple[Explained, ...]]:
        """How the connection of `entry` is explained now, and what is explained anew."""
        self._state = state
        if isinstance(entry.event, CommandSent) and state.source is None:
            return None, ()  # what we say explains nothing
        judgement, news = self._judge(before, entry)
        explained = [judgement] if judgement is not None and news else []
        explained += self._revise_withdrawn(before, entry)
        if isinstance(entry.event, ClockJumped):
            for session in state.sessions.values():
                explained += self._revise_waking(entry, session)
        return judgement, tuple(explained)

    def settle(self, now: float, state: WatchState) -> Iterator[tuple[Entry, Occurrence]]:
        """What ended together, where by the moment `now` it is known who did, with the last entry
        of each; `settled` then tells what that makes of them.
        """
        self._state = state
        for occurrence in self._occurrences.settle(now):
            yield occurrence.observed[-1].by, occurrence

    def _judge(self, before: WatchState, entry: Entry) -> tuple[Explained | None, bool]:
        """The explanation that `entry` asks for, and whether it is new."""
        session = self._state.sessions.get(entry.session or "")
        facts = session.connection if session else None
        overheard = self._state.source is not None
        if session is None or facts is None:
            return None, False
        if not needs_explaining(entry, facts, overheard=overheard):
            return None, False
        earlier = before.sessions.get(session.name, session)
        if adds_nothing(entry, facts, earlier.connection):
            return None, False
        of, context = context_of(session, facts, earlier.phase, self._state, entry)
        alone = context.solicited or session.target.twin or facts.ended_by_us
        alone = alone or not context.timed or not _ends(entry)
        if alone or context.slept_seconds is not None:
            return self._explain(of, context, entry)
        return self._explain_end(of, context, entry)

    def _explain_end(
        self, of: int, context: Context, entry: Entry
    ) -> tuple[Explained | None, bool]:
        """An end that nobody asked for: alone, or together with others of its host."""
        closed = isinstance(entry.event, ConnectionClosed | ConnectionFailed)
        end = End(context.session.name, context.at, kind_of_end(context), context.idle_seconds)
        occurrence = self._occurrences.add(
            ObservedEnd(of=of, by=entry, context=context, end=end, closed=closed)
        )
        known = occurrence.by_kind.get(end.kind) if occurrence.is_shared else None
        if known is None:
            together = occurrence.ends if occurrence.is_incident else ()
            known = self._advisor.explain(replace(context, ends=together))
            occurrence.by_kind[end.kind] = known
        incident = self._note(occurrence, occurrence.cause if occurrence.settled else known.cause)
        before = self._explained.get(of)
        if incident is not None and before is not None and not occurrence.settled:
            return before, False  # told when it was announced, and once more when all is settled
        return self._publish(of, context, entry, known, incident)

    def _note(self, occurrence: Occurrence, cause: Cause | None) -> int | None:
        """Keep an incident in the state; its seq."""
        incident = occurrence.incident(cause)
        if incident is None:
            return None
        self.incidents = self.incidents.set(incident.seq, incident)
        if len(self.incidents) > _INCIDENTS_KEPT:
            self.incidents = self.incidents.delete(min(self.incidents))
        return incident.seq

    # --- judging again -------------------------------------------------------------------------

    def settled(self, occurrence: Occurrence) -> tuple[Explained, ...]:
        """It is known who took part: all of an incident are told once more, as one; of fewer ends
        only those where it matters that others live on.
        """
        ends = [end for end in occurrence.observed if end.closed]
        if any(self._now(end.context).slept_seconds is not None for end in ends):
            self._forget(occurrence)  # found together, and nobody knows when they ended
            return ()
        hosts = {host_key(end.context.session): end.context.session for end in ends}
        open_ones = {n for one in hosts.values() for n in self._state.host_of(one).open_sessions}
        living = len(open_ones - occurrence.sessions)
        if occurrence.is_incident:
            return self._settled_as_one(occurrence, ends, living)
        ends = [end for end in ends if self._is_of(end, _LIVING_TELL)]
        contexts = [replace(self._now(end.context), living=living) for end in ends]
        revised = [self._explain(t.of, c, t.by) for t, c in zip(ends, contexts, strict=True)]
        return tuple(explained for explained, news in revised if news)

    def _settled_as_one(
        self, occurrence: Occurrence, ends: Sequence[ObservedEnd], living: int
    ) -> tuple[Explained, ...]:
        by_kind: dict[str, Explanation] = {}
        for one in ends:
            if one.end.kind not in by_kind:
                context = replace(self._now(one.context), ends=occurrence.ends, living=living)
                by_kind[one.end.kind] = self._advisor.explain(context)
        if len(by_kind) > 1 and living <= len(ends):
            common = _common([by_kind[one.end.kind] for one in ends])
            by_kind = {
                kind: why if _says_otherwise(why, common) else _as(common, why)
                for kind, why in by_kind.items()
            }
        occurrence.by_kind.update(by_kind)
        causes = {why.cause for why in by_kind.values()}
        occurrence.cause = causes.pop() if len(causes) == 1 else None
        incident = self._note(occurrence, occurrence.cause)
        revised = [
            self._publish(one.of, one.context, one.by, by_kind[one.end.kind], incident)
            for one in ends
        ]
        return tuple(explained for explained, news in revised if news)

    def _forget(self, occurrence: Occurrence) -> None:
        """It is no incident after all."""
        incident = occurrence.incident(None)
        if incident is not None and incident.seq in self.incidents:
            self.incidents = self.incidents.delete(incident.seq)

    def _now(self, context: Context) -> Context:
        """With what became known since."""
        slept = slept_seconds(self._state, context.connection)
        host = self._state.host_of(context.session)
        return replace(context, host=host, slept_seconds=slept)

    def _is_of(self, end: ObservedEnd, cause: Cause) -> bool:
        known = self._explained.get(end.of)
        return known is not None and known.explanation.cause == cause

    def _revise_withdrawn(self, before: WatchState, entry: Entry) -> list[Explained]:
        """The session answered after a 421: what was announced did not come."""
        name = entry.session or ""
        earlier, session = before.sessions.get(name), self._state.sessions.get(name)
        facts = session.connection if session is not None else None
        announcement = earlier.connection.announcement if earlier and earlier.connection else None
        if (
            announcement is None
            or session is None
            or facts is None
            or facts.announcement is not None
        ):
            return []
        if facts.number != entry.connection or not isinstance(entry.event, ReplyReceived):
            return []
        occurrence = self._occurrences.of(session, announcement.at)
        if occurrence is not None:
            occurrence.leave((session.name, facts.number))
        host = self._state.host_of(session)
        context = Context(
            session=session,
            connection=facts,
            host=host,
            at=announcement.at,
            phase=announcement.phase,
            reply=announcement.reply,
            lives_on=True,
            source=self._state.source,
        )
        explained, news = self._explain(announcement.seq, context, entry)
        return [explained] if news else []

    def _revise_waking(self, entry: Entry, session: SessionState) -> list[Explained]:
        """A gap in time throws light on the close of `session` right before it was noticed."""
        facts = session.connection
        closure = facts.closure if facts is not None else None
        if facts is None or closure is None or closure.event.solicited:
            return []
        if closure.at < entry.elapsed_seconds - _WAKING_SECONDS:
            return []
        of, context = context_of(session, facts, closure.phase, self._state, entry)
        explained, news = self._publish(of, context, entry, self._advisor.explain(context), None)
        return [explained] if news else []

    # --- telling -------------------------------------------------------------------------------

    def _explain(self, of: int, context: Context, by: Entry) -> tuple[Explained, bool]:
        known = self._explained.get(of)
        incident = known.incident if known is not None else None
        return self._publish(of, context, by, self._advisor.explain(context), incident)

    def _publish(
        self, of: int, context: Context, by: Entry, why: Explanation, incident: int | None
    ) -> tuple[Explained, bool]:
        known = self._explained.get(of)
        if known is not None and (known.explanation, known.incident) == (why, incident):
            return known, False
        revision = known.revision + 1 if known else 1
        name, number = context.session.name, context.connection.number
        explained = Explained(
            of=of,
            revision=revision,
            by=by,
            session=name,
            connection=number,
            explanation=why,
            incident=incident,
        )
        self._explained[of] = explained
        while len(self._explained) > _KEPT:
            del self._explained[next(iter(self._explained))]
        return explained, True


def _ends(entry: Entry) -> bool:
    """Not only a data connection failed."""
    reply = entry.event if isinstance(entry.event, ReplyReceived) else None
    failed = reply is not None and reply.code in DATA_FAILURE_CODES
    return not failed and not isinstance(entry.event, DataConnectionClosed | CommandSent)


def _common(explanations: Sequence[Explanation]) -> Explanation:
    """Of ends that look different and have one cause, the explanation that says most."""
    return max(explanations, key=lambda why: (why.cause not in _VAGUE, _SURE.index(why.confidence)))


def _says_otherwise(own: Explanation, common: Explanation) -> bool:
    """Its own reply names another cause: it ended beside the others, and not with them."""
    is_told = own.code is not None and own.cause not in _VAGUE
    return is_told and own.cause != common.cause and own.confidence is not Confidence.POSSIBLE


def _as(common: Explanation, own: Explanation) -> Explanation:
    """The common judgement, on an end with words of its own."""
    return replace(
        common, code=own.code, heading=own.heading, meaning=own.meaning, solicited=own.solicited
    )
