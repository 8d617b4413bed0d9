"""Damaged recordings: what can be read is read, what cannot is said, and nothing waits for ever."""

import os
import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from ftpwatch.core.journal.events import EntriesUnreadable, MarkSet, ReplyReceived
from ftpwatch.core.journal.filter import EVERYTHING, parse_filter
from ftpwatch.record.journal import Journal
from ftpwatch.record.reader import Reader
from ftpwatch.record.schema import NotARecording
from record.test_record import entry, reply

COUNT = 400


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "a"
    with Journal(path) as journal:
        for start in range(1, COUNT + 1, 50):
            journal.keep([entry(n, reply(200, f"NOOP ok {n}")) for n in range(start, start + 50)])
    return path.read_bytes()


def read(path: Path) -> tuple[set[int], int]:
    """The seqs of what can be read, and how much is said to be unreadable."""
    reader = Reader(path)
    try:
        entries = list(reader.entries())
    finally:
        reader.close()
    seqs = [one.seq for one in entries]
    assert seqs == sorted(set(seqs))
    moments = [one.elapsed_seconds for one in entries]
    assert moments == sorted(moments) and max(moments, default=0) <= COUNT
    good = {one.seq for one in entries if not isinstance(one.event, EntriesUnreadable)}
    lost = [one.event for one in entries if isinstance(one.event, EntriesUnreadable)]
    return good, sum(event.last - event.first + 1 for event in lost)


def test_a_flipped_bit_costs_an_entry_or_two(tmp_path: Path, whole: bytes) -> None:
    chance, file, kept = random.Random(9), tmp_path / "b", list[int]()
    for _ in range(60):
        damaged = bytearray(whole)
        bit = chance.randrange(len(damaged) * 8)
        damaged[bit // 8] ^= 1 << bit % 8
        file.write_bytes(damaged)
        try:
            good, lost = read(file)
        except NotARecording:
            continue
        kept.append(len(good))
        assert len(good) == COUNT or lost > 0
    assert sorted(kept)[len(kept) // 10] >= COUNT - 20
    assert len(kept) >= 50


@pytest.mark.parametrize("seed", range(20))
def test_a_page_of_nonsense_hides_only_itself(tmp_path: Path, whole: bytes, seed: int) -> None:
    chance, file = random.Random(seed), tmp_path / "b"
    page = chance.randrange(2, len(whole) // 4096)
    file.write_bytes(whole[: page * 4096] + chance.randbytes(4096) + whole[(page + 1) * 4096 :])
    try:
        good, lost = read(file)
    except NotARecording as refused:
        assert str(file) in str(refused)
    else:
        assert good or lost


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("event", b"\x00"), ("event", b"[" * 100_000), ("event", b'{"event":"mark_set"}'),
        ("event", b'{"event":"mark_set","text":5}'), ("event", b""),
        ("event", b'{"event":"reply_received","code":4210,"lines":[],"encoding":"utf-8","raw":null,'
         b'"truncated_bytes":0,"role":"final","in_reply_to":null,"latency_seconds":null}'),
        ("elapsed_seconds", 1e300), ("elapsed_seconds", -1e300), ("elapsed_seconds", 1e5),
        ("at", "0001-01-01T00:00:00.000000Z"), ("at", "9999-12-31T23:59:59Z"), ("at", "soon"),
        ("connection", -5), ("connection", 2**62),
    ],
)  # fmt: skip
async def test_a_damaged_entry_costs_that_entry(tmp_path: Path, column: str, value: object) -> None:
    path = tmp_path / "a"
    with Journal(path) as journal:
        journal.keep([entry(n, MarkSet(f"mark {n}")) for n in range(1, 11)])
    with sqlite3.connect(path) as database:
        database.execute(f"update entry set {column} = ? where seq = 5", [value])
    good, lost = read(path)
    assert good >= {1, 2, 3, 4, 6, 7, 8, 9, 10}
    assert (5 in good) != (lost == 1)
    reader = Reader(path)
    rows = await reader.after(0, 20, 10, EVERYTHING)
    assert [row.seq for row in rows] == list(range(1, 11))
    reader.close()


def test_an_end_that_is_ten_years_away_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with Journal(path) as journal:
        journal.keep([entry(n, MarkSet("x")) for n in range(1, 4)])
    with sqlite3.connect(path) as database:
        database.execute("update entry set elapsed_seconds = 3e8 where seq = 3")
    assert read(path) == ({1, 2}, 1)


@pytest.mark.parametrize(
    "sql",
    [
        "create view x as with recursive n(i) as (select 1 union all select i + 1 from n)"
        " select i from n",
        "create trigger t after insert on entry begin delete from entry; end",
        "create table other (x)",
        "drop index entry_code",
    ],
)
def test_tables_that_no_journal_made_are_refused(tmp_path: Path, sql: str) -> None:
    path = tmp_path / "a"
    with Journal(path) as journal:
        journal.keep([entry(1, MarkSet("x"))])
    with sqlite3.connect(path) as database:
        database.execute(sql)
    with pytest.raises(NotARecording, match="tables are not those of a recording"):
        Reader(path)


def test_a_view_without_end_in_the_place_of_the_entries_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with Journal(path) as journal:
        journal.keep([entry(1, MarkSet("x"))])
    with sqlite3.connect(path) as database:
        database.execute("drop table entry")
        database.execute(
            "create view entry as with recursive n(seq) as (select 1 union all select seq + 1"
            " from n) select seq, 'x' at, 1.0 elapsed_seconds, null session from n"
        )
    with pytest.raises(NotARecording, match="damaged"):
        Reader(path)


@pytest.mark.parametrize("kind", ["fifo", "folder", "device", "long", "loop"])
def test_what_is_no_file_is_a_sentence(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    match kind:
        case "fifo":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "device":
            path = Path("/dev/zero")
        case "loop":
            path.symlink_to(path)
        case _:
            path = tmp_path / ("x" * 5_000)
    with pytest.raises(NotARecording, match="there is no recording at"):
        Reader(path)


GOLDEN = Path(__file__).with_name("golden")


@pytest.mark.parametrize("version", [1, 2])
async def test_a_recording_of_an_older_format_is_read_found_in_and_left_as_it_is(
    tmp_path: Path, version: int
) -> None:
    """Written by the releases of their time: `demo too-many`, at speed."""
    path = tmp_path / "old.ftpwatch"
    shutil.copy(GOLDEN / f"format-{version}.ftpwatch", path)
    before = path.read_bytes()
    reader = Reader(path)
    try:
        kept = list(reader.entries())
        rows = await reader.before(2**40, 50, kept[-1].seq, parse_filter("code:421 event:reply*"))
        words = await reader.after(0, 50, kept[-1].seq, parse_filter("too many"))
    finally:
        reader.close()
    assert [entry.seq for entry in kept] == list(range(1, len(kept) + 1)) and len(kept) > 50
    refusals = [e for e in kept if isinstance(e.event, ReplyReceived) and e.event.code == 421]
    assert [row.seq for row in rows] == [entry.seq for entry in refusals] and refusals
    assert words and path.read_bytes() == before


def test_a_damaged_recording_of_an_older_format_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "old.ftpwatch"
    shutil.copy(GOLDEN / "format-2.ftpwatch", path)
    with sqlite3.connect(path) as database:
        database.execute("update entry set event = x'00' where seq = 7")
    seqs, lost = read(path)
    assert lost == 1 and {6, 8} <= seqs
