"""The terminal is left as it was found: by Ctrl-C, signals, quitting, and a crash of our own."""

import contextlib
import fcntl
import itertools
import os
import pty
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from ftpwatch.core.journal.events import CommandSent
from ftpwatch.record.reader import Reader

LEAVES_ALTERNATE_SCREEN = b"\x1b[?1049l"
SHOWS_CURSOR = b"\x1b[?25h"
STOPS_MOUSE = b"\x1b[?1003l"

CRASH_IN_ENGINE = """
from ftpwatch.engine.session import Session
async def crash(self, slots):
    raise RuntimeError("an engine that breaks")
Session.run = crash
"""
CRASH_IN_SCREEN = """
from ftpwatch.tui.widgets.top_bar import TopBar
def crash(self, *what):
    raise RuntimeError("a screen that breaks")
TopBar.show = crash
"""


class Terminal:
    """A program in a pseudo-terminal of 120×36."""

    def __init__(
        self,
        before: str = "",
        *words: str,
        shell: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
        self.found = termios.tcgetattr(slave)
        code = f"{before}\nimport sys\nsys.argv = ['ftpwatch', *{list(words or ['demo'])!r}]\n"
        code += "from ftpwatch.cli import main\nmain()\n"
        command = [sys.executable, "-c", code] if shell is None else ["bash", "--norc", "-i"]
        sizes = ("COLUMNS", "LINES")  # those of whoever runs the tests say nothing of this terminal
        env = {name: value for name, value in os.environ.items() if name not in sizes}
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave,
            preexec_fn=lambda: self._take(slave),
            env={**env, "TERM": "xterm-256color", **(environment or {})},
        )  # fmt: skip
        self.slave = slave
        self.output = b""

    @staticmethod
    def _take(slave: int) -> None:
        """Make it the controlling terminal, so that ctrl+c is a signal where it should be."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # ignored where tests run in the background
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

    def read_until(self, wanted: bytes, seconds: float = 10) -> None:
        end = time.monotonic() + seconds
        while wanted not in self.output:
            assert time.monotonic() < end, self.output[-2000:]
            self._read(0.1)

    def ends_within(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            self._read(0.05)
        return self.process.poll() is not None

    def finish(self, seconds: float = 10) -> int:
        assert self.ends_within(seconds), self.output[-2000:]
        self._read(0.05)
        return self.process.returncode

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def is_as_found(self) -> bool:
        same = termios.tcgetattr(self.slave)[:4] == self.found[:4]
        tail = self.output[self.output.rfind(LEAVES_ALTERNATE_SCREEN) :]
        left = LEAVES_ALTERNATE_SCREEN in self.output and b"\x1b[?1049h" not in tail
        return same and left and SHOWS_CURSOR in self.output and STOPS_MOUSE in self.output

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)

    def _read(self, seconds: float) -> None:
        while select.select([self.master], [], [], seconds)[0]:
            self.output += os.read(self.master, 65_536)
            seconds = 0


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    made: list[Terminal] = []
    yield made
    for terminal in made:
        terminal.close()


@pytest.mark.parametrize(
    ("how", "code"),
    [(b"\x03", 130), (b"Q", 0), (b"qy", 0), (signal.SIGINT, 130), (signal.SIGTERM, 0),
     (signal.SIGHUP, 0)],
)  # fmt: skip
def test_every_way_out_leaves_the_terminal_as_it_was(
    terminals: list[Terminal], how: bytes | int, code: int
) -> None:
    terminal = Terminal()
    terminals.append(terminal)
    terminal.read_until(b"Features")
    if isinstance(how, bytes):
        for key in how:
            terminal.type(bytes([key]))
            terminal.read_until(b"", 1)
            time.sleep(0.3)  # a person does not type a question's answer before the question
    else:
        terminal.process.send_signal(how)
    assert terminal.finish() == code
    assert terminal.is_as_found()


@pytest.mark.parametrize("crash", [CRASH_IN_ENGINE, CRASH_IN_SCREEN])
def test_an_error_of_our_own_is_said_and_the_watch_goes_on(
    terminals: list[Terminal], crash: str
) -> None:
    terminal = Terminal(crash)
    terminals.append(terminal)
    terminal.read_until(b"error of its own")
    terminal.type(b"Q")
    assert terminal.finish() == 0
    assert terminal.is_as_found()
    left = terminal.output.rpartition(LEAVES_ALTERNATE_SCREEN)[2]
    assert b"that breaks" in left and b"Traceback" not in terminal.output


def test_an_interrupt_at_the_password_prompt_is_130(terminals: list[Terminal]) -> None:
    terminal = Terminal("", "ftp://bob@127.0.0.1:1")
    terminals.append(terminal)
    terminal.read_until(b"Password of bob")
    terminal.type(b"\x03")
    assert terminal.finish() == 130
    assert termios.tcgetattr(terminal.slave)[:4] == terminal.found[:4]


def test_a_dumb_terminal_gets_the_stream(terminals: list[Terminal]) -> None:
    terminal = Terminal("import os; os.environ['TERM'] = 'dumb'", "demo", "--for", "1s")
    terminals.append(terminal)
    assert terminal.finish() == 0
    assert b"watch started" in terminal.output
    assert b"\x1b[?1049h" not in terminal.output


def test_leaving_a_watch_says_what_happened_and_where_it_is_kept(
    terminals: list[Terminal], tmp_path: Path
) -> None:
    recording = tmp_path / "r.ftpwatch"
    terminal = Terminal("", "--record", str(recording), "ftp://127.0.0.1:1")
    terminals.append(terminal)
    terminal.read_until(b"refused")
    terminal.type(b"Q")
    terminal.finish()
    left = terminal.output.rpartition(LEAVES_ALTERNATE_SCREEN)[2].decode()
    assert "1 session watched" in left and "server not reached" in left
    assert f"ftpwatch replay {recording}" in left
    assert "\x1b[?1049h" not in left


@pytest.mark.parametrize("signalled", [True, False])
def test_a_terminal_that_goes_away_ends_the_watch_and_the_recording(
    tmp_path: Path, signalled: bool
) -> None:
    recording = tmp_path / "r.ftpwatch"
    before = "" if signalled else "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)"
    terminal = Terminal(before, "demo", "--record", str(recording))
    try:
        terminal.read_until(b"Features")
        os.close(terminal.master)
        assert terminal.process.wait(timeout=10) == 0
        assert [file.name for file in tmp_path.iterdir()] == ["r.ftpwatch"]
    finally:
        terminal.process.kill()
        os.close(terminal.slave)


GONE_SECONDS = 5


def gone(terminal: Terminal) -> int:
    """The exit code of a program that ends in time though its terminal is not read."""
    return terminal.process.wait(timeout=GONE_SECONDS)


LEAVINGS: list[bytes | int] = [b"Q", b"\x03", signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP]


@pytest.mark.parametrize("how", LEAVINGS)
@pytest.mark.parametrize("stops", [1, 3])
@pytest.mark.long
def test_who_was_stopped_and_continued_still_leaves(
    terminals: list[Terminal], how: bytes | int, stops: int
) -> None:
    terminal = Terminal()
    terminals.append(terminal)
    terminal.read_until(b"Features")
    for _ in range(stops):
        terminal.output = b""
        terminal.process.send_signal(signal.SIGSTOP)
        os.waitpid(terminal.process.pid, os.WUNTRACED)
        terminal.process.send_signal(signal.SIGCONT)
        terminal.read_until(b"\x1b[?1049h")  # the screen is taken again
        terminal.read_until(b"space freeze")  # and drawn
    if isinstance(how, bytes):
        terminal.type(how)
    else:
        terminal.process.send_signal(how)
    terminal.finish(GONE_SECONDS)
    assert terminal.is_as_found()


def test_sigquit_leaves_at_once_and_clean(terminals: list[Terminal]) -> None:
    terminal = Terminal()
    terminals.append(terminal)
    terminal.read_until(b"Features")
    terminal.process.send_signal(signal.SIGQUIT)
    assert terminal.finish(GONE_SECONDS) == 130
    assert terminal.is_as_found()


def test_ctrl_z_suspends_and_fg_returns(terminals: list[Terminal]) -> None:
    terminal = Terminal(shell="bash")
    terminals.append(terminal)
    terminal.type(b"stty -echo; PS1=READY; " + f"{sys.executable} -m ftpwatch demo\n".encode())
    terminal.read_until(b"Features", 20)
    terminal.type(b"\x1a")
    terminal.read_until(b"Stopped")
    terminal.read_until(LEAVES_ALTERNATE_SCREEN)
    terminal.output = b""
    terminal.type(b"echo in the shell\n")
    terminal.read_until(b"in the shell")
    terminal.type(b"fg\n")
    terminal.read_until(b"\x1b[?1049h")
    terminal.read_until(b"space freeze")
    terminal.output = b""
    terminal.type(b"Q")
    terminal.read_until(b"READY")
    terminal.type(b"exit\n")
    terminal.finish()


@pytest.mark.parametrize("order", ["signal, close", "close, signal", "signal", "close"])
@pytest.mark.parametrize("read", [True, False])
@pytest.mark.long
def test_a_terminal_that_nobody_reads_and_that_closes_holds_up_nothing(
    order: str, read: bool
) -> None:
    terminal = Terminal()
    try:
        terminal.read_until(b"Features")
        if not read:
            time.sleep(1)  # so that the terminal is full
        closed = False
        for act in order.split(", "):
            if act == "signal":
                terminal.process.send_signal(signal.SIGTERM)
                if order != "signal":
                    time.sleep(1)
            else:
                os.close(terminal.master)
                closed = True
        assert gone(terminal) == 0
        if not closed:
            os.close(terminal.master)
    finally:
        terminal.process.kill()
        os.close(terminal.slave)


@pytest.mark.long
def test_a_terminal_that_nobody_reads_does_not_stop_the_watch(
    terminals: list[Terminal], tmp_path: Path
) -> None:
    recording, port = tmp_path / "r.ftpwatch", _chatty_server()
    terminal = Terminal(
        "", "--record", str(recording), "--keep-alive", "100ms", f"ftp://127.0.0.1:{port}"
    )
    terminals.append(terminal)
    terminal.read_until(b"NOOP")
    time.sleep(4)  # nothing reads what is drawn
    terminal.process.kill()
    terminal.process.wait()
    reader = Reader(recording)
    sent = [e.elapsed_seconds for e in reader.entries() if isinstance(e.event, CommandSent)]
    reader.close()
    assert len(sent) > 25 and sent[-1] > 3.5
    assert max(after - before for before, after in itertools.pairwise(sent)) < 0.5


def _chatty_server() -> int:
    """Answers everything, and talks all the time, so that there is much to draw."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        connection.sendall(b"220 Ready.\r\n")
        with contextlib.suppress(OSError):
            while line := connection.recv(4096):
                answer = {b"USER": b"331 ?", b"PASS": b"230 in"}.get(line[:4], b"200 " + b"x" * 80)
                connection.sendall(answer + b"\r\n")

    threading.Thread(target=serve, daemon=True).start()
    return int(listener.getsockname()[1])


@pytest.mark.parametrize("again", [b"Q", signal.SIGTERM, b"\x03"])
@pytest.mark.long
def test_leaving_twice_under_a_flood_says_nothing_strange(
    terminals: list[Terminal], again: bytes | int
) -> None:
    port = _flooding_server()
    terminal = Terminal("", "--no-record", f"ftp://127.0.0.1:{port}")
    terminals.append(terminal)
    terminal.read_until(b"a flood")
    terminal.type(b"Q")
    terminal.read_until(b"QUIT")
    if isinstance(again, bytes):
        terminal.type(again)
    else:
        terminal.process.send_signal(again)
    terminal.finish(GONE_SECONDS)
    assert terminal.is_as_found()
    left = terminal.output.rpartition(LEAVES_ALTERNATE_SCREEN)[2].decode()
    assert "Traceback" not in left and "rror" not in left


def _flooding_server() -> int:
    """Talks as fast as it is read, and answers nothing."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        connection.sendall(b"220 Ready.\r\n331 ?\r\n230 in\r\n")
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(b"200 flood and more of it\r\n" * 500)

    threading.Thread(target=serve, daemon=True).start()
    return int(listener.getsockname()[1])
