"""A watch that was killed is told from one in which nothing happens."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ftpwatch.cli.entry import cli
from ftpwatch.record import writing_process
from ftpwatch.record.files import is_abandoned
from ftpwatch.record.journal import Journal
from ftpwatch.record.retention import newest_written
from ftpwatch.record.writing_process import is_gone, own_mark

WRITES = """
import sys, time
from pathlib import Path
from record.test_record import ENTRIES
from ftpwatch.record.journal import Bounds, Journal
journal = Journal(Path(sys.argv[1]))
journal.keep(ENTRIES)
print("kept", flush=True)
time.sleep(600)
"""
pytestmark = pytest.mark.skipif(not own_mark(), reason="this system says too little of processes")


def written(path: Path) -> "subprocess.Popen[str]":
    tests = str(Path(__file__).parents[1])
    search = os.pathsep.join([tests, *filter(None, [os.environ.get("PYTHONPATH")])])
    watch = subprocess.Popen(
        [sys.executable, "-c", WRITES, str(path)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": search},
    )  # fmt: skip
    assert watch.stdout is not None
    assert watch.stdout.readline() == "kept\n"
    return watch


def test_who_follows_a_killed_watch_is_told_so_and_the_end_comes(tmp_path: Path) -> None:
    watch = written(tmp_path / "w.ftpwatch")
    try:
        assert not is_abandoned(tmp_path / "w.ftpwatch")
        assert newest_written(tmp_path) == tmp_path / "w.ftpwatch"
        watch.send_signal(signal.SIGKILL)
        watch.wait()
        assert is_abandoned(tmp_path / "w.ftpwatch")
        words = ["replay", "--follow", "--mode", "stream", str(tmp_path / "w.ftpwatch")]
        result = CliRunner().invoke(cli, words, standalone_mode=False)
        assert "The watch ended without closing its recording." in result.stderr
        assert newest_written(tmp_path) is None
    finally:
        watch.kill()
        watch.communicate()


def test_our_own_process_is_there(tmp_path: Path) -> None:
    with Journal(tmp_path / "w.ftpwatch") as journal:
        assert own_mark() in journal.watch
        assert not is_gone(journal.watch)
        assert not is_abandoned(tmp_path / "w.ftpwatch")


def mark(**changed: object) -> str:
    own = own_mark() or "@0.0.0.0"
    boot, namespace, pid, started = own.removeprefix("@").split(".")
    parts = {"boot": boot, "namespace": namespace, "pid": pid, "started": started, **changed}
    return "0123456789abcdef@" + ".".join(str(part) for part in parts.values())


def test_another_process_of_the_same_number_is_not_it() -> None:
    assert not is_gone(mark())
    assert is_gone(mark(started=1))
    assert is_gone(mark(boot="0" * 12))


def test_nobody_can_tell_from_another_namespace() -> None:
    assert not is_gone(mark(namespace=1, pid=4_000_000))


def test_a_process_that_is_hidden_may_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def hidden(_: int) -> int:
        raise FileNotFoundError

    monkeypatch.setattr(writing_process, "_started", hidden)
    assert not is_gone(mark_of(os.getpid()))
    assert is_gone(mark_of(4_194_304 * 2))


def mark_of(pid: int) -> str:
    return f"@{writing_process._boot()}.{writing_process._namespace()}.{pid}.7"


@pytest.mark.parametrize(
    "token",
    [
        "", "0123456789abcdef", "@", "@a.b.c.d", "\x00@1", f"a@{'0' * 12}.1.{'9' * 400}.1",
        f"a@{'0' * 12}.1.1.-1",
    ],
)  # fmt: skip
def test_what_is_no_mark_tells_nothing(token: str) -> None:
    assert not is_gone(token)
