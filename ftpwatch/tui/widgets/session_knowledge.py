"""What is known of each session beside its state: how it stands, how its end is explained, what a
filter finds it by. Thought about anew only where something of it is another. Pure.
"""

from collections.abc import Iterable, Mapping

from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import Incident, SessionState, WatchState
from ftpwatch.core.state.verdict import Judged
from ftpwatch.core.text.session_matching import Known, session_words
from ftpwatch.tui.widgets.session_standing import Placed, Standing, standing_of

__all__ = ["Explanations", "SessionKnowledge"]

# How the newest end of a session is explained, by its name.
Explanations = Mapping[str, Explained]
_Kept = tuple[Placed, Judged | None, Explained | None]


class SessionKnowledge:
    """Call `show` with what may be seen."""

    def __init__(self) -> None:
        self.state = WatchState()
        self._explained: Explanations = {}
        self._placed: dict[str, _Kept] = {}
        self._words: dict[str, tuple[Known, str]] = {}
        self._own: dict[int, Incident] = {}
        self._order: list[str] = []

    def show(self, state: WatchState, explained: Explanations) -> bool:
        """Know that; False where nothing of it is news."""
        before, self.state = self.state, state
        old = explained is self._explained and state.sessions is before.sessions
        old = old and state.verdicts is before.verdicts and state.incidents is before.incidents
        self._explained = explained
        if state.incidents is not before.incidents:
            known = state.incidents.values()
            self._own = {of: incident for incident in known for of in incident.before}
        return not old

    def in_order(self) -> list[SessionState]:
        """The sessions as they were added; sorted only where they are others."""
        sessions = self.state.sessions
        known = [session for name in self._order if (session := sessions.get(name)) is not None]
        places = [session.place for session in known]
        if len(known) != len(sessions) or places != sorted(places):
            known = self.state.in_order()
            self._order = [session.name for session in known]
            self._placed = {n: kept for n, kept in self._placed.items() if n in sessions}
            self._words = {n: kept for n, kept in self._words.items() if n in sessions}
        return known

    def known(self, session: SessionState) -> Known:
        """With the verdict on it, and how the end of its newest connection is explained."""
        explained, facts = self._explained.get(session.name), session.connection
        if explained is not None and (facts is None or explained.connection != facts.number):
            explained = None
        return session, self.state.verdicts.get(session.name), explained

    def incident_of(self, explained: Explained) -> Incident | None:
        """The event that an end was part of, if there is one that is known of."""
        incident = self.state.incidents.get(explained.incident or 0)
        return incident or self._own.get(explained.of)

    def placed(self, sessions: Iterable[SessionState]) -> list[Placed]:
        """Each with how it stands. Short, as it is asked for 5,000 of them at once."""
        kept_of, judged_of = self._placed.get, self.state.verdicts.get
        explained_of, placed = self._explained.get, []
        for session in sessions:
            name = session.name
            kept = kept_of(name)
            if (
                kept is None
                or kept[0][0] is not session
                or kept[1] is not judged_of(name)
                or kept[2] is not explained_of(name)
            ):
                kept = self._place(session)
            placed.append(kept[0])
        return placed

    def standing(self, session: SessionState) -> Standing:
        """How it stands."""
        return self.placed((session,))[0][1]

    def _place(self, session: SessionState) -> _Kept:
        known = self.known(session)
        explained = self._explained.get(session.name)
        kept = (session, standing_of(*known)), known[1], explained
        self._placed[session.name] = kept
        return kept

    def words(self, known: Known) -> str:
        """What a filter looks for words in."""
        kept = self._words.get(known[0].name)
        if kept is None or not _is_same(kept[0], known):
            kept = self._words[known[0].name] = known, session_words(known)
        return kept[1]


def _is_same(one: Known, other: Known) -> bool:
    return one[0] is other[0] and one[1] is other[1] and one[2] is other[2]
