"""A visitor's screen only looks: whatever key is pressed, no file changes, no program starts,
nobody is reached. The screen is the real one, in a process of its own.
"""

import asyncio
import contextlib
import subprocess
import sys
from pathlib import Path

import pytest
from textual.keys import _character_to_key

from ftpwatch.tui.actions import ACTIONS, LIVE_PANES, Pane
from serving.recorded import ESCAPE, PATIENCE_SECONDS, Screen, told, visiting

NAMED = {
    "enter": "\r", "escape": ESCAPE, "tab": "\t", "shift+tab": "\x1b[Z", "space": " ",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H",
    "end": "\x1b[F", "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "f1": "\x1bOP",
    "delete": "\x1b[3~",
}  # fmt: skip
SIGNS = {_character_to_key(chr(code)): chr(code) for code in range(33, 127)}
LEAVING = ("q", "Q", "\x03")
ASKING = "mRDXriKLac!"
# How to come to where the keys of panes are pressed.
WAYS: dict[str, tuple[Pane, ...]] = {
    "": (*LIVE_PANES, Pane.APP),
    "4": (Pane.COMPARE,),
    "l": (Pane.ENDS,),
    "?": (Pane.HELP,),
    "x\t\t": (Pane.EXPLANATION, Pane.PANEL),
}


def written(key: str) -> str:
    """What a terminal sends for a key of the table."""
    if key.startswith("ctrl+"):
        return chr(ord(key[-1]) & 31)
    return NAMED.get(key) or SIGNS[key]


def keys_of(panes: tuple[Pane, ...]) -> list[str]:
    """All that the table of actions has for them, but for those that leave."""
    actions = [action for action in ACTIONS if action.pane in panes]
    keys = dict.fromkeys(written(key) for action in actions for key in action.keys.split(","))
    return [key for key in keys if key not in LEAVING]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All that a program finds is in there."""
    home = tmp_path / "home"
    (home / "tmp").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    monkeypatch.setenv("TMPDIR", str(home / "tmp"))
    return home


def files_in(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file and folder with its size and when it was written; what SQLite has beside the
    recording is its own.
    """
    return {
        str(file): (file.stat().st_size, file.stat().st_mtime_ns)
        for file in [folder, *folder.rglob("*")]
        if not file.name.endswith(("-shm", "-wal")) and file != folder / "watch"
    }


def sockets_of(pid: int) -> set[str]:
    links = set[str]()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            links.add(str(link.readlink()))
    return {link for link in links if link.startswith("socket:")}


def children_of(pid: int) -> str:
    return "".join(file.read_text() for file in Path(f"/proc/{pid}/task").glob("*/children"))


async def press_all(screen: Screen) -> None:
    """In every pane and screen; what asks gets an answer and a yes."""
    for way, panes in WAYS.items():
        for key in keys_of(panes):
            for one in (*way, key, ESCAPE, ESCAPE):
                screen.send(one)
        await screen.until_caught_up()
    for key in ASKING:
        screen.send(key)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not screen.drawn:
                await asyncio.sleep(0.03)
        screen.send("5\r")
        await screen.until_caught_up()


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_no_key_does_anything_but_show(home: Path) -> None:
    (home / "watch").mkdir()
    tale = told(home / "watch" / "w.ftpwatch")
    async with visiting(home / "watch" / "w.ftpwatch") as screen:
        await screen.until_drawn("421 Timeout.")
        files, sockets = files_in(home), sockets_of(screen.pid)
        await press_all(screen)
        assert screen.process.returncode is None
        assert files_in(home) == files
        assert sockets_of(screen.pid) == sockets
        assert children_of(screen.pid) == ""
        assert screen.metas == []  # no file, no address for the browser
    tale.journal.close()


@pytest.mark.long
async def test_what_is_refused_is_said(home: Path) -> None:
    (home / "watch").mkdir()
    tale = told(home / "watch" / "w.ftpwatch")
    async with visiting(home / "watch" / "w.ftpwatch") as screen:
        await screen.until_drawn("421 Timeout.")
        screen.send("\x13")
        await screen.until_drawn("not saved: a browser shows")
        screen.send(".")
        await screen.until_drawn("a recording is read-only")
    tale.journal.close()


DEEDS = {
    "open('made', 'w')": "open",
    "open('made', 'a')": "open",
    "open('there', 'r+')": "open",
    "os.open('made', os.O_CREAT)": "open",
    "pathlib.Path('made').write_text('')": "open",
    "pathlib.Path('made').mkdir()": "os.mkdir",
    "os.rename('there', 'made')": "os.rename",
    "os.remove('there')": "os.remove",
    "os.symlink('there', 'made')": "os.symlink",
    "os.truncate('there', 0)": "os.truncate",
    "os.chmod('there', 0)": "os.chmod",
    "tempfile.mkstemp(dir='.')": "tempfile.mkstemp",
    "subprocess.run(['true'])": "subprocess.Popen",
    "os.system('true')": "os.system",
    "os.fork()": "os.fork",
    "os.kill(os.getppid(), 15)": "os.kill",
    "os.posix_spawn('/bin/true', ['true'], {})": "os.posix_spawn",
    "os.execv('/bin/true', ['true'])": "os.exec",
    "socket.create_connection(('127.0.0.1', 9))": "socket.getaddrinfo",
    "socket.socket().connect(('127.0.0.1', 9))": "socket.connect",
    "socket.socket().bind(('127.0.0.1', 0))": "socket.bind",
    "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))": "socket.sendto",
    "webbrowser.open('http://127.0.0.1:9')": "webbrowser.open",
}
LOOKS = (
    "open('there').read()", "open(os.devnull, 'w')", "os.kill(os.getpid(), 0)", "os.listdir('.')",
    "sqlite3.connect('file:there?mode=ro', uri=True)", "asyncio.run(asyncio.sleep(0))",
    "__import__('colorsys')",
)  # fmt: skip


def test_a_process_that_only_looks_can_do_nothing_else(tmp_path: Path) -> None:
    """Whoever adds a key that acts has to get past this."""
    (tmp_path / "there").write_text("as it was")
    script = f"""
import asyncio, os, pathlib, socket, sqlite3, subprocess, sys, tempfile, webbrowser
from ftpwatch.serving.only_look import OnlyLooks, only_look
only_look()
for deed, event in {DEEDS!r}.items():
    try:
        eval(deed)
    except OnlyLooks as refused:
        assert str(refused).endswith(f": {{event}}"), (deed, refused)
    else:
        sys.exit(f"{{deed}} was done")
for look in {LOOKS!r}:
    eval(look)
"""
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (run.stderr, run.returncode) == ("", 0)
    assert [file.name for file in tmp_path.iterdir()] == ["there"]
    assert (tmp_path / "there").read_text() == "as it was"


async def ended(screen: Screen) -> int:
    return await asyncio.wait_for(screen.process.wait(), PATIENCE_SECONDS)


@pytest.mark.long
async def test_a_screen_ends_with_whoever_it_is_drawn_for(home: Path) -> None:
    """Its server was killed: nobody sends keys, nobody takes what it draws."""
    (home / "watch").mkdir()
    tale = told(home / "watch" / "w.ftpwatch")
    async with visiting(home / "watch" / "w.ftpwatch") as screen:
        await screen.until_drawn("421 Timeout.")
        assert screen.process.stdin is not None
        screen.process.stdin.close()
        assert await ended(screen) in (0, 1)
        assert screen.metas == [{"type": "exit"}]
    tale.journal.close()


@pytest.mark.long
async def test_any_window_is_drawn(home: Path) -> None:
    (home / "watch").mkdir()
    tale = told(home / "watch" / "w.ftpwatch")
    async with visiting(home / "watch" / "w.ftpwatch", COLUMNS="1", ROWS="1") as screen:
        while not screen.drawn:  # it has begun
            await asyncio.sleep(0.03)
        screen.resize(300, 100)
        await screen.until_drawn("421 Timeout.")
        screen.resize(1, 1)
        screen.resize(59, 20)
        await screen.until_drawn("ftpwatch needs 60×20 or more")
        screen.drawn.clear()
        screen.resize(80, 24)
        await screen.until_drawn("421 Timeout.")
    tale.journal.close()
