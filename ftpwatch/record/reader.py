"""The past, read from a recording: History for the views, entries for replay.

Read-only, in two threads: what an index answers never waits for what has to look at everything.
While the disk takes nothing more, what is newer is on the journal's shelf. Long, as it is the one
door to a recording: each of its methods says what can be asked, and who answers.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from msgspec.structs import astuple

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.filter import Filter
from ftpwatch.core.journal.history import Row
from ftpwatch.core.journal.stretch import Buckets, Stretch
from ftpwatch.core.playback.seeking import Step
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import WatchState
from ftpwatch.record.behind import Behind, behind
from ftpwatch.record.behind import heads as heads_of
from ftpwatch.record.choosing import chosen, looked_through
from ftpwatch.record.ended import newest_ends
from ftpwatch.record.journal import Journal
from ftpwatch.record.judged import (
    judged_row,
)
from ftpwatch.record.lane import Lane
from ftpwatch.record.pages import Pages
from ftpwatch.record.past_states import PastStates
from ftpwatch.record.recalling import (
    entries_of,
    first_at,
    is_judged_whole,
    last_explained,
    last_readable,
    newest_state,
)
from ftpwatch.record.schema import READ_ERRORS
from ftpwatch.record.steps import seq_after, steps_of
from ftpwatch.record.stretches import stretch_of
from ftpwatch.record.window_sql import (
    is_folded,
    is_indexed,
    shares_ends,
    unfolded_rows,
)
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
        self._past = PastStates(lambda: Lane(path, live))
        self._behind = Behind(self._folded)
        self._sought = self._seeking = Filter()
        self._looked, self._all = 0, 0

    def close(self) -> None:
        """Let go of the file."""
        self._sought = Filter()
        for lane in (self._quick, self._slow):
            lane.close()
        self._past.close()

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
            holds = self._shelf is not None and self._shelf.holds
            if is_folded(wanted) and not holds:
                return self._slow.parts.count(after, upto, wanted)
            if self._shelf is None or not holds:
                return self._pages.count(after, upto, wanted)
            first = self._held(lambda shelf: shelf.after(after, 1, upto, wanted))
            held = self._shelf.ask(lambda shelf: shelf.count(after, upto, wanted), 0)
            end = first[0].seq - 1 if first else upto
            return self._slow.parts.count(after, end, wanted) + held

        return await self._search(counted, None, upto, wanted)

    async def troubles(self, after: int, upto: int, most: int) -> list[tuple[int, bool]]:
        return await self._quick.ask(lambda: self._quick.parts.troubles(after, upto, most), [])

    async def ends(self, count: int, upto: int) -> list[Entry]:
        return await self._quick.ask(
            lambda: newest_ends(self._quick.parts.databases(), count, upto), []
        )

    async def stretch(self, buckets: Buckets, upto: int) -> Stretch:
        def look(upto: int) -> Stretch:
            self._quick.open_new_parts()
            parts = self._quick.parts
            return stretch_of(lambda: parts.databases(newest_first=False), buckets, upto)

        def held(shelf: Windows) -> Stretch:
            newest = stretch_of(lambda: [shelf.database], buckets, upto)
            return look(min(upto, shelf.first - 1)).joined(newest)

        def answer() -> Stretch:
            on_shelf = self._shelf.ask(held, None) if self._shelf is not None else None
            return on_shelf or look(upto)

        nothing = (0,) * buckets.count
        return await self._quick.ask(answer, Stretch(buckets, (), nothing, nothing))

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """All entries after `after`, oldest first, read as they are taken; an EntriesUnreadable in
        the place of those that are damaged.
        """
        return entries_of(self._quick.parts.files, after)

    async def state_after(self, seq: int, version: str) -> WatchState | None:
        """What was known after the entry `seq`, where states that `version` kept may help; None
        where it cannot be read so far.
        """
        return await self._past.after(seq, version)

    def snapshot(self, upto: int, version: str, after: int = 0) -> WatchState | None:
        """The newest readable state of after `after`, up to `upto`, that `version` judged."""
        return newest_state(self._quick.parts, after, upto, version)

    def is_judged(self, version: str) -> bool:
        """What is judged of it was judged by `version`, all of it as it was written, to its end."""
        return is_judged_whole(self._quick.parts, version)

    def learn(self, explained: Sequence[Explained], version: str) -> None:
        """What is explained now by `version`, of a recording that was not judged by it to its end:
        `cause:` finds it.
        """
        rows = [astuple(judged_row(one, version)) for one in explained]
        for lane in (self._quick, self._slow):
            lane.tell(partial(lane.parts.learn, rows, version))

    def settle(self) -> None:
        """Wait until what it was told is known."""
        for lane in (self._quick, self._slow):
            lane.wait()

    def explained(self, upto: int, version: str, most: int) -> list[Explained]:
        """The last explanations that entries up to the seq `upto` caused, oldest first."""
        return last_explained(self._quick.parts, upto, version, most)

    def seq_at(self, moment: datetime) -> int | None:
        """The seq of the first entry of `moment` or later, one more than the last where there is
        none; None where the entries have no times.
        """
        return first_at(self._quick.parts, moment)

    def seq_after(self, elapsed: float) -> int:
        """The seq of the last entry up to `elapsed` seconds of the watch, 0 for none."""
        return seq_after(self._quick.parts.databases(), elapsed)

    async def steps(self, version: str) -> list[Step]:
        """Ends and marks, those of an incident as `version` judged it in one."""
        return await self._quick.ask(
            lambda: steps_of(self._quick.parts.databases(newest_first=False), version), []
        )

    @property
    def last(self) -> Entry | None:
        """The last entry that can be read."""
        return last_readable(self._quick.parts)

    def look_for_parts(self) -> None:
        """What somebody else writes may have gone on in another file."""
        for lane in (self._quick, self._slow):
            lane.look_for_parts()
        self._past.look_for_parts()

    def chosen(
        self, wanted: Filter, reach: Callable[[int], object] = lambda _: None
    ) -> Iterator[Entry]:
        """Entries of the rows that `wanted` asks for, read as they are taken; where the indexes are
        damaged all are looked through, and what cannot be read is said in its place.
        """
        last, given = self.last, 0
        if last is None:
            return
        try:
            for entry in chosen(self._quick.parts, wanted, last.seq, reach):
                yield entry
                given = entry.seq
        except READ_ERRORS:
            yield from looked_through(self.entries(), wanted, given, reach)

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
            return await self._quick.ask(
                lambda: self._answered(self._quick, look, upto, wanted), []
            )
        self._sought = wanted
        return await self._search(
            lambda: self._answered(self._slow, search, upto, wanted), [], upto, wanted
        )

    def _answered(
        self, lane: Lane, look: Callable[[], list[Entry]], upto: int, wanted: Filter
    ) -> list[Row]:
        """The rows that `look` finds, with what shares them."""
        lane.open_new_parts()
        try:
            entries = look()
            seqs = [entry.seq for entry in entries]
            answers = self._answers(lane, seqs, upto, folded=shares_ends(wanted))
            heads = lane.parts.heads(seqs) | self._held_heads(seqs)
            apart = unfolded_rows(wanted)
            stands = [entry.seq not in apart and is_folded(wanted) for entry in entries]
            folded = [
                self._behind.of(entry, upto) if stand else None
                for entry, stand in zip(entries, stands, strict=True)
            ]
        except READ_ERRORS:
            return []  # a damaged page shows nothing; replay says where the damage is
        rows = []
        for entry, what in zip(entries, folded, strict=True):
            answer, sharing = answers.get(entry.seq, (None, 0))
            rows.append(Row(entry, answer, sharing, folded=what, head=heads.get(entry.seq)))
        return rows

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

    def _answers(
        self, lane: Lane, seqs: list[int], upto: int, *, folded: bool
    ) -> dict[int, tuple[Entry, int]]:
        held = dict[int, tuple[Entry, int]]()
        if self._shelf is not None:
            held = self._shelf.ask(lambda shelf: shelf.answers(seqs, upto, folded=folded), held)
        answers = lane.parts.answers(seqs, upto, folded=folded)
        for seq, (entry, sharing) in held.items():
            answers[seq] = entry, sharing + (answers[seq][1] if seq in answers else 0)
        return answers

    def _folded(self, head: Entry, after: int, upto: int) -> list[Entry]:
        def look(shelf: Windows) -> list[Entry]:
            return behind(shelf.database, head, after, upto)

        held = self._held(look)
        first = held[0].seq if held else upto + 1
        return self._quick.parts.behind(head, after, first - 1) + held

    def _held_heads(self, seqs: list[int]) -> dict[int, int]:
        none = dict[int, int]()
        if self._shelf is None:
            return none
        return self._shelf.ask(lambda shelf: heads_of(shelf.database, seqs), none)

    def _held(self, look: Callable[[Windows], list[Entry]]) -> list[Entry]:
        """Asked before the disk: what is moved there meanwhile is then seen once, not never."""
        return [] if self._shelf is None else self._shelf.ask(look, [])
