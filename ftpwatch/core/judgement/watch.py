"""The Watch: folds each entry once, asks the Advisor where something needs explaining, and tells
the result to every view and to the engine.

An error of ours while one entry is folded, judged or shown costs that and no more: `failed` hears
of it. Without one it is raised, as tests want it.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import ConnectionClosed, ConnectionFailed, ReconnectScheduled
from ftpwatch.core.judgement.advisor import Advisor
from ftpwatch.core.judgement.explaining import Explaining
from ftpwatch.core.judgement.verdicts import Verdicts
from ftpwatch.core.state.explanation import ClockDefault, Comparison, Explained
from ftpwatch.core.state.fold import fold
from ftpwatch.core.state.folded_ahead import FoldedAhead
from ftpwatch.core.state.state import WatchState
from ftpwatch.core.state.verdict import VerdictChanged

__all__ = ["Failed", "Update", "Watch"]


class Update(msgspec.Struct, frozen=True, gc=False):
    """An entry with the state after it; no entry where only time went on. `explained` is what is
    explained anew, `verdicts` are those that changed, `judgement` is how the entry's connection is
    explained now, news or not. Where it `jumped`, the state is that of another moment of a
    recording, all before is void, and `judgement` explains the step that was asked for.
    """

    entry: Entry | None
    state: WatchState
    explained: tuple[Explained, ...] = ()
    verdicts: tuple[VerdictChanged, ...] = ()
    judgement: Explained | None = None
    jumped: bool = False


class Failed(msgspec.Struct, frozen=True):
    """An error of our own: where it struck, which entry it cost, and what it was."""

    where: str
    entry: Entry | None
    error: Exception

    @property
    def words(self) -> str:
        """For a line; not yet neutralised."""
        what = "" if self.entry is None else f" at entry {self.entry.seq}"
        return f"{self.where}{what}: {type(self.error).__name__}: {self.error}"


class Watch:
    """One fold and one judgement for all. Subscribe `receive` to the bus, and call `settle` now
    and then: what ended together is judged once it is known who did. `origin` is the state that it
    began with, or was brought to last. What its sessions folded `ahead` is not folded again.
    """

    def __init__(
        self,
        advisor: Advisor,
        failed: Callable[[Failed], None] | None = None,
        ahead: FoldedAhead | None = None,
    ) -> None:
        self._advisor, self._failed, self._ahead = advisor, failed, ahead
        self._views: tuple[tuple[Callable[[Update], None], str], ...] = ()
        self._explaining = Explaining(advisor)
        self._verdicts = Verdicts(advisor)
        self.state = self.origin = WatchState()

    def restore(self, state: WatchState, explained: Sequence[Explained]) -> None:
        """Go on from a state in which nothing was left to settle, and from what had been explained
        by then.
        """
        self.state = self.origin = state
        self._explaining.restore(explained, state.incidents)

    def become(self, other: "Watch", judgement: Explained | None = None) -> None:
        """Know what `other` knows, which is of no use after that, and tell the views so."""
        self.state = self.origin = other.state
        self._explaining, self._verdicts = other._explaining, other._verdicts
        self._show(Update(None, self.state, judgement=judgement, jumped=True))

    def subscribe(self, view: Callable[[Update], None], name: str = "a view") -> None:
        """`view` is told every update from now on."""
        self.unsubscribe(view)
        self._views += ((view, name),)

    def unsubscribe(self, view: Callable[[Update], None]) -> None:
        """`view` is told no more."""
        self._views = tuple(known for known in self._views if known[0] != view)

    def explanation_of(self, seq: int) -> Explained | None:
        """The newest explanation of the entry `seq`."""
        return self._explaining.of(seq)

    def explanation_at(self, entry: Entry) -> Explained | None:
        """How `entry` is explained: itself, or, where it ends a connection or follows from that,
        the end of its connection, which other words may have announced.
        """
        known = self._explaining.of(entry.seq)
        if known is not None or entry.session is None or entry.connection is None:
            return known
        match entry.event:
            case ConnectionClosed() | ConnectionFailed() | ReconnectScheduled():
                return self._explaining.of_connection(entry.session, entry.connection)
            case _:
                return None

    def explanations(self) -> tuple[Explained, ...]:
        """All explanations that are kept, oldest first."""
        return self._explaining.all()

    def meaning(self, code: int) -> str | None:
        """What the standards say of a reply code."""
        return self._advisor.meaning(code)

    def clocks(self, statements: Mapping[str, Sequence[str]]) -> Sequence[ClockDefault]:
        """The clocks of the server that said this."""
        return self._advisor.clocks(statements)

    def server(self, statements: Mapping[str, Sequence[str]]) -> str | None:
        """The name of the server that said this."""
        return self._advisor.server(statements)

    def compare(self, left: int, right: int) -> Comparison:
        """Two reply codes side by side."""
        return self._advisor.compare(left, right)

    def receive(self, entry: Entry) -> None:
        """Fold `entry`, explain what it ends or refuses, tell the views."""
        self.settle(entry.elapsed_seconds)
        before = self.state
        try:
            self.state = fold(before, entry, self._ahead)
        except Exception as error:  # noqa: BLE001 the fence: it costs this entry, not the watch
            self.state = replace(before, seq=entry.seq, at=entry.elapsed_seconds)
            self._fail("reading", entry, error)
        try:
            judgement, explained = self._explaining.receive(before, self.state, entry)
            self._keep_incidents()
            self.state, verdicts = self._verdicts.receive(entry, before, self.state, judgement)
            update = Update(
                entry=entry,
                state=self.state,
                explained=explained,
                verdicts=verdicts,
                judgement=judgement,
            )
        except Exception as error:  # noqa: BLE001 the fence: it costs this explanation
            update = Update(entry, self.state)
            self._fail("explaining", entry, error)
        self._show(update)

    @property
    def settles_at(self) -> float | None:
        """The moment of the watch at which `settle` has something to do."""
        return self._explaining.settles_at

    def settle(self, now: float) -> None:
        """Judge what ended together, where by the moment `now` it is known who did."""
        if not self._explaining.awaits_others:
            return
        for by, occurrence in self._explaining.settle(now, self.state):
            try:
                explained = self._explaining.settled(occurrence)
                self._keep_incidents()
                self.state, verdicts = self._verdicts.revise(explained, by, self.state)
            except Exception as error:  # noqa: BLE001 the fence: it costs this revision
                self._fail("explaining together", by, error)
                continue
            if explained or occurrence.is_incident:
                self._show(Update(None, self.state, explained, verdicts))

    def _keep_incidents(self) -> None:
        if self.state.incidents is not self._explaining.incidents:
            self.state = replace(self.state, incidents=self._explaining.incidents)

    def _show(self, update: Update) -> None:
        for view, name in self._views:
            try:
                view(update)
            except Exception as error:  # noqa: BLE001 the fence: one view must not stop the others
                self._fail(name, update.entry, error)

    def _fail(self, where: str, entry: Entry | None, error: Exception) -> None:
        if self._failed is None:
            raise error
        self._failed(Failed(where, entry, error))
