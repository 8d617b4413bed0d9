"""A stretch of time of a recording, in buckets."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    AnyEvent,
    CommandSent,
    ConnectionClosed,
    InReplyTo,
    ReplyReceived,
)
from ftpwatch.core.journal.stretch import MOST_ENTRIES, Buckets
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner, Role
from ftpwatch.record.journal import Bounds, Journal
from ftpwatch.record.reader import Reader

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
CLOSED = ConnectionClosed(ClosedBy.SERVER_PI, Manner.FIN, False, None, 1.0, 2.0)
NOOP = CommandSent(1, "NOOP", None, Purpose.KEEP_ALIVE)
QUIT = ConnectionClosed(ClosedBy.USER_PI, Manner.LOCAL, True, 221, 1.0, 2.0)


def entry(seq: int, at: float, event: AnyEvent = NOOP, session: str = "s") -> Entry:
    return Entry(seq, BEGAN + timedelta(seconds=at), at, session, 1, event)


def recording(path: Path, entries: list[Entry]) -> Reader:
    journal = Journal(path)
    journal.keep(entries)
    journal.close()
    return Reader(path)


async def test_what_is_little_is_read_whole_and_counted_by_bucket(tmp_path: Path) -> None:
    told = [entry(n + 1, n / 2) for n in range(20)] + [entry(21, 10, CLOSED), entry(22, 11, QUIT)]
    reader = recording(tmp_path / "r", told)
    stretch = await reader.stretch(Buckets(2, 1.0, 5), 100)
    assert [e.elapsed_seconds for e in stretch.entries] == [n / 2 for n in range(4, 14)]
    assert stretch.counts == (2,) * 5 and not stretch.is_sampled
    assert stretch.before is not None and stretch.before.seq == 4
    later = await reader.stretch(Buckets(10, 1.0, 3), 100)
    assert (later.counts, later.drops) == ((1, 1, 0), (1, 0, 0))
    reader.close()


async def test_nothing_of_later_than_what_may_be_seen_is_in_it(tmp_path: Path) -> None:
    reader = recording(tmp_path / "r", [entry(n + 1, float(n)) for n in range(20)])
    stretch = await reader.stretch(Buckets(0, 1.0, 20), 7)
    assert [e.seq for e in stretch.entries] == [1, 2, 3, 4, 5, 6, 7]
    assert sum(stretch.counts) == 7
    reader.close()


@pytest.mark.parametrize("buckets", [Buckets(0, 1.0, 10), Buckets(50, 1.0, 10)])
async def test_where_there_is_nothing_it_is_empty(tmp_path: Path, buckets: Buckets) -> None:
    reader = recording(tmp_path / "r", [entry(1, 30.0)])
    stretch = await reader.stretch(buckets, 100)
    assert (stretch.entries, stretch.total) == ((), 0)
    assert (stretch.before is None) == (buckets.first == 0)
    reader.close()


def many(path: Path, sessions: int = 50) -> list[Entry]:
    """Keep-alives in step, a refusal each thousand, a drop each five hundred."""
    told = []
    for n in range(12_000):
        name, at = f"s{n % sessions:03d}", n / 10
        event: AnyEvent = NOOP
        if n % 1000 == 7:
            asked = InReplyTo(1, "NOOP", Purpose.USER)
            event = ReplyReceived(550, ("no",), "utf-8", None, 0, Role.FINAL, asked, 0.1)
        elif n % 500 == 11:
            event = CLOSED
        told.append(entry(n + 1, at, event, name))
    return told


async def test_of_too_many_some_are_read_but_every_end_and_all_are_counted(tmp_path: Path) -> None:
    told = many(tmp_path)
    reader = recording(tmp_path / "r", told)
    stretch = await reader.stretch(Buckets(0, 10.0, 120), 20_000)
    assert stretch.is_sampled and stretch.total == 12_000 and len(stretch.entries) <= MOST_ENTRIES
    assert stretch.counts == (100,) * 120
    assert sum(stretch.drops) == 24
    drops = [at for at, count in enumerate(stretch.drops) if count]
    assert drops == [int(n / 100) for n in range(11, 12_000, 500)]
    kinds = [type(e.event) for e in stretch.entries]
    assert kinds.count(ConnectionClosed) == 24 and kinds.count(ReplyReceived) == 12
    seqs = [e.seq for e in stretch.entries]
    assert seqs == sorted(set(seqs))
    assert len({e.session for e in stretch.entries}) == 50, "not the same few each time"
    reader.close()


async def test_all_in_one_millisecond_costs_what_fits_on_a_screen(tmp_path: Path) -> None:
    told = [entry(n + 1, 5.0, CLOSED, f"s{n}") for n in range(4_000)]
    reader = recording(tmp_path / "r", told)
    stretch = await reader.stretch(Buckets(4990, 0.001, 100), 20_000)
    assert stretch.drops[10] == stretch.counts[10] == 4_000
    assert 0 < len(stretch.entries) <= MOST_ENTRIES
    reader.close()


async def test_parts_are_one_stretch(tmp_path: Path) -> None:
    path = tmp_path / "r"
    journal = Journal(path, bounds=Bounds(bytes=200_000))
    told = many(tmp_path)
    for at in range(0, len(told), 1000):
        journal.keep(told[at : at + 1000])
    journal.close()
    assert len(list(tmp_path.glob("r*"))) > 2
    reader = Reader(path)
    stretch = await reader.stretch(Buckets(0, 10.0, 120), 20_000)
    assert stretch.counts == (100,) * 120 and sum(stretch.drops) == 24
    short = await reader.stretch(Buckets(0, 1.0, 100), 20_000)
    assert len(short.entries) == 1000 and short.drops == tuple(
        int(any(at * 10 <= n < at * 10 + 10 for n in range(11, 12_000, 500))) for at in range(100)
    )
    reader.close()


async def test_long_replies_are_read_in_brief(tmp_path: Path) -> None:
    lines = tuple("y" * 5_000 for _ in range(50))
    long = ReplyReceived(211, lines, "utf-8", b"y" * 99, 0, Role.FINAL, None, None)
    reader = recording(tmp_path / "r", [entry(1, 1.0, long)])
    (read,) = (await reader.stretch(Buckets(0, 1.0, 5), 9)).entries
    assert isinstance(read.event, ReplyReceived)
    assert read.event.lines == ("y" * 400,) and read.event.raw is None
    reader.close()
