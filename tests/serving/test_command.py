"""`ftpwatch serve` as it is called."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner

from ftpwatch.cli.entry import cli
from ftpwatch.core.errors import UserError
from ftpwatch.core.journal.events import WatchStopped
from ftpwatch.record.journal import Bounds
from ftpwatch.record.retention import newest_written
from ftpwatch.serving.server import Shown, WebServer
from ftpwatch.wiring.recording import recordings_folder
from ftpwatch.wiring.serving import (
    ServePlan,
    chosen_recording,
    command_of,
    environment_of_visitors,
    run_serve,
)
from serving.recorded import told

PATIENCE_SECONDS = 60.0


def refused(*words: str) -> str:
    result = CliRunner().invoke(cli, ["serve", *words])
    assert isinstance(result.exception, UserError), result.output
    return str(result.exception)


def test_what_cannot_be_served_is_one_sentence(tmp_path: Path) -> None:
    assert refused(str(tmp_path / "none")) == f"there is no recording at {tmp_path / 'none'}"
    (tmp_path / "log").write_text("220 hello\n")
    assert "is not a recording" in refused(str(tmp_path / "log"))
    assert refused("--listen", "99999", "x").startswith("--listen '99999' is not an address")
    folder = recordings_folder()
    assert refused() == (
        f"no watch is recording in {folder}; start one, or name a recording: "
        "ftpwatch serve RECORDING"
    )
    path = tmp_path / "w.ftpwatch"
    told(path).journal.close()
    assert "is no loopback address" in refused("--listen", "0.0.0.0:0", str(path))


def test_without_the_extra_it_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(tmp_path / "w.ftpwatch").journal.close()
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    assert refused("--listen", "0", str(tmp_path / "w.ftpwatch")).endswith(
        "is not installed: pip install 'ftpwatch[web]'"
    )


def test_the_newest_that_is_being_written_is_shown() -> None:
    folder = recordings_folder()
    folder.mkdir(parents=True)
    finished, written = told(folder / "a.ftpwatch"), told(folder / "b.ftpwatch")
    finished.journal.close()
    assert chosen_recording(None) == folder / "b.ftpwatch"
    assert chosen_recording(folder / "a.ftpwatch") == folder / "a.ftpwatch"
    later = told(folder / "a-later.ftpwatch")
    assert newest_written(folder) == folder / "a-later.ftpwatch"
    for tale in (written, later):
        tale.journal.close()
    assert newest_written(folder) is None


def test_visitors_are_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FTPWATCH_PASSWORD", "FTPWATCH_PASSWORD_EU", "FTPWATCH_NOTIFY", "TEXTUAL_LOG"):
        monkeypatch.setenv(name, "hunter2")
    assert "hunter2" not in environment_of_visitors().values()


@pytest.mark.long
async def test_a_visitor_follows_the_watch(tmp_path: Path) -> None:
    """The whole way: server, process, screen; what happens while he looks, in another part too, and
    the end.
    """
    tale = told(tmp_path / "w.ftpwatch", Bounds(seconds=100))
    words = ("serve", "--for-visitor", "--color=auto", "--ascii")
    plan = ServePlan(tmp_path / "w.ftpwatch", ("127.0.0.1", 0), words)
    server = WebServer(Shown("w", command_of(plan), environment_of_visitors()), print, print)
    try:
        url = await server.open(*plan.listen)
        async with aiohttp.ClientSession() as client:
            visit = await client.ws_connect(f"{url}ws?width=120&height=36")
            await until_shown(visit, b"421 Timeout.")
            tale.says(61, 226, "told meanwhile", session="eu-2")
            await until_shown(visit, b"told meanwhile")
            tale.says(200, 226, "a part further", session="eu-2")
            tale.says(201, 226, "and more", session="eu-2")
            assert len(tale.journal.parts) == 2
            await until_shown(visit, b"and more")
            tale.happens(202, WatchStopped("the end"), None)
            await until_shown(visit, b"The watch is over.")
            tale.journal.close()
    finally:
        await server.close()
    beside = [file.name for file in tmp_path.iterdir() if file.name.startswith("w.ftpwatch")]
    assert sorted(beside) == ["w.ftpwatch", "w.ftpwatch.2"]


async def until_shown(visit: aiohttp.ClientWebSocketResponse, words: bytes) -> None:
    drawn = b""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while words not in drawn:
            drawn += await visit.receive_bytes()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0), (signal.SIGHUP, 0)]
)
async def test_a_signal_ends_it(
    tmp_path: Path, number: signal.Signals, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    told(tmp_path / "w.ftpwatch").journal.close()
    plan = ServePlan(tmp_path / "w.ftpwatch", ("127.0.0.1", 0), ("serve",))
    running = asyncio.ensure_future(run_serve(plan))
    said = ""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while "ctrl+c ends it" not in said:
            await asyncio.sleep(0.02)
            said += capsys.readouterr().err
        signal.raise_signal(number)
        assert await running == code
    assert said.startswith("ftpwatch: w.ftpwatch is shown at http://127.0.0.1:")


def test_nothing_heavy_is_loaded_by_others() -> None:
    check = "import sys, ftpwatch.wiring.live; sys.exit('aiohttp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], timeout=60).returncode == 0
