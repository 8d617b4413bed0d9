"""`explain` and `replay` of what others saw, as commands: files, pipes, files that grow."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-m", "ftpwatch"]
HERE = Path(__file__).parent
CAPTURE = HERE / "capture" / "captures" / "lftp-proftpd-idle-lab.pcap"
LOG = HERE / "transcripts" / "logs" / "lftp-proftpd-idle-lab.log"
UNTIMED = HERE / "transcripts" / "logs" / "nodeftp-proftpd-idle-lab.log"
LINES = [
    "2026-03-01 10:00:00 <--- 220 (vsFTPd 3.0.3)",
    "2026-03-01 10:00:00 ---> USER ops",
    "2026-03-01 10:00:00 <--- 331 Please specify the password.",
    "2026-03-01 10:00:00 ---> PASS s3cret-lab",
    "2026-03-01 10:00:00 <--- 230 Login successful.",
    "2026-03-01 10:05:00 <--- 421 Timeout.",
]


def run(*words: str, stdin: bytes = b"") -> tuple[int, list[dict[str, object]], str]:
    done = subprocess.run([*PROGRAM, *words], input=stdin, capture_output=True, timeout=60)
    lines = [json.loads(line) for line in done.stdout.decode().splitlines() if line[:1] == "{"]
    return done.returncode, lines, done.stderr.decode()


@contextmanager
def running(*words: str, stdin: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    done = subprocess.Popen(
        [*PROGRAM, *words], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        yield done
    finally:
        done.kill()
        done.communicate()


def until(process: subprocess.Popen[bytes], wanted: Callable[[dict[str, object]], bool]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if wanted(json.loads(line)):
            return
    raise AssertionError("it ended before")


def is_421(entry: dict[str, object]) -> bool:
    return entry.get("event") == "explained" and entry.get("cause") == "idle_timeout"


@pytest.mark.parametrize("file", [LOG, CAPTURE])
def test_log_and_capture_are_explained_with_setting_and_clock(file: Path) -> None:
    code, (answer,), _ = run("explain", str(file), "--format", "json")
    assert code == 0
    assert (answer["cause"], answer["confidence"]) == ("idle_timeout", "certain")
    assert (answer["server"], answer["directive"]) == ("ProFTPD", "TimeoutIdle")
    assert any("4.0 s" in text or "4.4 s" in text for text in answer["evidence"])  # type: ignore[attr-defined]


@pytest.mark.long
def test_every_end_is_listed_with_its_line_and_all_explains_each(tmp_path: Path) -> None:
    log = tmp_path / "two.log"
    other = "2026-03-01 10:06:00 ---- Connecting to h (192.0.2.1) port 21"
    log.write_text("\n".join([*LINES, other, "2026-03-01 10:06:00 <--- 421 Too many users"]))
    _, (answer,), _ = run("explain", str(log), "--format", "json")
    assert (answer["cause"], answer["line"]) == ("too_many_connections", 8)
    assert [(one["line"], one["cause"]) for one in answer["others"]] == [(6, "idle_timeout")]  # type: ignore[attr-defined]
    _, answers, _ = run("explain", str(log), "--all", "--format", "json")
    assert [one["cause"] for one in answers] == ["idle_timeout", "too_many_connections"]


@pytest.mark.long
def test_a_recording_is_explained_too(tmp_path: Path) -> None:
    recording = tmp_path / "demo.ftpwatch"
    run("demo", "keep-alive", "--speed", "50", "--mode", "silent", "--record", str(recording))
    code, answers, _ = run("explain", str(recording), "--all", "--format", "json")
    assert code == 0
    assert "idle_timeout" in {answer["cause"] for answer in answers}


@pytest.mark.parametrize(
    "file", [LOG, *(pytest.param(file, marks=pytest.mark.long) for file in (CAPTURE, UNTIMED))]
)
def test_replay_takes_logs_and_captures_in_every_mode(file: Path) -> None:
    code, entries, err = run("replay", str(file), "--mode", "json", "--speed", "10000")
    assert code == 1, err  # it ended badly
    assert entries[0]["event"] == "source_opened"
    assert [entry["seq"] for entry in entries if "seq" in entry] == list(
        range(1, sum("seq" in entry for entry in entries) + 1)
    )
    assert any(map(is_421, entries))
    assert run("replay", str(file), "--mode", "silent", "--speed", "10000")[0] == 1


def test_without_times_no_entry_has_one() -> None:
    _, entries, _ = run("replay", str(UNTIMED), "--mode", "json")
    assert {entry["at"] for entry in entries} == {None}
    assert {entry["elapsed_seconds"] for entry in entries} == {None}


def test_a_log_that_grows_is_followed_and_one_that_is_rotated_too(tmp_path: Path) -> None:
    log = tmp_path / "cron.log"
    log.write_text("\n".join(LINES[:3]) + "\n")
    with running("replay", str(log), "--follow", "--mode", "json") as process:
        until(process, lambda entry: entry.get("code") == 331)
        with log.open("a") as more:
            more.write("\n".join(LINES[3:]) + "\n")
        began = time.monotonic()
        until(process, is_421)
        assert time.monotonic() - began < 3
        log.rename(tmp_path / "cron.log.1")
        log.write_text("2026-03-01 11:00:00 <--- 220 again\n2026-03-01 11:00:00 <--- 421 Bye\n")
        until(process, lambda entry: entry.get("lines") == ["Bye"])
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130


@pytest.mark.parametrize(("file", "seconds"), [(LOG, 0), (CAPTURE, 0)])
def test_a_pipe_is_followed_to_its_end(file: Path, seconds: int) -> None:
    code, entries, _ = run("replay", "-", "--follow", "--mode", "json", stdin=file.read_bytes())
    assert code == 1
    assert any(map(is_421, entries))


def test_a_live_capture_is_shown_as_it_comes() -> None:
    reading, writing = os.pipe()
    data = CAPTURE.read_bytes()
    with running("replay", "-", "--follow", "--mode", "json", stdin=reading) as process:
        os.close(reading)
        os.write(writing, data[: len(data) // 2])
        until(process, lambda entry: entry.get("event") == "command_sent")
        os.write(writing, data[len(data) // 2 :])
        until(process, is_421)
        os.close(writing)
        assert process.wait(20) == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (os.urandom(4_000), "neither"),
        (b"nothing of that kind\n" * 50, "shows no FTP"),
        (b"", "no FTP"),
    ],
)
def test_what_shows_no_ftp_is_refused_in_a_sentence(data: bytes, says: str, tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(data)
    for words in (["replay", str(file), "--mode", "json"], ["explain", str(file)]):
        code, _, err = run(*words)
        assert code == 2
        assert says in err and "Traceback" not in err and err.count("\n") == 1


def test_keys_come_from_the_terminal_where_the_log_comes_by_pipe() -> None:
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover
        os.environ["TERM"] = "xterm-256color"
        command = f"cat {LOG} | {' '.join(PROGRAM)} replay - --follow --mode tui"
        os.execvp("sh", ["sh", "-c", command])
    screen = b""
    deadline = time.monotonic() + 30
    while b"Idle limit" not in screen and time.monotonic() < deadline:
        screen += os.read(terminal, 65_536)
    os.write(terminal, b"q")
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    assert b"Idle limit" in screen
    assert os.waitstatus_to_exitcode(status) == 1


def test_ctrl_c_ends_a_follow_that_has_something_pending(tmp_path: Path) -> None:
    log = tmp_path / "growing.log"
    log.write_text("\n".join([*LINES[:-1], "2026-03-01 10:00:01 ---> QUIT", "2026-03-01 10:00:0"]))
    with running("replay", str(log), "--follow", "--mode", "json") as process:
        until(process, lambda entry: entry.get("verb") == "PASS")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        assert process.returncode == 130


def test_a_fifo_is_left_by_ctrl_c_and_a_steady_writer_is_shown(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with running("replay", str(pipe), "--follow", "--mode", "json") as process:
        with pipe.open("w", buffering=1) as writer:
            for line in LINES:
                writer.write(f"{line}\n")
            until(process, is_421)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)
        assert process.returncode == 130


def test_the_last_packet_of_a_live_capture_is_shown_before_the_next_comes() -> None:
    capture = CAPTURE.read_bytes()
    end = capture.index(b"\r\n", capture.index(b"421 ")) + 2
    with running("replay", "-", "--follow", "--mode", "json", stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(capture[:end])
        process.stdin.flush()
        until(process, lambda entry: entry.get("code") == 421)


@pytest.mark.parametrize("name", ["folder", "binary"])
def test_what_cannot_be_followed_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    path = tmp_path if name == "folder" else tmp_path / name
    if name == "binary":
        path.write_bytes(bytes(range(256)) * 40)
    code, _, errors = run("replay", str(path), "--follow", "--mode", "json")
    assert code == 2
    assert "Traceback" not in errors and path.name in errors


def test_stdin_that_is_closed_is_said() -> None:
    for command in ("explain", "replay"):
        words = ["sh", "-c", f'exec "$@" {command} - <&-', "sh", *PROGRAM]
        done = subprocess.run(words, capture_output=True, timeout=60)
        assert done.returncode == 2
        assert b"stdin is closed" in done.stderr


def test_sigterm_while_a_log_is_read_leaves_no_copy_of_it(tmp_path: Path) -> None:
    here = tmp_path / "tmp"
    here.mkdir()
    environment = {**os.environ, "TMPDIR": str(here)}
    process = subprocess.Popen(
        [*PROGRAM, "replay", "-", "--mode", "silent"], stdin=subprocess.PIPE, env=environment
    )
    assert process.stdin is not None
    process.stdin.write(b"200 NOOP ok\r\n" * 2_000_000)  # more than it can have read by then
    process.send_signal(signal.SIGTERM)
    process.stdin.close()
    assert process.wait(20) == 143
    assert not list(here.iterdir())
