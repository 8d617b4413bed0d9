"""Recordings: what is written comes back, rows by seq, filters, and files that are not ours."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    AnyEvent,
    CommandSent,
    ConnectionClosed,
    EntriesUnreadable,
    InReplyTo,
    MarkSet,
    ReplyReceived,
)
from ftpwatch.core.journal.filter import EVERYTHING, MARKS, PROBLEMS, parse_filter
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner, Role
from ftpwatch.core.state.fold import fold
from ftpwatch.core.state.state import WatchState
from ftpwatch.record.journal import Committed, Journal, UnwritableRecording
from ftpwatch.record.reader import Reader
from ftpwatch.record.schema import NotARecording
from ftpwatch.wiring.recording import recording

NOOP = InReplyTo(1, "NOOP", Purpose.KEEP_ALIVE)


def entry(seq: int, event: AnyEvent, session: str | None = "eu-1") -> Entry:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seq)
    return Entry(seq, at, float(seq), session, 1, event)


def reply(code: int, text: str, answers: InReplyTo | None = None) -> ReplyReceived:
    role = Role.FINAL if answers else Role.SPONTANEOUS
    return ReplyReceived(code, (text,), "utf-8", None, 0, role, answers, 0.01 if answers else None)


ENTRIES = [
    entry(1, MarkSet("start"), None),
    entry(2, CommandSent(1, "NOOP", None, Purpose.KEEP_ALIVE)),
    entry(3, MarkSet("between"), None),
    entry(4, reply(200, "NOOP ok", NOOP)),
    entry(5, reply(421, "Timeout 100% _x_")),
    entry(6, reply(550, "Größe"), "us-2"),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "r" / "a.ftpwatch"
    file.parent.mkdir()
    with Journal(file) as journal:
        journal.keep(ENTRIES)
    return file


@pytest.fixture
def reader(path: Path) -> Iterator[Reader]:
    reader = Reader(path)
    yield reader
    reader.close()


def test_a_clean_end_leaves_one_private_file(path: Path) -> None:
    assert [file.name for file in path.parent.iterdir()] == ["a.ftpwatch"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_without_a_name_it_is_kept_in_a_private_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with recording(None, kept=True) as journal:
        folder = journal.path.parent
        assert folder.is_relative_to(tmp_path)
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_place_that_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    wanted = tmp_path / "typo" / "a"
    with (
        pytest.raises(UnwritableRecording, match=f"no directory {wanted.parent}"),
        recording(wanted, kept=True),
    ):
        pass
    assert not wanted.parent.exists()


def test_entries_come_back_as_they_were(reader: Reader) -> None:
    assert list(reader.entries()) == ENTRIES


def test_folding_what_is_read_gives_what_folding_live_gave(reader: Reader) -> None:
    live, read = WatchState(), WatchState()
    for one in ENTRIES:
        live = fold(live, one)
    for one in reader.entries():
        read = fold(read, one)
    assert live == read


async def test_a_keep_alive_and_its_answer_share_a_row(reader: Reader) -> None:
    rows = await reader.after(0, 10, 6, EVERYTHING)
    assert [(row.seq, row.answer.seq if row.answer else None) for row in rows] == [
        (1, None), (2, 4), (3, None), (5, None), (6, None),
    ]  # fmt: skip


async def test_a_listing_that_keeps_alive_is_one_row(tmp_path: Path) -> None:
    listing = InReplyTo(1, "LIST", Purpose.KEEP_ALIVE)
    begun = ReplyReceived(150, ("x",), "utf-8", None, 0, Role.PRELIMINARY, listing, 0.01)
    with Journal(tmp_path / "a") as journal:
        journal.keep([entry(1, CommandSent(1, "LIST", None, Purpose.KEEP_ALIVE)), entry(2, begun)])
        journal.keep([entry(3, reply(226, "done", listing))])
    reader = Reader(tmp_path / "a")
    during, after = [await reader.after(0, 9, upto, EVERYTHING) for upto in (2, 3)]
    reader.close()
    assert [(row.seq, row.answer and row.answer.seq) for row in during] == [(1, 2)]
    assert [(row.seq, row.answer and row.answer.seq) for row in after] == [(1, 3)]


async def test_rows_are_windows_by_seq_and_never_past_upto(reader: Reader) -> None:
    assert [row.seq for row in await reader.before(6, 2, 6, EVERYTHING)] == [3, 5]
    assert [row.seq for row in await reader.after(2, 2, 6, EVERYTHING)] == [3, 5]
    rows = await reader.after(0, 10, 3, EVERYTHING)
    assert [(row.seq, row.answer) for row in rows][-2:] == [(2, None), (3, None)]
    assert await reader.count(1, 6, EVERYTHING) == 4


@pytest.mark.parametrize(
    ("text", "seqs"),
    [
        ("noop", [2]), ("OK", [2]), ("code:421", [5]), ("code:2xx", [2]),
        ("!code:2xx", [1, 3, 5, 6]),
        ("session:eu-*", [2, 5]), ("session:us-2 größe", [6]), ("100%", [5]), ("_x_", [5]),
        ("%", [5]), ("nothing-such", []),
    ],
)  # fmt: skip
async def test_filters(reader: Reader, text: str, seqs: list[int]) -> None:
    rows = await reader.after(0, 10, 6, parse_filter(text))
    assert [row.seq for row in rows] == seqs


async def test_problems_and_marks_are_found(reader: Reader) -> None:
    assert [row.seq for row in await reader.after(0, 9, 6, PROBLEMS)] == [5, 6]
    assert [row.seq for row in await reader.after(0, 9, 6, MARKS)] == [1, 3]


async def test_our_own_quit_is_no_problem_and_a_close_that_we_did_not_want_is(
    tmp_path: Path,
) -> None:
    goodbye = InReplyTo(1, "QUIT", Purpose.QUIT)
    wanted = ConnectionClosed(ClosedBy.USER_PI, Manner.LOCAL, True, 221, 0.1, 9.0)
    silent = ConnectionClosed(ClosedBy.SERVER_PI, Manner.FIN, True, None, 0.1, 9.0)
    lost = ConnectionClosed(ClosedBy.SERVER_PI, Manner.FIN, False, None, 60.0, 99.0)
    with Journal(tmp_path / "a") as journal:
        journal.keep([entry(1, CommandSent(1, "QUIT", None, Purpose.QUIT))])
        journal.keep([entry(2, reply(221, "Bye.", goodbye)), entry(3, wanted)])
        journal.keep([entry(4, silent, "us-2"), entry(5, lost, "eu-3")])
    reader = Reader(tmp_path / "a")
    assert [row.seq for row in await reader.after(0, 9, 5, PROBLEMS)] == [5]
    assert [row.seq for row in await reader.before(6, 9, 5, PROBLEMS)] == [5]
    assert await reader.count(0, 5, PROBLEMS) == 1
    reader.close()


def test_a_recording_is_never_written_over(path: Path) -> None:
    with pytest.raises(UnwritableRecording, match="exists"):
        Journal(path)


def test_an_unwritable_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnwritableRecording, match="file/a"):
        Journal(tmp_path / "file" / "a")


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "not a recording"), (b"hello " * 500, "not a recording")]
)
def test_files_that_are_not_ours_are_named(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "x"
    file.write_bytes(content)
    with pytest.raises(NotARecording, match=words):
        Reader(file)
    with pytest.raises(NotARecording, match="no recording at"):
        Reader(tmp_path / "nowhere")


@pytest.mark.parametrize("kept", [100, 9_000])
def test_what_is_left_of_a_recording_is_called_damaged(path: Path, kept: int) -> None:
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(NotARecording, match="is damaged"):
        Reader(path)


def test_a_newer_recording_is_named(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("pragma user_version = 99")
    with pytest.raises(NotARecording, match="newer ftpwatch"):
        Reader(path)


def test_damage_inside_a_recording_is_named_after_what_could_be_read(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("update entry set event = x'00' where seq = 4")
    reader = Reader(path)
    read = list(reader.entries())
    assert [one.seq for one in read] == [1, 2, 3, 4, 5, 6]
    assert isinstance(read[3].event, EntriesUnreadable)
    assert (read[3].event.first, read[3].event.last) == (4, 4)
    assert read[:3] + read[4:] == ENTRIES[:3] + ENTRIES[4:]
    reader.close()


def test_a_journal_that_cannot_write_says_so_and_goes_on_later(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a")
    other = sqlite3.connect(tmp_path / "a", isolation_level=None)
    other.execute("begin immediate")
    assert "locked" in (journal.keep(ENTRIES[:2]).problem or "")
    other.execute("rollback")
    journal.keep(ENTRIES)
    journal.close()
    reader = Reader(tmp_path / "a")
    assert [one.seq for one in reader.entries()] == [1, 2, 3, 4, 5, 6]
    (row,) = asyncio.run(reader.after(1, 1, 6, EVERYTHING))
    assert (row.seq, row.answer and row.answer.seq) == (2, 4)
    reader.close()


def test_kill_9_takes_back_nothing_that_was_printed(tmp_path: Path) -> None:
    file = tmp_path / "killed.ftpwatch"
    command = [
        sys.executable, "-m", "ftpwatch", "demo", "--mode", "json", "--speed", "20",
        "--record", str(file),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    printed = [process.stdout.readline() for _ in range(60)]
    os.kill(process.pid, signal.SIGKILL)
    printed += process.stdout.readlines()
    process.wait()
    seqs = [line.split(b'"seq":')[1].split(b",")[0] for line in printed if b'"seq":' in line]
    reader = Reader(file)
    assert {entry.seq for entry in reader.entries()} >= {int(seq) for seq in seqs}
    reader.close()


@pytest.mark.long
def test_the_wal_starts_anew_while_entries_come(tmp_path: Path) -> None:
    wal, largest = tmp_path / "busy-wal", 0
    with Journal(tmp_path / "busy") as journal:
        for seq in range(1, 12_001):
            journal.keep([entry(seq, reply(200, "x"))])
            largest = max(largest, wal.stat().st_size)
    for_each = 4096  # a commit writes a page at least
    assert largest < 12_000 * for_each / 2
    assert (tmp_path / "busy").stat().st_size < largest


@pytest.mark.usefixtures("timed")
@pytest.mark.long
async def test_a_window_of_a_large_recording_costs_little(tmp_path: Path) -> None:
    with Journal(tmp_path / "large") as journal:
        for start in range(1, 100_001, 10_000):
            journal.keep([entry(seq, reply(200, "x")) for seq in range(start, start + 10_000)])
    reader = Reader(tmp_path / "large")
    began = time.process_time()
    for upto in (100_000, 50_000, 50):
        assert len(await reader.before(upto, 50, upto, EVERYTHING)) == min(50, upto - 1)
    assert time.process_time() - began < 0.2
    reader.close()


async def test_what_the_disk_refuses_is_seen_in_its_place_until_it_is_kept(tmp_path: Path) -> None:
    with Journal(tmp_path / "a") as journal:
        journal.keep(ENTRIES[:3])
        journal.hold(ENTRIES[3:])
        reader = Reader(tmp_path / "a", journal)

        async def seen() -> list[list[int]]:
            ways = [
                reader.after(0, 9, 6, EVERYTHING),
                reader.after(1, 3, 6, EVERYTHING),
                reader.before(7, 3, 6, EVERYTHING),
                reader.before(6, 9, 6, EVERYTHING),
                reader.after(0, 9, 5, PROBLEMS),
            ]
            return [[row.seq for row in await way] for way in ways]

        held, answered = await seen(), (await reader.after(1, 1, 6, EVERYTHING))[0].answer
        assert held == [[1, 2, 3, 5, 6], [2, 3, 5], [3, 5, 6], [1, 2, 3, 5], [5]]
        assert answered is not None and answered.seq == 4
        assert [await reader.count(n, 6, EVERYTHING) for n in (0, 3, 5)] == [5, 2, 1]
        journal.keep(ENTRIES[3:])
        assert await seen() == held
        reader.close()


async def test_of_very_much_that_is_held_the_newest_is_seen(tmp_path: Path) -> None:
    with Journal(tmp_path / "a") as journal:
        for start in range(1, 15_001, 1_000):
            journal.hold([entry(start + n, MarkSet("x")) for n in range(1_000)])
        reader = Reader(tmp_path / "a", journal)
        assert await reader.count(0, 20_000, EVERYTHING) == 10_000
        assert [row.seq for row in await reader.before(20_000, 2, 20_000, EVERYTHING)] == [
            14_999,
            15_000,
        ]
        reader.close()


def held(journal: Journal) -> list[int]:
    """The rows that are held in memory, by seq."""
    return journal.shelf.ask(lambda w: [e.seq for e in w.after(0, 99, 99, EVERYTHING)], [])


def test_what_was_held_is_let_go_once_it_is_committed(tmp_path: Path) -> None:
    with Journal(tmp_path / "a") as journal:
        assert not journal.shelf.holds
        journal.hold(ENTRIES[:4])
        assert held(journal) == [1, 2, 3]
        assert journal.keep(ENTRIES[:4]).kept == 4
        assert held(journal) == [] and not journal.shelf.holds
        journal.hold(ENTRIES[4:])
        assert held(journal) == [5, 6] and journal.shelf.holds


def test_of_what_was_held_the_uncommitted_rest_stays(tmp_path: Path) -> None:
    with Journal(tmp_path / "a") as journal:
        journal.hold(ENTRIES)
        batch = journal.rows(ENTRIES)
        journal.note(batch, Committed(0, "the disk is full"))
        assert held(journal) == [1, 2, 3, 5, 6]
        journal.note(batch, Committed(5, "the disk is full"))
        assert held(journal) == [6] and journal.shelf.holds
        journal.note(batch, Committed(6))
        assert held(journal) == [] and not journal.shelf.holds
