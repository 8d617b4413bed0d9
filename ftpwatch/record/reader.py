"""The past, read from a recording: History for the views, entries for replay.

Read-only, in two threads: what an index answers never waits for what has to look at everything.
While the disk takes nothing more, what is newer is on the journal's shelf.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from msgspec.structs import astuple

from ftpwatch.core.journal.entry import Entry, utc_text
from ftpwatch.core.journal.filter import Filter
from ftpwatch.core.journal.history import Row
from ftpwatch.core.playback.seeking import Step
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import WatchState
from ftpwatch.record.choosing import chosen
from ftpwatch.record.conditions import first_since
from ftpwatch.record.journal import Journal
from ftpwatch.record.judged import explained_of, explanations, judged_row, state_of, states
from ftpwatch.record.lane import Lane
from ftpwatch.record.pages import Pages
from ftpwatch.record.salvage import salvaged
from ftpwatch.record.schema import READ_ERRORS, is_judged
from ftpwatch.record.steps import seq_after, steps_of
from ftpwatch.record.texts import bound
from ftpwatch.record.window_sql import is_indexed
from ftpwatch.record.windows import Windows

__all__ = ["Reader"]

T = TypeVar("T")


class _Superseded(Exception):
    """Another question came before this one was answered."""


class Reader:
    """History over the recording at `path` and its other parts, and over what of it is being
    written: `live`, whose shelf and later parts are seen too. Raises NotARecording.
    """

    def __init__(self, path: Path, live: Journal | None = None) -> None:
        self._shelf = live.shelf if live is not None else None
        self._quick = Lane(path, live)
        self._slow = Lane(path, live, self._went)
        self._pages = Pages(self._slow.parts)
        self._sought = self._seeking = Filter()
        self._looked, self._all = 0, 0

    def close(self) -> None:
        """Let go of the file."""
        self._sought = Filter()
        for lane in (self._quick, self._slow):
            lane.close()

    @property
    def searched(self) -> float | None:
        return min(1.0, self._looked / self._all) if self._all else None

    async def before(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Row]:
        def look() -> list[Entry]:
            held = self._held(lambda shelf: shelf.before(seq, count, upto, wanted))
            end, rest = held[0].seq if held else seq, count - len(held)
            return self._quick.parts.before(end, rest, upto, wanted) + held

        def search() -> list[Entry]:
            if seq > upto:
                return self._pages.newest(count, upto, wanted)
            return self._slow.parts.before(seq, count, upto, wanted)

        return await self._rows(look, search, upto, wanted)

    async def after(self, seq: int, count: int, upto: int, wanted: Filter) -> list[Row]:
        def look() -> list[Entry]:
            held = self._held(lambda shelf: shelf.after(seq, count, upto, wanted))
            end = held[0].seq - 1 if held else upto
            return (self._quick.parts.after(seq, count, end, wanted) + held)[:count]

        def search() -> list[Entry]:
            return self._pages.after(seq, count, upto, wanted)

        return await self._rows(look, search, upto, wanted)

    async def count(self, after: int, upto: int, wanted: Filter) -> int | None:
        def counted() -> int:
            if self._shelf is None or not self._shelf.holds:
                return self._pages.count(after, upto, wanted)
            first = self._held(lambda shelf: shelf.after(after, 1, upto, wanted))
            held = self._shelf.ask(lambda shelf: shelf.count(after, upto, wanted), 0)
            end = first[0].seq - 1 if first else upto
            return self._slow.parts.count(after, end, wanted) + held

        return await self._search(counted, None, upto, wanted)

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """All entries after `after`, oldest first, read as they are taken; an EntriesUnreadable in
        the place of those that are damaged.
        """
        for database in self._quick.databases:
            for entry in salvaged(database, after):
                after = max(after, entry.seq)
                yield entry

    def snapshot(self, upto: int, version: str, after: int = 0) -> WatchState | None:
        """The newest readable state of after `after`, up to `upto`, that `version` judged."""
        for database in reversed(self._quick.databases):
            for body in states(database, after, upto, version):
                with suppress(ValueError, RecursionError, *READ_ERRORS):
                    state = state_of(body)
                    if after < state.seq <= upto:
                        return state
        return None

    def is_judged(self, version: str) -> bool:
        """What is judged of it was judged by `version`, all of it as it was written."""
        return all(is_judged(database, version) for database in self._quick.databases)

    def learn(self, explained: Sequence[Explained]) -> None:
        """What is explained now, of a recording that was not judged: `cause:` finds it."""
        rows = [astuple(judged_row(one, "")) for one in explained]
        for lane in (self._quick, self._slow):
            lane.tell(partial(lane.learn, rows))

    def settle(self) -> None:
        """Wait until what it was told is known."""
        for lane in (self._quick, self._slow):
            lane.wait()

    def explained(self, upto: int, version: str, most: int) -> list[Explained]:
        """The last explanations that entries up to the seq `upto` caused, oldest first."""
        explained: list[Explained] = []
        for database in reversed(self._quick.databases):
            for body in explanations(database, upto, version, most - len(explained)):
                with suppress(ValueError, RecursionError, *READ_ERRORS):
                    one = explained_of(body)
                    if one.by.seq <= upto:
                        explained.append(one)
        return explained[::-1]

    def seq_at(self, moment: datetime) -> int | None:
        """The seq of the first entry since `moment`, last + 1 for none; None without times."""
        seq: int | None = None
        for database in self._quick.databases:
            with suppress(*READ_ERRORS):
                seq = first_since(database, utc_text(moment)) or seq
                if seq is not None and seq <= bound(database, "max"):
                    break
        return seq

    def seq_after(self, elapsed: float) -> int:
        """The seq of the last entry up to `elapsed` seconds of the watch, 0 for none."""
        return seq_after(self._quick.databases, elapsed)

    async def steps(self, version: str) -> list[Step]:
        """Ends and marks, those of an incident as `version` judged it in one."""
        return await self._quick.ask(lambda: steps_of(self._quick.databases, version), [])

    @property
    def last(self) -> Entry | None:
        """The last entry."""
        for database in reversed(self._quick.databases):
            with suppress(*READ_ERRORS):
                for entry in salvaged(database, bound(database, "max") - 1):
                    return entry
        return None

    def look_for_parts(self) -> None:
        """What somebody else writes may have gone on in another file."""
        for lane in (self._quick, self._slow):
            lane.look_for_parts()

    def chosen(
        self, wanted: Filter, reach: Callable[[int], object] = lambda _: None
    ) -> Iterator[Entry]:
        """Entries of the rows that `wanted` asks for, read as they are taken."""
        upto = self.last.seq if self.last is not None else 0
        return chosen(self._quick.parts, wanted, upto, reach)

    async def _rows(
        self,
        look: Callable[[], list[Entry]],
        search: Callable[[], list[Entry]],
        upto: int,
        wanted: Filter,
    ) -> list[Row]:
        """What an index answers is looked up; another filter is searched for, unless entries are on
        the shelf, as what is moved from there meanwhile is seen once, not never.
        """
        if is_indexed(wanted) or (self._shelf is not None and self._shelf.holds):
            return await self._quick.ask(lambda: self._answered(self._quick, look, upto), [])
        self._sought = wanted
        return await self._search(
            lambda: self._answered(self._slow, search, upto), [], upto, wanted
        )

    def _answered(self, lane: Lane, look: Callable[[], list[Entry]], upto: int) -> list[Row]:
        """The rows that `look` finds, with what shares them."""
        lane.open_new_parts()
        try:
            entries = look()
            answers = self._answers(lane, [entry.seq for entry in entries], upto)
        except READ_ERRORS:
            return []  # a damaged page shows nothing; replay says where the damage is
        return [Row(entry, *answers.get(entry.seq, (None, 0))) for entry in entries]

    async def _search(
        self, question: Callable[[], T], otherwise: T, upto: int, wanted: Filter
    ) -> T:
        """Ask in the slow lane; `otherwise` where rows of another filter are sought before that is
        answered.
        """

        def search() -> T:
            self._seeking, self._looked, self._all = wanted, 0, max(1, upto)
            self._slow.open_new_parts()
            try:
                return question()
            except (*READ_ERRORS, _Superseded):
                return otherwise
            finally:
                self._all = 0

        return await self._slow.ask(search, otherwise)

    def _went(self, entries: int) -> None:
        """In the slow lane: so much further; raises _Superseded where nobody waits any more."""
        self._looked += entries
        is_search = not is_indexed(self._seeking)
        if self._slow.closed or (is_search and self._sought != self._seeking):
            raise _Superseded

    def _answers(self, lane: Lane, seqs: list[int], upto: int) -> dict[int, tuple[Entry, int]]:
        held = dict[int, tuple[Entry, int]]()
        if self._shelf is not None:
            held = self._shelf.ask(lambda shelf: shelf.answers(seqs, upto), held)
        answers = lane.parts.answers(seqs, upto)
        for seq, (entry, sharing) in held.items():
            answers[seq] = entry, sharing + (answers[seq][1] if seq in answers else 0)
        return answers

    def _held(self, look: Callable[[Windows], list[Entry]]) -> list[Entry]:
        """Asked before the disk: what is moved there meanwhile is then seen once, not never."""
        return [] if self._shelf is None else self._shelf.ask(look, [])
