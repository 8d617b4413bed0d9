"""The program as a user starts it: modes, exit codes, errors in one sentence, signals."""

import json
import os
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from on_time import SERVER

PROGRAM = [sys.executable, "-m", "ftpwatch"]


def run(
    *words: str, env: dict[str, str] | None = None, seconds: float = 60
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *words], capture_output=True, text=True, timeout=seconds,
        stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})},
    )  # fmt: skip


def imported(*words: str) -> set[str]:
    """Modules that a fresh interpreter has loaded after `words`."""
    code = (
        "import sys\nfrom ftpwatch.cli import main\n"
        f"sys.argv = ['ftpwatch', *{list(words)!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    return set(done.stderr.split())


def test_version_and_help_load_neither_textual_nor_aioftp() -> None:
    for words in (["--version"], ["--help"], ["watch", "--help"]):
        assert not {"textual", "aioftp", "sqlite3"} & imported(*words)


@pytest.mark.parametrize(
    "words", [("explain", "421 Idle too long \u2014 bye"), ("check", "ftp://127.0.0.1:1")]
)
def test_where_only_ascii_is_shown_answers_are_in_ascii(words: tuple[str, ...]) -> None:
    answer = run(*words, env={"LC_ALL": "C"}).stdout
    assert len(answer) > 40 and answer.isascii()


def test_a_watch_without_a_screen_loads_no_textual() -> None:
    loaded = imported("demo", "--mode", "json", "--for", "1s")
    assert "aioftp" in loaded
    assert not {"textual", "rich"} & loaded


def test_headless_alone_loads_no_textual() -> None:
    code = "import sys, ftpwatch.headless.lines; assert not {'textual', 'rich'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["gopher://x"], 2, "neither a profile nor a URL"),
        (["watch", "--mode", "json"], 2, "no target"),
        (["--mode", "loud", "ftp://h"], 2, "loud"),
        (["--keep-alive", "often", "ftp://h"], 2, "keep-alive 'often'"),
        (["--for", "soon", "ftp://h"], 2, "--for 'soon'"),
        (["--mode", "tui", "ftp://h"], 2, "terminal"),
        (["ftp://bob:hunter22@h"], 2, "holds a password"),
        (["ftp://bob@h"], 2, "no password for bob"),
        (["demo", "no-such-scenario"], 2, "keep-alive"),
        (["replay", "/nowhere.ftpwatch"], 2, "/nowhere.ftpwatch"),
        (["--nonsense"], 2, "nonsense"),
    ],
)
def test_mistakes_are_one_sentence_and_exit_code_2(words: list[str], code: int, says: str) -> None:
    done = run(*words)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter22" not in done.stderr


def test_a_file_that_is_named_as_a_server_is_told_by_what_it_is(tmp_path: Path) -> None:
    recording, capture, log = (tmp_path / name for name in ("a b.ftpwatch", "x.pcap", "x.log"))
    recording.write_bytes(b"SQLite format 3\0")
    capture.write_bytes(b"\xd4\xc3\xb2\xa1" + bytes(20))
    log.write_text("421 Timeout.\n")
    for words, path, kind in (
        ([], recording, "a recording"), (["watch"], capture, "a capture"),
        (["limits"], log, "perhaps a log"),
    ):  # fmt: skip
        done = run(*words, str(path))
        assert (done.returncode, done.stdout) == (2, "")
        command = f"ftpwatch replay {shlex.quote(str(path))}"
        assert kind in done.stderr and command in done.stderr


def test_without_a_target_and_a_terminal_it_is_said_where_to_begin() -> None:
    done = run()
    assert done.returncode == 2
    assert "ftpwatch demo" in done.stderr and "ftpwatch --help" in done.stderr


def test_an_unwritable_recording_is_named() -> None:
    done = run("demo", "--mode", "json", "--for", "1s", "--record", "/proc/nowhere/x")
    assert done.returncode == 2
    assert "/proc/nowhere/x" in done.stderr


def test_nothing_reached_is_exit_code_3() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        done = run(
            "--mode", "stream", "--reconnect", "never", "--no-record", f"ftp://127.0.0.1:{port}"
        )
    assert done.returncode == 3
    assert "connection refused" in done.stdout


@pytest.mark.long
def test_demo_in_json_shows_an_unasked_421_explained_and_keeps_to_its_story() -> None:
    done = run("demo", "keep-alive", "--mode", "json", "--speed", "8")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    spontaneous = [
        e for e in lines if e["event"] == "reply_received" and e["role"] == "spontaneous"
    ]
    assert {e["code"] for e in spontaneous} == {421}
    causes = {e["cause"] for e in lines if e["event"] == "explained"}
    assert causes == {"idle_timeout", "client_quit"}
    seqs = [e["seq"] for e in lines if "seq" in e]
    assert seqs == list(range(1, len(seqs) + 1))
    assert (lines[0]["event"], lines[-1]["event"]) == ("watch_started", "watch_stopped")


@pytest.mark.long
def test_a_demo_that_goes_as_it_says_is_exit_code_0() -> None:
    done = run("demo", "goodbye", "--mode", "silent", "--speed", "8")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_demo_list_describes_each_in_a_line() -> None:
    lines = run("demo", "--list").stdout.splitlines()
    listed = [line.split()[0] for line in lines]
    assert listed[:2] == ["keep-alive", "no-transfer"]
    assert {"two-clocks", "firewall", "lockout", "silence", "goodbye"} <= set(listed)
    assert all(len(line.split()) > 5 for line in lines)
    assert len({line.index(line.split(maxsplit=1)[1]) for line in lines}) == 1, "one column"


@pytest.mark.parametrize("speed", ["nan", "0", "inf", "fast"])
def test_a_speed_that_is_none_is_named_with_what_is_accepted(speed: str) -> None:
    done = run("demo", "--speed", speed)
    assert done.returncode == 2
    assert "--speed" in done.stderr and speed in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0), (signal.SIGHUP, 0)]
)
def test_signals_say_quit_and_end_with_their_code(number: int, code: int) -> None:
    process = subprocess.Popen(
        [*PROGRAM, "demo", "--mode", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if '"code":211' in line:
            break
    process.send_signal(number)
    rest, errors = process.communicate(timeout=10)
    assert process.returncode == code, errors
    assert '"verb":"QUIT"' in rest
    assert rest.splitlines()[-1].count("watch_stopped") == 1


def test_a_closed_pipe_ends_quietly() -> None:
    command = f"{' '.join(PROGRAM)} demo --mode stream --speed 5 | head -n 3"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=30)
    assert len(done.stdout.splitlines()) == 3
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


@pytest.mark.long
def test_a_reader_that_stops_reading_holds_up_nothing() -> None:
    read_end, write_end = os.pipe()
    process = subprocess.Popen(
        [*PROGRAM, "demo", "--mode", "json", "--speed", "50", "--for", "400s"], stdout=write_end
    )
    os.close(write_end)
    try:
        assert process.wait(20) is not None
    finally:
        process.kill()
        os.close(read_end)


@pytest.mark.long
def test_a_recording_replays_the_same_lines(tmp_path: Path) -> None:
    file = tmp_path / "demo.ftpwatch"
    live = run("demo", "--mode", "json", "--speed", "10", "--for", "20s", "--record", str(file))
    again = run("replay", str(file), "--mode", "json", "--speed", "1000")
    assert again.stdout == live.stdout
    assert run("demo", "--mode", "json", "--record", str(file)).returncode == 2


@pytest.mark.long
def test_a_damaged_recording_is_told_to_its_end_and_is_exit_code_1(tmp_path: Path) -> None:
    file = tmp_path / "demo.ftpwatch"
    live = run("demo", "--mode", "json", "--speed", "10", "--for", "4s", "--record", str(file))
    whole = run("replay", str(file), "--mode", "json", "--speed", "1000")
    assert (whole.returncode, whole.stderr) == (0, "")
    with closing(sqlite3.connect(file)) as recording, recording:
        recording.execute("update entry set event = x'00' where seq in (5, 7)")
    hurt = run("replay", str(file), "--mode", "json", "--speed", "1000")
    assert hurt.returncode == 1
    assert "2 entries are damaged and could not be read" in hurt.stderr
    told = [json.loads(line) for line in hurt.stdout.splitlines()]
    seqs = [line["seq"] for line in told if "seq" in line]
    assert set(seqs) == {
        line["seq"] for line in map(json.loads, live.stdout.splitlines()) if "seq" in line
    }
    lost = [line["first"] for line in told if line.get("event") == "entries_unreadable"]
    assert lost == [5, 7]


@pytest.mark.long
def test_recordings_go_to_the_state_directory_by_default(tmp_path: Path) -> None:
    env = {"XDG_STATE_HOME": str(tmp_path)}
    run("--mode", "silent", "--reconnect", "never", "ftp://127.0.0.1:1", env=env)
    (made,) = (tmp_path / "ftpwatch" / "recordings").iterdir()
    assert made.suffix == ".ftpwatch"
    run("--mode", "silent", "--no-record", "--reconnect", "never", "ftp://127.0.0.1:1", env=env)
    assert len(list(made.parent.iterdir())) == 1


@pytest.fixture
def demo_server() -> Iterator[int]:
    """A demo server that closes nobody, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True, cwd="/"
    )
    assert process.stdout is not None
    yield int(process.stdout.readline())
    process.kill()
    process.wait()


@pytest.mark.long
def test_limits_in_json_are_one_object_and_progress_is_on_stderr(demo_server: int) -> None:
    done = run(
        "limits", "--max-wait", "2s", "--twins", "2", "--format", "json",
        f"ftp://127.0.0.1:{demo_server}",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    found = json.loads(line)
    assert found["logins"] == 2
    assert found["clocks"][0]["longer_than_seconds"] >= 2


def test_limits_interrupted_tell_what_is_known_by_then(demo_server: int) -> None:
    process = subprocess.Popen(
        [*PROGRAM, "limits", f"ftp://127.0.0.1:{demo_server}"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while _logins(demo_server) < 4:
        assert process.poll() is None
        time.sleep(0.05)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    told, errors = process.communicate(timeout=10)
    assert process.returncode == 130, errors
    idle = next(line for line in told.splitlines() if line.startswith("idle"))
    assert "longer than" in idle
    assert "longer than 0 s" not in idle
    assert "Traceback" not in errors


def _logins(port: int) -> int:
    """Established connections to `port`, as the kernel has them."""
    ours = f"0100007F:{port:04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sum(line.split()[2] == ours and line.split()[3] == "01" for line in lines)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--max-wait", "often", "ftp://h"], 2, "--max-wait 'often'"),
        (["--twins", "5", "ftp://h"], 2, "1<=x<=4"),
        ([], 2, "URL|PROFILE"),
        (["ftp://127.0.0.1:1"], 3, "connection refused"),
        (["ftp://bob:hunter22@h"], 2, "holds a password"),
    ],
)
def test_mistakes_with_limits(words: list[str], code: int, says: str) -> None:
    done = run("limits", *words)
    assert done.returncode == code
    assert says in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter22" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--keep-alive-command", "DELE x", "ftp://h"], "NOOP, PWD, TYPE"),
        (["--keep-alive-command", "NOOP\r\nDELE x", "ftp://h"], "NOOP, PWD, TYPE"),
        (["--keep-alive-like", "netscape", "ftp://h"], "netscape"),
        (["--keep-alive", "100ms", "ftp://h.example.com"], "--force"),
        (["--keep-alive-like", "curl", "--keep-alive", "9s", "ftp://h"], "excludes"),
    ],
)
def test_mistakes_with_keep_alives_name_what_is_accepted(words: list[str], says: str) -> None:
    done = run("--mode", "stream", *words)
    assert done.returncode == 2
    assert says in done.stderr


LIVE = ["demo", "keep-alive", "--mode", "json", "--for", "5s"]
OTHERS = [
    ["--version"], ["--help"], ["explain", "421", "--vs", "220"], ["demo", "--list"],
]  # fmt: skip
COMMANDS = [
    LIVE, ["explain", "421"], *(pytest.param(words, marks=pytest.mark.long) for words in OTHERS)
]  # fmt: skip
UNREACHED = ["watch", "--mode", "stream", "--for", "2s", "ftp://127.0.0.1:1"]


@pytest.mark.parametrize("words", [*COMMANDS, UNREACHED])
@pytest.mark.parametrize("how", [">/dev/full", ">&-"])
def test_a_stdout_that_takes_nothing_is_one_sentence(words: list[str], how: str) -> None:
    done = shell(words, how)
    assert done.returncode == 1
    told = [line for line in done.stderr.splitlines() if "cannot write to stdout" in line]
    assert len(told) == 1
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr


@pytest.mark.parametrize("words", COMMANDS)
def test_a_reader_that_leaves_is_no_fault(words: list[str]) -> None:
    done = shell(words, "| head -c 1 >/dev/null")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr and "cannot write" not in done.stderr


@pytest.mark.parametrize("words", [["--version"], ["explain", "421"]])
@pytest.mark.parametrize("how", ["2>&-", "2>/dev/full"])
def test_a_stderr_that_takes_nothing_changes_nothing(words: list[str], how: str) -> None:
    done = shell(words, how)
    assert (done.returncode, bool(done.stdout)) == (0, True)


def shell(words: list[str], how: str) -> subprocess.CompletedProcess[str]:
    command = f"set -o pipefail; exec 3>&1; {shlex.join([*PROGRAM, *words])} {how}"
    return subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=60,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.long
def test_limits_that_cannot_be_printed_are_not_lost() -> None:
    with subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        words = ["limits", "--max-wait", "2s", "--twins", "2", f"ftp://127.0.0.1:{port}"]
        done = shell(words, ">/dev/full")
        server.kill()
    assert "cannot write to stdout" in done.stderr
    assert "127.0.0.1" in done.stderr and "keep-alive:" in done.stderr
    assert done.returncode == 0


HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202e"


@pytest.mark.parametrize(
    "words",
    [
        [f"ftp://{HOSTILE}"], [HOSTILE], ["replay", f"/nowhere/{HOSTILE}"], ["--for", HOSTILE],
        ["watch", "--mode", HOSTILE], [f"--{HOSTILE}"], ["demo", HOSTILE], ["explain", HOSTILE],
        ["watch", "--mode", "silent", "--record", f"/no/{HOSTILE}", "ftp://127.0.0.1:1"],
        ["watch", "--ca", HOSTILE, "ftp://h"],
    ],
)  # fmt: skip
def test_nothing_of_a_user_or_a_file_is_obeyed_on_stderr(words: list[str]) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert done.stderr.startswith("ftpwatch: ") and "Traceback" not in done.stderr
    assert not set("\x1b\x07\u202e") & set(done.stderr)
    assert not set("\x1b\x07\u202e") & set(done.stdout)
