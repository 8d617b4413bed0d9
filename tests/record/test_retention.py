"""What goes of recordings, in which order, and what never goes."""

import asyncio
import os
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ftpwatch.core.journal.events import MarkSet
from ftpwatch.core.journal.filter import EVERYTHING
from ftpwatch.record.journal import Bounds, Journal
from ftpwatch.record.reader import Reader
from ftpwatch.record.retention import Keep, is_written, parts_in, prune, surplus
from ftpwatch.wiring.pruning import Pruning
from record.test_record import entry

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def made(folder: Path, name: str, days: float) -> Path:
    path = folder / name
    with Journal(path) as journal:
        journal.keep([entry(1, MarkSet("x"))])
    at = (NOW - timedelta(days=days)).timestamp()
    os.utime(path, (at, at))
    return path


def test_the_oldest_go_first_by_age_and_then_by_size_over_all_watches(tmp_path: Path) -> None:
    made(tmp_path, "a.ftpwatch", 40)
    made(tmp_path, "b.ftpwatch", 3)
    made(tmp_path, "a.ftpwatch.2", 4)
    made(tmp_path, "a.ftpwatch.3", 1)
    made(tmp_path, "other.txt", 400)
    made(tmp_path, "a.ftpwatch.backup", 400)
    for foreign in ("notes.ftpwatch", "notes.ftpwatch.2"):
        (tmp_path / foreign).write_text("precious")
        os.utime(tmp_path / foreign, (0, 0))
    parts = parts_in(tmp_path)
    assert [part.path.name for part in parts if part.watch is not None] == [
        "a.ftpwatch", "a.ftpwatch.2", "b.ftpwatch", "a.ftpwatch.3",
    ]  # fmt: skip
    going = surplus(parts, Keep(days=30, bytes=2 * parts[-1].bytes), NOW)
    assert [(part.path.name, why.split()[0]) for part, why in going] == [
        ("a.ftpwatch", "older"), ("a.ftpwatch.2", "over"),
    ]  # fmt: skip
    pruned = prune(going)
    assert [one.path.name for one in pruned] == ["a.ftpwatch", "a.ftpwatch.2"]
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "a.ftpwatch.3", "a.ftpwatch.backup", "b.ftpwatch", "notes.ftpwatch", "notes.ftpwatch.2",
        "other.txt",
    ]  # fmt: skip


def test_what_is_being_written_never_goes_and_what_was_killed_does(tmp_path: Path) -> None:
    path = tmp_path / "a.ftpwatch"
    with Journal(path, bounds=Bounds(seconds=1.0)) as journal:
        for n in range(1, 6):
            journal.keep([entry(n, MarkSet("x"))])
        newest = journal.path
        old = (NOW - timedelta(days=90)).timestamp()
        for file in tmp_path.iterdir():
            os.utime(file, (old, old))
        assert is_written(newest) and not is_written(path)
        pruned = prune(surplus(parts_in(tmp_path), Keep(), NOW))
        assert newest.exists() and not path.exists() and len(pruned) > 1
        journal.keep([entry(9, MarkSet("goes on"))])
    assert not is_written(newest)


def test_a_killed_watch_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.ftpwatch"
    journal = Journal(path)
    journal.keep([entry(1, MarkSet("x"))])
    for name in ("", "-wal"):
        (tmp_path / f"b.ftpwatch{name}").write_bytes((tmp_path / f"a.ftpwatch{name}").read_bytes())
    journal.close()
    assert (tmp_path / "b.ftpwatch-wal").exists()
    assert not is_written(tmp_path / "b.ftpwatch")
    assert not (tmp_path / "b.ftpwatch-wal").exists()


def test_ages_are_those_of_the_disk(tmp_path: Path) -> None:
    made(tmp_path, "a.ftpwatch", 0)
    os.utime(tmp_path / "a.ftpwatch", (0, 2**40))
    assert surplus(parts_in(tmp_path), Keep(), datetime.fromtimestamp(time.time(), UTC)) == []


async def test_a_watch_takes_away_what_is_too_much_and_says_so(tmp_path: Path) -> None:
    made(tmp_path, "old.ftpwatch", 400)
    said: list[str] = []
    pruning = Pruning(tmp_path, None, said.append)
    task = asyncio.ensure_future(pruning.run(Keep()))
    async with asyncio.timeout(5):
        while not said:
            await asyncio.sleep(0)
        assert not (tmp_path / "old.ftpwatch").exists() and "older than 30 days" in said[0]
        made(tmp_path, "old.ftpwatch.2", 400)
        pruning.part_begins()
        while len(said) < 2:
            await asyncio.sleep(0)
    task.cancel()


async def test_with_a_named_file_only_its_own_parts_go(tmp_path: Path) -> None:
    """Whatever else is called so: rotated logs are."""
    other = made(tmp_path, "eu.log.2", 400)
    (tmp_path / "eu.log.3").write_text("precious")
    os.utime(tmp_path / "eu.log.3", (0, 0))
    with Journal(tmp_path / "eu.log", bounds=Bounds(seconds=1.0)) as journal:
        for n in range(1, 12):
            journal.keep([entry(n, MarkSet("x"))])
        first = journal.parts[0]
        for part in journal.parts:
            os.utime(part, (1, 1))
        said: list[str] = []
        task = asyncio.ensure_future(
            Pruning(tmp_path, ("eu.log", journal.watch), said.append).run(Keep())
        )
        async with asyncio.timeout(5):
            while not said:
                await asyncio.sleep(0)
        task.cancel()
        assert not first.exists() and journal.path.exists()
    assert other.exists() and (tmp_path / "eu.log.3").read_text() == "precious"


def test_what_was_written_lately_is_young_though_it_stands_beside_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.ftpwatch"
    with Journal(path) as journal:
        journal.keep([entry(1, MarkSet("x"))])
        os.utime(path, (0, 0))
        (part,) = parts_in(tmp_path)
        assert part.written_at > time.time() - 60
        assert surplus([part], Keep(), datetime.now(UTC)) == []


async def test_a_view_that_looks_on_does_not_keep_full_parts(tmp_path: Path) -> None:
    path = tmp_path / "a.ftpwatch"
    with (
        Journal(path, bounds=Bounds(seconds=1.0)) as journal,
        closing(Reader(path, journal)) as reader,
    ):
        for n in range(1, 40):
            journal.keep([entry(n, MarkSet("x"))])
            assert len(await reader.before(n + 1, 5, n, EVERYTHING)) == min(n, 5)
            await reader.count(0, n, EVERYTHING)
        parts = journal.parts
        assert len(parts) > 12 and not any(is_written(part) for part in parts[:-6])
