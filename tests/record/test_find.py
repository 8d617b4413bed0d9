"""What the indexes of a recording find is what looking at every entry finds."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.ftp.target import TargetFacts
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    AnyEvent,
    CommandSent,
    ConnectionOpened,
    InReplyTo,
    MarkSet,
    ReplyReceived,
    SessionAdded,
)
from ftpwatch.core.journal.filter import Filter, Term, parse_filter
from ftpwatch.core.journal.vocabulary import Role
from ftpwatch.core.text.matching import Circumstances, hosts_of, matches
from ftpwatch.record.files import PartFile, family, open_part
from ftpwatch.record.journal import Bounds, Journal
from ftpwatch.record.parts import Parts
from ftpwatch.record.reader import Reader
from record.test_record import entry, reply

TERMS = [
    "code:421", "code:2xx", "code:200,421", "session:eu-*", "session:*", "session:us-1",
    "session:?u-1", "host:192.0.2.*",
    "host:eu.*", "event:mark_set", "event:connection_opened,mark_set", "event:reply_received",
    "purpose:keep_alive", "purpose:user", "noop", "timeo", "*imeou*", '"no transfer"',
    "(30", "nothing", "since:2026-01-01T00:00:09Z", "until:2026-01-01T00:00:30Z", "zürich", "o",
]  # fmt: skip
SESSIONS = ("eu-1", "eu-2", "us-1")


def told(what: list[int]) -> list[Entry]:
    """Sessions, commands and their answers some entries later, words, marks."""
    entries: list[Entry] = []
    asked: list[tuple[int, str, InReplyTo]] = []
    for number, name in enumerate(SESSIONS, 1):
        facts = TargetFacts(name, f"{name[:2]}.example.com", 21, "anonymous", "off", 30.0, "NOOP")
        entries.append(entry(len(entries) + 1, SessionAdded(facts), name))
        opened = ConnectionOpened("198.51.100.1:4000", f"192.0.2.{number}:21")
        entries.append(entry(len(entries) + 1, opened, name))
    for kind in what:
        seq, session = len(entries) + 1, SESSIONS[kind % 3]
        event: AnyEvent
        if kind < 3:
            event, session = MarkSet("Zürich, no transfer"), ""
        elif kind < 6:
            event = reply(421, "No transfer timeout (300 seconds)")
        elif kind < 12 or not asked:
            purpose = Purpose.KEEP_ALIVE if kind < 10 else Purpose.USER
            asked.append((seq, session, InReplyTo(seq, "NOOP", purpose)))
            event = CommandSent(seq, "NOOP", None, purpose)
        else:
            _, session, which = asked.pop(kind % len(asked))
            code = (200, 200, 421, 500)[kind % 4]
            event = ReplyReceived(code, ("So.",), "utf-8", None, 0, Role.FINAL, which, 0.01)
        entries.append(entry(seq, event, session or None))
    return entries


def looked_for(
    told: list[Entry], shares: dict[int, int], wanted: Filter, upto: int = 2**40
) -> list[int]:
    """Rows up to `upto` that match, by looking at every entry; hosts are known from all."""
    entries = [one for one in told if one.seq <= upto]
    hosts: dict[str, set[str]] = {}
    for one in told:
        hosts.setdefault(one.session or "", set()).update(hosts_of(one))
    members: dict[int, list[Entry]] = {}
    for one in entries:
        members.setdefault(shares.get(one.seq, one.seq), []).append(one)

    def holds(term: Term, row: int) -> bool:
        alone = Filter((Term(term.field, term.value),))
        around = [(one, Circumstances(hosts[one.session or ""])) for one in members[row]]
        if term.field in ("since", "until"):
            around = [pair for pair in around if pair[0].seq == row]
        return any(matches(alone, one, there) for one, there in around)

    rows = [row for row in members if row in {one.seq for one in entries}]
    return sorted(r for r in rows if all(holds(t, r) is not t.inverted for t in wanted.terms))


@contextmanager
def recorded(entries: list[Entry], bounds: Bounds = Bounds()) -> Iterator[Path]:  # noqa: B008
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.ftpwatch"
        with Journal(path, bounds=bounds) as journal:
            for start in range(0, len(entries), 7):
                journal.keep(entries[start : start + 7])
        yield path


@patch.multiple("ftpwatch.record.windows", STRETCH=9, NEAR=4, _BATCH=3)
@patch.multiple("ftpwatch.record.streams", MOST_SESSIONS=2, _FEW_KEYS=1)
@patch("ftpwatch.record.texts.STRETCH", 9)
@patch("ftpwatch.record.keys.CHUNK", 2)
@settings(deadline=None)
@given(
    what=st.lists(st.integers(0, 19), max_size=60),
    terms=st.lists(st.tuples(st.sampled_from(TERMS), st.booleans()), max_size=3),
    place=st.integers(0, 70),
    upto=st.integers(1, 70),
    count=st.integers(1, 6),
    indexed=st.integers(0, 80),
)
@example([6, 3, 0, 6, 14, 15], [("timeo", False), ("code:421", False)], 40, 60, 3, 9)
def test_indexes_find_what_looking_finds(
    what: list[int], terms: list[tuple[str, bool]], place: int, upto: int, count: int, indexed: int
) -> None:
    entries = told(what)
    wanted = parse_filter(" ".join(f"{'!' if no else ''}{term}" for term, no in terms))
    with recorded(entries) as path, closing(sqlite3.connect(path)) as database:
        # As it is while it is written, and after a kill: the last entries are not indexed yet.
        database.execute("update reach set words_upto = min(words_upto, ?)", [indexed])
        database.commit()
        shares = dict(database.execute("select seq, answers from entry where answers is not null"))
        windows = Parts([PartFile(path, 1)])
        rows = looked_for(entries, shares, wanted, upto)
        before = [e.seq for e in windows.before(place, count, upto, wanted)]
        after = [e.seq for e in windows.after(place, count, upto, wanted)]
        assert before == [row for row in rows if row < place][-count:]
        assert after == [row for row in rows if row > place][:count]
        assert windows.count(place, upto, wanted) == len([row for row in rows if row > place])


def test_words_are_found_through_what_shares_their_row_far_away() -> None:
    question = InReplyTo(1, "NOOP", Purpose.KEEP_ALIVE)
    entries = [entry(1, CommandSent(1, "NOOP", None, Purpose.KEEP_ALIVE))]
    entries += [entry(n, MarkSet(f"mark {n}")) for n in range(2, 400)]
    entries.append(entry(400, reply(200, "sesame", question)))
    with recorded(entries) as path:
        windows = Parts([PartFile(path, 1)])
        for place in (2, 200, 400):
            wanted = parse_filter("sesame")
            assert [e.seq for e in windows.before(place, 5, 400, wanted)] == [1]
        assert windows.before(2, 5, 399, parse_filter("sesame")) == []
        assert [e.seq for e in windows.after(0, 5, 400, parse_filter("sesame"))] == [1]


async def test_parts_are_found_in_as_one_and_know_their_hosts() -> None:
    entries = told([9, 14] * 400)
    with recorded(entries, Bounds(bytes=100_000)) as path:
        assert len(family(path)) > 2
        reader = Reader(path)
        try:
            last = entries[-1].seq
            rows = await reader.before(2**40, 3, last, parse_filter("host:eu.example.com"))
            assert len(rows) == 3 and rows[0].seq > last - 20
            assert await reader.count(0, last, parse_filter("session:*")) == len(
                looked_for(entries, dict(_shares(path)), parse_filter("session:*"))
            )
            assert [e.seq for e in reader.entries()] == list(range(1, last + 1))
        finally:
            reader.close()


def _shares(path: Path) -> Iterator[tuple[int, int]]:
    for file in family(path):
        sql = "select seq, answers from entry where answers is not null"
        yield from open_part(file.path).execute(sql)


@pytest.mark.parametrize("seconds", [5.0])
def test_a_part_ends_when_it_is_old(tmp_path: Path, seconds: float) -> None:
    path = tmp_path / "a.ftpwatch"
    with Journal(path, bounds=Bounds(seconds=seconds)) as journal:
        moved = [journal.keep([entry(n, MarkSet("x"))]).moved for n in range(1, 20)]
    assert [m[0].planned for m in moved if m] == [True] * 3
    assert len(list(tmp_path.iterdir())) == 4


def test_a_part_does_not_end_among_ends(tmp_path: Path) -> None:
    """What is judged of an end a moment later stands in the same file."""
    path = tmp_path / "a.ftpwatch"
    with Journal(path, bounds=Bounds(seconds=5.0)) as journal:
        kept = [journal.keep([entry(1, MarkSet("x"))])]
        kept += [journal.keep([entry(n, reply(421, "Timeout."))]) for n in range(2, 12)]
        assert not any(committed.moved for committed in kept)
        journal.keep([entry(13, MarkSet("x"))])
        assert not journal.keep([entry(14, MarkSet("x"))]).moved
        assert journal.keep([entry(15, MarkSet("x"))]).moved


def test_times_are_found_by_halving(tmp_path: Path) -> None:
    path = tmp_path / "a.ftpwatch"
    with Journal(path) as journal:
        journal.keep([entry(n, MarkSet("x")) for n in range(1, 101)])
    now = datetime(2026, 1, 1, 0, 1, 40, tzinfo=UTC)
    wanted = parse_filter("since:20s until:10s", now)
    parts = Parts([PartFile(path, 1)])
    assert [e.seq for e in parts.after(0, 50, 100, wanted)] == list(range(80, 90))
