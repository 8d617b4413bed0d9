"""A recording whose file falls away while it is written, against real files and real locks."""

import asyncio
import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ftpwatch.core.journal.bus import EventBus
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    AnyEvent,
    ConnectionOpened,
    MarkSet,
    RecordingMoved,
    RecordingPaused,
    RecordingResumed,
)
from ftpwatch.core.journal.filter import EVERYTHING
from ftpwatch.record.journal import Journal, Moved, UnwritableRecording
from ftpwatch.record.part_file import MOST_WAL_BYTES, PartFile
from ftpwatch.record.reader import Reader
from ftpwatch.record.rows import Batch
from ftpwatch.record.writer_thread import WriterThread
from ftpwatch.record.writing import Piece
from ftpwatch.transport.system_clock import SystemClock
from record.test_record import entry


class Recorded:
    """A bus with a real journal in its own thread, as a watch has it."""

    def __init__(self, path: Path, elsewhere: Callable[[], Path | None]) -> None:
        loop = asyncio.get_running_loop()
        self.journal = Journal(path, elsewhere)
        self.writer = WriterThread(
            self.journal, loop.call_soon_threadsafe, self._moved, lambda p: self.bus.trouble(p)
        )
        self.bus = EventBus(SystemClock(), loop.call_soon, self.writer)
        self.seen: list[Entry] = []
        self.bus.subscribe("view", self.seen.append)

    def _moved(self, moved: Moved) -> None:
        self.bus.publish(RecordingMoved(str(moved.path), moved.problem))

    def mark(self, text: str) -> None:
        self.bus.publish(MarkSet(text))

    def marks(self) -> list[str]:
        return [e.event.text for e in self.seen if isinstance(e.event, MarkSet)]

    def events(self, kind: type[AnyEvent]) -> list[AnyEvent]:
        return [e.event for e in self.seen if isinstance(e.event, kind)]

    async def until(self, condition: Callable[[], object], seconds: float = 5) -> None:
        end, looks_at = time.monotonic() + seconds, 0.0
        while not condition():
            assert time.monotonic() < end, [e.event for e in self.seen[-5:]]
            await asyncio.sleep(0.01)
            if time.monotonic() >= looks_at:
                looks_at = time.monotonic() + 0.25
                self.bus.look()

    def close(self) -> None:
        self.bus.flush()
        assert self.writer.close(5)
        self.journal.close()


@asynccontextmanager
async def recorded(
    path: Path, elsewhere: Callable[[], Path | None] = lambda: None
) -> AsyncIterator[Recorded]:
    record = Recorded(path, elsewhere)
    record.mark("first")
    await record.until(lambda: record.marks() == ["first"])
    yield record
    record.close()


def marks_in(path: Path) -> list[str]:
    reader = Reader(path)
    found = [e.event.text for e in reader.entries() if isinstance(e.event, MarkSet)]
    reader.close()
    return found


def delete(path: Path) -> None:
    path.unlink()


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_text("something else")
    other.rename(path)


def make_read_only(path: Path) -> None:
    path.chmod(0o444)


def delete_wal(path: Path) -> None:
    path.with_name(f"{path.name}-wal").unlink()


@pytest.mark.parametrize("strike", [delete, replace, make_read_only, delete_wal])
async def test_it_goes_on_beside_within_seconds_and_says_so(
    tmp_path: Path, strike: Callable[[Path], None]
) -> None:
    path = tmp_path / "r.ftpwatch"
    async with recorded(path) as record:
        strike(path)
        left = path.read_bytes() if path.exists() else None
        await record.until(lambda: record.events(RecordingMoved), 3)  # nothing was published
        record.mark("second")
        await record.until(lambda: record.marks() == ["first", "second"])
        (moved,) = record.events(RecordingMoved)
        assert isinstance(moved, RecordingMoved)
        assert moved.path == str(path) + ".2" and str(path) in moved.problem
    assert record.bus.unkept == 0
    assert "second" in marks_in(tmp_path / "r.ftpwatch.2")
    assert (tmp_path / "r.ftpwatch.2").stat().st_mode & 0o777 == 0o600
    if strike in (make_read_only, delete_wal):
        assert marks_in(path) == ["first", "second"]  # opening any part opens all
        assert marks_in(tmp_path / "r.ftpwatch.2") == ["first", "second"]
        assert record.journal.parts_left == [path, tmp_path / "r.ftpwatch.2"]
    else:
        # Nothing was made in its place, nor written over.
        assert (path.read_bytes() if path.exists() else None) == left
        assert record.journal.parts_left == [tmp_path / "r.ftpwatch.2"]
    assert not any(file.name.endswith(("-wal", "-shm")) for file in tmp_path.iterdir())


async def test_a_name_that_is_taken_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "r"
    (tmp_path / "r.2").write_text("not ours")
    async with recorded(path) as record:
        path.unlink()
        await record.until(lambda: record.events(RecordingMoved), 3)
        record.mark("second")
        await record.until(lambda: "second" in record.marks())
    assert (tmp_path / "r.2").read_text() == "not ours"
    assert marks_in(tmp_path / "r.3") == ["second"]


async def test_where_the_directory_is_gone_it_goes_on_elsewhere(tmp_path: Path) -> None:
    folder, state = tmp_path / "gone", tmp_path / "state"
    folder.mkdir()
    state.mkdir()
    async with recorded(folder / "r", lambda: state) as record:
        shutil.rmtree(folder)
        await record.until(lambda: record.events(RecordingMoved), 3)
        record.mark("second")
        await record.until(lambda: "second" in record.marks())
    assert marks_in(state / "r.2") == ["second"]
    assert not folder.exists()


@pytest.mark.long
async def test_where_it_can_go_nowhere_it_pauses_and_later_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    async with recorded(folder / "r") as record:
        shutil.rmtree(folder)
        await record.until(lambda: record.events(RecordingPaused), 3)
        record.mark("second")
        await record.until(lambda: "second" in record.marks())
        folder.mkdir()
        await record.until(lambda: record.events(RecordingResumed), 5)
    assert "second" in marks_in(folder / "r.2")
    assert not (folder / "r").exists()


async def test_the_view_goes_on_over_all_parts(tmp_path: Path) -> None:
    path = tmp_path / "r"
    async with recorded(path) as record:
        reader = Reader(path, record.journal)
        path.unlink()
        await record.until(lambda: record.events(RecordingMoved), 3)
        record.mark("second")
        await record.until(lambda: "second" in record.marks())
        top = record.seen[-1].seq
        rows = await reader.before(top + 1, 10, top, EVERYTHING)
        words = [r.entry.event.text for r in rows if isinstance(r.entry.event, MarkSet)]
        assert words == ["first", "second"]
        assert await reader.count(0, top, EVERYTHING) == len(record.seen)
        reader.close()


@pytest.mark.usefixtures("timed")
@pytest.mark.long
async def test_a_lock_of_another_program_never_stops_the_loop(tmp_path: Path) -> None:
    path = tmp_path / "r"
    async with recorded(path) as record:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("begin immediate")
        longest, began = 0.0, time.monotonic()
        number = 0
        while time.monotonic() - began < 3:
            before = time.monotonic()
            record.mark(f"mark {number}")
            record.bus.look()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - before)
            number += 1
        assert longest < 0.15
        assert record.events(RecordingPaused)
        # Shown though not kept, after a moment.
        await record.until(lambda: len(record.marks()) == number + 1)
        other.execute("rollback")
        await record.until(lambda: record.events(RecordingResumed))
        other.close()
    assert marks_in(path) == record.marks()


async def test_a_disk_that_does_not_come_back_never_stops_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    stuck, whole = threading.Event(), Journal.commit
    stuck.set()

    def commit(self: Journal, batch: Batch) -> object:
        stuck.wait(20)
        return whole(self, batch)

    monkeypatch.setattr(Journal, "commit", commit)
    async with recorded(tmp_path / "r") as record:
        stuck.clear()
        record.mark("second")
        await asyncio.sleep(0.01)
        assert record.marks() == ["first"]
        for _ in range(5):
            record.bus.look()
        await record.until(lambda: record.marks() == ["first", "second"])
        record.mark("third")
        await record.until(lambda: "third" in record.marks())
        stuck.set()
        await record.until(lambda: record.events(RecordingResumed))
    assert marks_in(tmp_path / "r") == ["first", "second", "third"]


async def test_what_comes_soon_after_a_commit_is_kept_with_all_that_comes_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftpwatch.record.writer_thread.TOGETHER_SECONDS", 0.5)
    sizes, whole = list[int](), Journal.commit

    def commit(self: Journal, batch: Batch) -> object:
        sizes.append(len(batch.rows))
        return whole(self, batch)

    monkeypatch.setattr(Journal, "commit", commit)
    async with recorded(tmp_path / "r") as record:
        for text in ("second", "third", "fourth"):
            record.mark(text)
            await asyncio.sleep(0)  # a turn of the loop, in each of which it could be taken
        assert record.marks() == ["first"]
        await record.until(lambda: record.marks() == ["first", "second", "third", "fourth"])
        assert sizes == [1, 3]
        record.mark("fifth")
    assert sizes == [1, 3, 1]  # the end of a watch waits for nothing
    assert marks_in(tmp_path / "r")[-1] == "fifth"


def test_a_file_that_falls_away_amid_a_batch_leaves_the_rest_with_its_hosts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, pieces = PartFile.commit, list[Piece]()

    def commit(self: PartFile, piece: Piece) -> sqlite3.Error | None:
        pieces.append(piece)
        return sqlite3.OperationalError("gone") if len(pieces) == 2 else whole(self, piece)

    monkeypatch.setattr(PartFile, "commit", commit)
    opened = ConnectionOpened("127.0.0.1:1", "127.0.0.9:21")
    monkeypatch.setattr(sqlite3.OperationalError, "sqlite_errorname", "SQLITE_IOERR", raising=False)
    monkeypatch.setattr(PartFile, "hosts", lambda _: frozenset())  # it cannot be read any more
    with Journal(tmp_path / "r") as journal:
        assert journal.keep([entry(n, opened, f"s{n}") for n in range(1, 601)]).kept == 600
        parts = journal.parts
    for part, session in zip(parts, ("s1", "s600"), strict=True):
        with contextlib.closing(sqlite3.connect(part)) as database:
            sql = "select host from host where session = ? and host <> '' order by host"
            assert database.execute(sql, [session]).fetchall() == [
                ("127.0.0.9",), ("127.0.0.9:21",),
            ]  # fmt: skip


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB, where this may be made."""
    folder = tmp_path / "small"
    folder.mkdir()
    if os.geteuid() != 0 or os.system(f"mount -t tmpfs -o size=1m tmpfs {folder} 2>/dev/null"):
        pytest.skip("no small file system can be mounted here")
    yield folder
    os.system(f"umount {folder}")


def test_room_for_some_saves_some(small_disk: Path) -> None:
    filler = small_disk / "filler"
    with Journal(small_disk / "r") as journal:
        filler.write_bytes(b"x" * 300_000)
        entries = [entry(n, MarkSet("x" * 400)) for n in range(1, 2_001)]
        committed = journal.keep(entries)
        assert 0 < committed.kept < 2_000
        assert "full" in (committed.problem or "")
        filler.unlink()
        rest = journal.keep(entries[committed.kept :])
        assert rest.kept > 0


def test_a_start_that_is_refused_leaves_no_file(small_disk: Path) -> None:
    filler = small_disk / "filler"
    with contextlib.suppress(OSError):
        filler.write_bytes(b"x" * 2_000_000)
    with pytest.raises(UnwritableRecording):
        Journal(small_disk / "r")
    assert [file.name for file in small_disk.iterdir()] == ["filler"]
    filler.unlink()
    Journal(small_disk / "r").close()


@pytest.mark.parametrize("holds", [False, True])
@pytest.mark.long
def test_the_wal_stays_small_also_while_a_reader_is_open(tmp_path: Path, holds: bool) -> None:
    path, largest = tmp_path / "r", 0
    with Journal(path) as journal:
        journal.keep([entry(1, MarkSet("x"))])
        reader = sqlite3.connect(path, isolation_level=None)
        if holds:
            reader.execute("begin")
        reader.execute("select count(*) from entry").fetchone()
        for start in range(2, 40_000, 200):
            journal.keep([entry(n, MarkSet("x" * 600)) for n in range(start, start + 200)])
            wal = Path(f"{journal.path}-wal")
            data = journal.path.stat().st_size
            largest = max(largest, wal.stat().st_size - 2 * data)
        assert largest <= MOST_WAL_BYTES
        assert (len(journal.parts) > 1) is holds
        reader.close()
    assert len(marks_in(path)) == 39_999 + 2
