"""`ftpwatch check` as a monitor starts it: what is on stdout, and the exit code."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from plugin_output import read_output
from test_command_line import imported

from ftpwatch.cli.entry import cli

PROGRAM = [sys.executable, "-m", "ftpwatch", "check"]


def check(*words: str) -> Result:
    return CliRunner().invoke(cli, ["check", *words])


@pytest.fixture
def nobody() -> Iterator[str]:
    """A port at which nobody answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"ftp://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def frozen() -> Iterator[str]:
    """Somebody who listens and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"ftp://127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "Missing argument"),
        (["--nonsense", "ftp://h"], "nonsense"),
        (["--ask", "never", "ftp://h"], "--ask"),
        (["gopher://x"], "neither a profile nor a URL"),
        (["ftp://bob:hunter22@h"], "holds a password"),
        (["ftp://bob@h"], "no password for bob"),
        (["--warning", "2", "ftp://h"], "--warning '2'"),
        (["--for", "soon", "ftp://h"], "--for 'soon'"),
        (["--max-age", "1h", "ftp://h"], "--file PATH"),
        (["--timezone", "Mars/Olympus", "ftp://h"], "--timezone 'Mars/Olympus'"),
        (["--timeout", "never", "ftp://h"], "timeout 'never'"),
        (["--ca", "/nowhere", "ftps://h"], "/nowhere"),
        (["--certificate-days", "9", "--insecure", "ftps://h"], "insecure"),
    ],
)
def test_mistakes_are_unknown_in_a_line_on_stdout(words: list[str], says: str) -> None:
    done = check(*words)
    assert done.exit_code == 3
    assert read_output(done.stdout).state == "UNKNOWN"
    assert says in done.stdout
    assert "hunter22" not in done.output


def test_a_configuration_that_cannot_be_used_is_unknown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[profile.eu-1]\nurl = "ftp://h"\ntimeout = 3\n')
    monkeypatch.setenv("FTPWATCH_CONFIG", str(path))
    done = check("eu-1")
    assert done.exit_code == 3
    assert f"FTP UNKNOWN - {path}:3: [profile.eu-1]: timeout = 3 is not a text" in done.stdout


def test_nobody_there_is_critical(nobody: str) -> None:
    done = check(nobody)
    output = read_output(done.stdout)
    assert (done.exit_code, output.state, output.data) == (2, "CRITICAL", {})
    assert "connect: server unreachable (certain): 127.0.0.1 port" in output.text
    assert "connection refused" in output.text


def test_a_target_named_twice_is_checked_once(nobody: str, frozen: str) -> None:
    done = check("--for", "300ms", frozen, nobody, frozen)
    output = read_output(done.stdout)
    assert (done.exit_code, len(output.lines)) == (2, 2)
    assert output.text.startswith("FTP CRITICAL - 2 CRITICAL of 2 targets - 127.0.0.1:")
    assert list(output.data) == [f"{frozen[6:]}::connect"]


def test_a_profile_is_one_login_whatever_its_sessions(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, nobody: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[profile.eu-1]\nurl = "{nobody}"\nsessions = 9\n')
    monkeypatch.setenv("FTPWATCH_CONFIG", str(path))
    assert check("eu-1").stdout.startswith("FTP CRITICAL - eu-1: connect: ")


def test_a_silent_server_is_given_up_within_the_timeout(frozen: str) -> None:
    done = check("--timeout", "100ms", frozen)
    assert done.exit_code == 2
    assert "greeting: no answer (certain): no answer within 0.1 s|connect=" in done.stdout


@pytest.mark.parametrize(
    ("number", "code", "says"),
    [
        (signal.SIGTERM, 3, "FTP UNKNOWN - 127.0.0.1"),
        (signal.SIGINT, 130, "not done when SIGINT came"),
    ],
)
def test_signals_end_it_with_what_is_known(number: int, code: int, says: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"ftp://127.0.0.1:{listening.getsockname()[1]}"
        plugin = subprocess.Popen([*PROGRAM, url], stdout=subprocess.PIPE, text=True)
        connection, _ = listening.accept()
        with connection:
            plugin.send_signal(number)
            out, _ = plugin.communicate(timeout=20)
    assert (plugin.returncode, says in out) == (code, True), out


@pytest.mark.parametrize("out", ["/dev/full", "a closed pipe"])
def test_the_exit_code_stands_where_nobody_reads(out: str, nobody: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    target = os.open(out, os.O_WRONLY) if out == "/dev/full" else writing
    done = subprocess.run(
        [*PROGRAM, nobody], stdout=target, stderr=subprocess.PIPE, text=True, timeout=20
    )
    os.close(target)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert ("No space left" in done.stderr) is (out == "/dev/full")


def test_what_the_encoding_of_stdout_lacks_is_escaped(frozen: str) -> None:
    done = subprocess.run(
        [*PROGRAM, "--file", "Ü", "--for", "100ms", "--warning", "Ü=1s", frozen],
        capture_output=True, text=True, timeout=20, env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (3, "")
    assert r"FTP UNKNOWN - --warning '\xdc=1s'" in done.stdout


def test_a_check_loads_no_screen_and_no_recording() -> None:
    loaded = imported("check", "ftp://127.0.0.1:1")
    assert "aioftp" in loaded
    assert not {"textual", "rich", "sqlite3", "ftpwatch.transcripts.reader"} & loaded
