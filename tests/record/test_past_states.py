"""What was known after any entry: as it was folded when it happened."""

from pathlib import Path

from at_once import AtOnce
from engine.memory import FakeClock
from knowledge.contexts import Tale

from ftpwatch.core.journal.bus import EventBus
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import MarkSet
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.state import WatchState
from ftpwatch.record.journal import Journal
from ftpwatch.record.reader import Reader


class Kept(Tale):
    """A tale in a journal, with the state after each of its entries."""

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self.clock, self.states = FakeClock(), dict[int, WatchState]()
        self.bus = EventBus(self.clock, lambda turn: turn(), AtOnce(journal))
        self.bus.subscribe("watch", self.watch.receive)
        self.watch.subscribe(self._note)

    def happens(self, at: float, event: object, session: str | None = "s") -> None:
        self.clock.move_to(at)
        self._seq += 1
        entry = Entry(self._seq, self.clock.now(), at, session, 1, event)  # type: ignore[arg-type]
        self.bus.republish(entry)

    def _note(self, update: Update) -> None:
        self.states[update.state.seq] = update.state


async def test_it_is_that_of_then_whichever_entry_is_asked_for_and_in_any_order(
    tmp_path: Path,
) -> None:
    with Journal(tmp_path / "j") as journal:
        tale, reader = Kept(journal), Reader(tmp_path / "j", live=journal)
        tale.ready(0).keeps_alive(1, 700).says(701, 421, "Timeout.").closes(701, 421)
        last = max(tale.states)
        for seq in (last, 3, 700, 5, last - 1, 1, 701, 700):
            state = await reader.state_after(seq, "x")
            assert state is not None and state.seq == seq
            assert state.sessions == tale.states[seq].sessions
            assert state.hosts == tale.states[seq].hosts
        tale.happens(800, MarkSet("more"))
        grown = await reader.state_after(last + 1, "x")
        assert grown is not None and grown.seq == last + 1
        reader.close()


async def test_what_is_not_there_yet_is_not_known(tmp_path: Path) -> None:
    with Journal(tmp_path / "j") as journal:
        tale, reader = Kept(journal), Reader(tmp_path / "j")
        tale.ready(0)
        assert await reader.state_after(max(tale.states) + 1, "x") is None
        reader.close()
        assert await reader.state_after(1, "x") is None
