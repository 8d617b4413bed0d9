"""The past, from a recording alone: opened at any moment, as it grows, filtered, exported, back."""

import asyncio
import csv
import io
import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import astuple, replace
from record.test_record import entry, reply

from ftpwatch.cli import main
from ftpwatch.core.journal.events import MarkSet
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.record.journal import Journal
from ftpwatch.record.judged import JudgedRow, Snapshot, judged_row, snapshot_of, state_of
from ftpwatch.record.judging import KeepsJudgements
from ftpwatch.record.reader import Reader
from ftpwatch.wiring.opening import bring_to
from ftpwatch.wiring.version import judging_version

PROGRAM = [sys.executable, "-m", "ftpwatch"]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A watch of the demo: refusals, closes, goodbyes."""
    path = tmp_path_factory.mktemp("past") / "demo.ftpwatch"
    words = ["demo", "too-many", "--speed", "20", "--mode", "silent", "--record", str(path)]
    subprocess.run([*PROGRAM, *words], check=True, timeout=60)
    return path


def run(capfd: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    capfd.readouterr()
    with pytest.MonkeyPatch.context() as patched, pytest.raises(SystemExit) as left:
        patched.setattr(sys, "argv", ["ftpwatch", *map(str, words)])
        main()
    out, err = capfd.readouterr()
    return int(left.value.code or 0), out, err


def folded(path: Path, upto: int = 2**40) -> Watch:
    watch = Watch(KnowledgeAdvisor())
    with closing(Reader(path)) as reader:
        for one in reader.entries():
            if one.seq <= upto:
                watch.receive(one)
    watch.settle(float("inf"))
    return watch


def test_a_watch_keeps_what_it_judged_and_that_is_what_folding_gives(recording: Path) -> None:
    watch = folded(recording)
    with closing(Reader(recording)) as reader:
        assert reader.is_judged(judging_version())
        state = reader.snapshot(2**40, judging_version())
        assert state == watch.state
        assert tuple(reader.explained(2**40, judging_version(), 5_000)) == watch.explanations()


def test_of_huge_explanations_the_newest_are_remembered_as_far_as_there_is_room(
    recording: Path, tmp_path: Path
) -> None:
    path, version = tmp_path / "huge.ftpwatch", judging_version()
    path.write_bytes(recording.read_bytes())
    one = folded(recording).explanations()[0]
    long = replace(one, explanation=replace(one.explanation, evidence=("e" * 200_000,)))
    with closing(sqlite3.connect(path)) as database, database:
        seq = one.by.seq
        rows = [astuple(judged_row(replace(long, of=seq + n), version)) for n in range(300)]
        database.execute("delete from explained")
        database.executemany("insert into explained values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    with closing(Reader(path)) as reader:
        kept = [explained.of - seq for explained in reader.explained(2**40, version, 5_000)]
    assert 100 < len(kept) < 200 and kept == list(range(300 - len(kept), 300))


def test_a_state_is_read_back_as_it_was(recording: Path) -> None:
    for upto in (1, 20, 40, 60):
        state = folded(recording, upto).state
        assert state_of(snapshot_of(state, "v").body) == state


@pytest.mark.parametrize("body", [b"", b"x" * 50, b"\x78\x9c\x4b\x4c\x04\x00\x02\x49\x01\x25"])
def test_a_damaged_state_is_none(body: bytes) -> None:
    with pytest.raises(ValueError):
        state_of(body)


def test_what_another_version_judged_is_not_believed(recording: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.ftpwatch"
    path.write_bytes(recording.read_bytes())
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("update explained set by = 'older', cause = 'kicked'")
        database.execute("update snapshot set by = 'older'")
        database.execute("update judged set by = 'older'")
    with closing(Reader(path)) as reader:
        assert not reader.is_judged(judging_version())
        assert reader.snapshot(2**40, judging_version()) is None
        watch = Watch(KnowledgeAdvisor())
        last = bring_to(reader, watch, 60)
        assert last is not None and last.seq == 60
    assert watch.state == folded(path, 60).state


def test_a_recording_is_opened_at_a_moment_from_the_state_before_it(recording: Path) -> None:
    with closing(Reader(recording)) as reader:
        watch, plain = Watch(KnowledgeAdvisor()), folded(recording, 50)
        last = bring_to(reader, watch, 50)
        assert last is not None and last.seq == 50
        assert watch.state == plain.state and watch.explanations() == plain.explanations()


def test_states_are_kept_now_and_then_and_only_when_nothing_is_left_to_settle() -> None:
    kept: list[int] = []
    settles: list[float | None] = [1.0]
    judging = KeepsJudgements(
        lambda _, state: kept.append(state.seq) if state else None, lambda: settles[0]
    )
    watch = Watch(KnowledgeAdvisor())
    watch.subscribe(judging.receive)
    for seq in range(1, 10_101):
        watch.receive(entry(seq, MarkSet("x"), None))
    assert kept == []
    settles[0] = None
    for seq in range(10_101, 20_200):
        watch.receive(entry(seq, MarkSet("x"), None))
    assert kept == [10_101, 20_101]


def test_replay_begins_where_it_is_asked_to(
    recording: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, whole, _ = run(capfd, "replay", recording, "--mode", "json", "--speed", 5_000)
    entries = [json.loads(line) for line in whole.splitlines()]
    middle = next(e for e in entries if e.get("seq") == 40)
    at = middle["at"]
    code_at, out, _ = run(
        capfd, "replay", recording, "--mode", "json", "--speed", 5_000, "--at", at
    )
    assert json.loads(out.splitlines()[0])["seq"] == 40
    assert code == code_at == 1  # a session ended badly before
    code, out, err = run(capfd, "replay", recording, "--mode", "json", "--end")
    assert (code, out) == (1, "") and "is over" not in out
    for wrong, says in (("2036-01-01", "after the end"), ("soon", "is not a moment")):
        code, _, err = run(capfd, "replay", recording, "--mode", "json", "--at", wrong)
        assert code == 2 and says in err and err.count("\n") == 1
    code, _, err = run(capfd, "replay", recording, "--at", "1h", "--end", "--mode", "json")
    assert code == 2 and "exclude one another" in err


def test_replay_shows_what_a_filter_asks_for_and_points_at_mistakes(
    recording: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["replay", recording, "--mode", "json", "--speed", 5_000, "--filter"]
    _, out, _ = run(capfd, *words, "cause:too_many*")
    lines = [json.loads(line) for line in out.splitlines()]
    assert {line["event"] for line in lines} == {
        "reply_received", "connection_closed", "explained",
    }  # fmt: skip
    code, _, err = run(capfd, *words, "noop cause:toomany")
    assert code == 2 and err.splitlines()[2] == "     ^^^^^^^^^^^^^"


async def test_a_running_watch_is_followed_within_half_a_second(tmp_path: Path) -> None:
    path = tmp_path / "growing.ftpwatch"
    with Journal(path) as journal:
        journal.keep([entry(1, MarkSet("before"), None)])
        process = await asyncio.create_subprocess_exec(
            *PROGRAM, "replay", "--follow", "--at", "1d", "--mode", "stream", str(path),
            stdout=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        async with asyncio.timeout(20):
            while b"before" not in await process.stdout.readline():
                pass
        clock = asyncio.get_running_loop()
        for seq in range(2, 6):
            journal.keep([entry(seq, MarkSet(f"number {seq}"), None)])
            kept_at = clock.time()
            async with asyncio.timeout(10):
                while f"number {seq}".encode() not in await process.stdout.readline():
                    pass
            assert clock.time() - kept_at < 2
        process.terminate()
        assert await process.wait() == 0


def test_export_and_back_is_the_same(
    recording: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _, lines, _ = run(capfd, "export", recording)
    again = tmp_path / "again.ndjson"
    again.write_text(lines)
    assert run(capfd, "export", again)[1] == lines
    _, told, _ = run(capfd, "replay", again, "--mode", "json", "--speed", 5_000)
    _, first, _ = run(capfd, "replay", recording, "--mode", "json", "--speed", 5_000)
    assert told == first
    _, why, _ = run(capfd, "explain", again, "--format", "json")
    assert json.loads(why)["cause"] == "too_many_connections_from_address"


@pytest.mark.parametrize("source", ["recording", "ndjson"])
def test_a_filter_chooses_what_is_exported(
    recording: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], source: str
) -> None:
    path = recording
    if source == "ndjson":
        path = tmp_path / "a.ndjson"
        path.write_text(run(capfd, "export", recording)[1])
    _, out, _ = run(capfd, "export", path, "--filter", "noop purpose:keep_alive")
    entries = [json.loads(line) for line in out.splitlines()]
    assert {e["event"] for e in entries} == {"command_sent", "reply_received"}
    assert [e["seq"] for e in entries] == sorted(e["seq"] for e in entries)
    _, out, _ = run(capfd, "export", path, "--filter", "cause:too_many*", "--format", "text")
    assert "421 Too many" in out and "closed by" in out and "NOOP" not in out


def test_csv_has_a_row_an_entry_and_no_formula(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.ftpwatch"
    with Journal(path) as journal:
        journal.keep([entry(1, MarkSet("=cmd|' /C calc'!A0\n\x1b[31m, \"x\""), "=evil")])
    _, out, _ = run(capfd, "export", path, "--format", "csv")
    head, row = csv.reader(io.StringIO(out))
    assert head[:4] == ["seq", "at", "elapsed_seconds", "session"] and len(head) == len(row)
    assert row[3] == "'=evil" and "\x1b" not in out and not row[-1].startswith("=")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"v":1,"event":"mark_set","seq":1}\n', "no other line is an entry"),
        ('{"v":9,"event":"mark_set","seq":1,"text":"x"}\n', "version 9"),
        ('{"v":1,"event":"mark_set"}\n', "has no seq"),
        ('{"v":1,"event":"mark_set","seq":1,"at":"9999-12-31T00:00:00Z",'
         '"elapsed_seconds":1}\n', "range"),
        ('{"v":1,"event":"mark_set","seq":2,"text":"x"}\n' * 2, "more than one watch"),
    ],
)  # fmt: skip
def test_bad_ndjson_is_a_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text(text)
    code, _, err = run(capfd, "export", path)
    assert code == 2 and says in err and err.count("\n") == 1


def test_cut_ndjson_says_what_is_missing_and_goes_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = [f'{{"v":1,"event":"mark_set","seq":{n},"text":"x"}}' for n in (1, 2, 5, 6)]
    path = tmp_path / "a.ndjson"
    path.write_text("\n".join([*lines[:2], '{"v":1,"ev', *lines[2:], '{"v":1,']))
    _, out, _ = run(capfd, "export", path)
    events = [json.loads(line) for line in out.splitlines()]
    assert [e["seq"] for e in events] == [1, 2, 3, 5, 6, 7]
    assert [e.get("first") for e in events] == [None, None, 3, None, None, 7]


def test_a_password_in_ndjson_is_masked(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text(
        '{"v":1,"event":"command_sent","seq":1,"number":1,"verb":"PASS","argument":"hunter22",'
        '"purpose":"client"}\n'
    )
    for words in (["export"], ["export", "--format", "text"], ["replay", "--mode", "stream"]):
        code, out, err = run(capfd, *words, path)
        assert "hunter22" not in out + err and code == 0


@pytest.fixture
def folder(tmp_path: Path, recording: Path) -> Iterator[Path]:
    folder = tmp_path / "state" / "ftpwatch" / "recordings"
    folder.mkdir(parents=True)
    (folder / "one.ftpwatch").write_bytes(recording.read_bytes())
    with Journal(folder / "two.ftpwatch") as journal:
        journal.keep([entry(1, MarkSet("x"), None)])
        yield folder


def test_recordings_are_listed_pruned_and_checked(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(capfd, "recordings", "path")[1].strip() == str(folder)
    _, out, _ = run(capfd, "recordings", "list")
    assert "one.ftpwatch" in out and "1 too many connections from this address" in out
    assert re.search(r"two\.ftpwatch .* being written", out)
    _, out, _ = run(capfd, "recordings", "list", "--format", "json")
    one = next(r for r in map(json.loads, out.splitlines()) if r["path"].endswith("one.ftpwatch"))
    assert one["ends"]["too_many_connections_from_address"] == 1 and one["parts"] == 1
    code, out, _ = run(capfd, "recordings", "check")
    assert code == 0 and re.search(r"one\.ftpwatch: \d+ entries\n", out)
    _, out, _ = run(capfd, "recordings", "prune", "--days", "0", "--dry-run")
    assert "one.ftpwatch" in out and "two" not in out and (folder / "one.ftpwatch").exists()
    code, _, err = run(capfd, "recordings", "prune", "--days", "0")
    assert code == 2 and "--yes" in err and (folder / "one.ftpwatch").exists()
    run(capfd, "recordings", "prune", "--days", "0", "--yes")
    assert not (folder / "one.ftpwatch").exists() and (folder / "two.ftpwatch").exists()


def test_a_damaged_recording_is_found_by_check(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(folder / "one.ftpwatch")) as database, database:
        database.execute("update entry set event = x'00' where seq = 7")
    (folder / "three.ftpwatch").write_text("no recording")
    code, out, err = run(capfd, "recordings", "check")
    assert code == 1 and "1 cannot be read" in out and "three.ftpwatch is not a recording" in err


def test_the_first_part_may_be_gone(tmp_path: Path) -> None:
    path = tmp_path / "a.ftpwatch"
    (tmp_path / "a.ftpwatch").write_text("")
    path.unlink()
    with Journal(tmp_path / "b.ftpwatch") as journal:
        journal.keep([entry(1, MarkSet("x"), None)])
    (tmp_path / "b.ftpwatch").rename(tmp_path / "a.ftpwatch.2")
    with closing(Reader(path)) as reader:
        assert [e.seq for e in reader.entries()] == [1]


def test_rows_of_what_is_judged_name_their_version(recording: Path) -> None:
    watch = folded(recording)
    row = judged_row(watch.explanations()[0], "v")
    assert isinstance(row, JudgedRow) and row.by == "v" and row.of > 0
    assert isinstance(snapshot_of(watch.state, "v"), Snapshot)


def unit() -> str:
    readme = (Path(__file__).parent.parent / "ftpwatch/manual/recordings.md").read_text()
    found = re.search(r"```ini\n(\[Unit\].*?)```", readme, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_the_unit_of_readme_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "ftpwatch.service"
    path.write_text(unit())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(path)], capture_output=True, text=True
    )
    about = [line for line in done.stderr.splitlines() if "ftpwatch" in line]
    assert done.returncode == 0 and about == []


async def test_the_line_of_the_unit_records_and_is_looked_into(tmp_path: Path) -> None:
    start = re.search(r"^ExecStart=(.*)$", unit(), re.MULTILINE)
    assert start is not None
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "ftpwatch").write_text(f'#!/bin/sh\nexec {sys.executable} -m ftpwatch "$@"\n')
    (bin_ / "ftpwatch").chmod(0o755)
    (tmp_path / "config.toml").write_text('[profile.down]\nurl = "ftp://127.0.0.1:1"\n')
    env = {
        **os.environ, "PATH": f"{bin_}:{os.environ['PATH']}", "XDG_STATE_HOME": str(tmp_path),
        "FTPWATCH_CONFIG": str(tmp_path / "config.toml"),
    }  # fmt: skip
    watch = await asyncio.create_subprocess_exec(*shlex.split(start[1]), env=env)
    folder = tmp_path / "ftpwatch" / "recordings"
    async with asyncio.timeout(20):
        while not list(folder.glob("*.ftpwatch")):
            await asyncio.sleep(0.05)
    looking = await asyncio.create_subprocess_exec(
        *PROGRAM, "replay", "--follow", "--at", "1d", "--mode", "stream",
        str(next(folder.glob("*.ftpwatch"))), stdout=subprocess.PIPE,
    )  # fmt: skip
    assert looking.stdout is not None
    async with asyncio.timeout(20):
        while b"refused" not in await looking.stdout.readline():
            pass
    watch.terminate()
    async with asyncio.timeout(20):
        assert await watch.wait() == 3
        assert b"watch stopped" in await looking.stdout.read()
        assert await looking.wait() == 3


@pytest.mark.parametrize(
    "text",
    ["purpose:keep_alive code:2xx", "!code:2xx purpose:keep_alive", "noop", "cause:too_many*",
     "event:reconnect_scheduled", "session:first code:2xx", "!session:first code:421"],
)  # fmt: skip
def test_one_filter_asks_for_the_same_in_replay_and_export(
    recording: Path, capfd: pytest.CaptureFixture[str], text: str
) -> None:
    told = run(capfd, "replay", recording, "--mode", "json", "--speed", 5_000, "--filter", text)[1]
    exported = run(capfd, "export", recording, "--filter", text)[1]
    seqs = [json.loads(line).get("seq") for line in told.splitlines()]
    assert sorted(seq for seq in seqs if seq) == [
        json.loads(line)["seq"] for line in exported.splitlines()
    ]


def test_what_ended_together_is_found_by_session(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.ftpwatch"
    with Journal(path) as journal:
        journal.keep([entry(n, reply(421, "Going down."), f"s{n}") for n in range(1, 6)])
    for text, sessions in (("session:s2", ["s2"]), ("!session:s2", ["s1", "s3", "s4", "s5"])):
        _, out, _ = run(capfd, "export", path, "--filter", f"{text} code:421")
        assert [json.loads(line)["session"] for line in out.splitlines()] == sessions


@pytest.mark.parametrize(
    "damage",
    ["delete from word_data where id > 9", "update entry set event = x'00' where seq = 50"],
)
def test_a_filter_on_a_damaged_recording_gives_what_there_is(
    recording: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], damage: str
) -> None:
    path = tmp_path / "a.ftpwatch"
    path.write_bytes(recording.read_bytes())
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(damage)
    _, whole, _ = run(capfd, "export", recording, "--filter", "noop")
    _, out, err = run(capfd, "export", path, "--filter", "noop")
    assert "Traceback" not in err and len(out.splitlines()) >= len(whole.splitlines()) - 2
    assert out.splitlines()[0] == whole.splitlines()[0]


def test_a_finished_watch_is_not_waited_for(
    recording: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _, _, err = run(capfd, "replay", "--follow", recording, "--mode", "stream")
    assert "The watch is over." in err


def test_ndjson_of_an_editor_that_marks_its_files_is_read(
    recording: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _, lines, _ = run(capfd, "export", recording)
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"\xef\xbb\xbf" + lines.encode())
    assert run(capfd, "export", path)[1] == lines


def test_what_stands_beside_a_recording_is_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.ftpwatch-wal").write_bytes(b"x")
    for words in (["export"], ["replay", "--mode", "stream"], ["explain"]):
        code, _, err = run(capfd, *words, tmp_path / "a.ftpwatch-wal")
        assert code == 2 and "belongs to a.ftpwatch: open that" in err
