"""`ftpwatch watch --mode json` against real servers, as an engineer on call would run it."""

import json
import os
import subprocess
import sys

import pytest
from textual.events import Key

from real import servers
from real.servers import RealServer

pytestmark = pytest.mark.real
IDLE = 4


def start_with_limit(name, folder, start) -> RealServer:
    match name:
        case "vsftpd":
            return start(servers.vsftpd(folder, idle_session_timeout=IDLE))
        case "proftpd":
            return start(servers.proftpd(folder, f"TimeoutIdle {IDLE}"))
        case "pyftpdlib":
            return start(servers.pyftpdlib(folder, timeout=IDLE))
        case _:
            return start(servers.pure_ftpd(folder, "-I", "1"))


def start_watch(server: RealServer, keep_alive: str, seconds: str) -> subprocess.Popen[str]:
    command = [
        sys.executable, "-m", "ftpwatch", "watch", "--mode", "json", "--keep-alive", keep_alive,
        "--for", seconds, f"ftp://{server.user}@127.0.0.1:{server.port}",
    ]  # fmt: skip
    environment = {**os.environ, "FTPWATCH_PASSWORD": server.password}
    return subprocess.Popen(
        command, text=True, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip


def finish(watch: subprocess.Popen[str], password: str) -> tuple[int, list[dict[str, object]]]:
    out, errors = watch.communicate(timeout=150)
    assert password not in out + errors
    return watch.returncode, [json.loads(line) for line in out.splitlines()]


def unprompted_421(lines: list[dict[str, object]]) -> list[dict[str, object]]:
    return [line for line in lines if line.get("role") == "spontaneous" and line["code"] == 421]


def causes(lines: list[dict[str, object]]) -> list[object]:
    return [line["cause"] for line in lines if line["event"] == "explained"]


@pytest.mark.parametrize(
    ("names", "seconds"),
    [
        pytest.param(["vsftpd", "proftpd", "pyftpdlib"], "15s", marks=pytest.mark.long),
        pytest.param(["pure-ftpd"], "75s", marks=[pytest.mark.long, pytest.mark.timeout(200)]),
    ],
)
def test_with_keep_alive_the_session_lives_and_without_it_the_421_is_explained(
    names: list[str], seconds: str, folder, start
) -> None:
    running = {}
    for name in names:
        (folder / name).mkdir(mode=0o755)
        running[name] = start_with_limit(name, folder / name, start)
    watches = {
        (name, keep_alive): start_watch(server, keep_alive, seconds)
        for name, server in running.items()
        for keep_alive in ("2s", "off")
    }
    for (name, keep_alive), watch in watches.items():
        code, lines = finish(watch, running[name].password)
        if keep_alive == "off":
            assert code == 1, name
            assert unprompted_421(lines), name
            assert "idle_timeout" in causes(lines), name
        else:
            assert code == 0, name
            assert not unprompted_421(lines), name
            closes = [line for line in lines if line["event"] == "connection_closed"]
            assert [close["solicited"] for close in closes] == [True], name


@pytest.mark.long
async def test_twenty_sessions_of_a_real_server_on_the_screen(folder, start, tmp_path) -> None:
    import asyncio
    from functools import partial

    from at_once import AtOnce
    from drawn import text_on
    from watching import find_targets, target

    from ftpwatch.core.ftp.command import Secret
    from ftpwatch.core.journal.bus import EventBus
    from ftpwatch.core.judgement.watch import Watch
    from ftpwatch.core.state.phases import Phase
    from ftpwatch.engine.monitor import Monitor
    from ftpwatch.engine.session_environment import SessionEnvironment
    from ftpwatch.knowledge.advisor import KnowledgeAdvisor
    from ftpwatch.record.journal import Journal
    from ftpwatch.record.reader import Reader
    from ftpwatch.transport.dialing import real_network
    from ftpwatch.transport.system_clock import SystemClock
    from ftpwatch.tui.app import FtpWatchApp
    from ftpwatch.tui.inputs import Look, Sources
    from ftpwatch.tui.widgets.session_list import SessionList

    server = start(servers.proftpd(folder, "MaxInstances 40", "TimeoutIdle 20"))
    clock, advisor = SystemClock(), KnowledgeAdvisor()
    with Journal(tmp_path / "j") as journal:
        reader, watch = Reader(tmp_path / "j"), Watch(advisor)
        bus = EventBus(clock, asyncio.get_running_loop().call_soon, AtOnce(journal))
        bus.subscribe("watch", watch.receive)
        monitor = Monitor(
            SessionEnvironment(bus.publish, clock, real_network, advisor),
            partial(find_targets, None),
        )
        sources = Sources(watch, clock, monitor, reader)
        app = FtpWatchApp(sources, lambda *_, **__: None, Look())
        watch.subscribe(monitor.receive)
        crowd = [
            target(server.port, f"s{n:02d}", user=server.user, password=Secret(server.password),
                   keep_alive_seconds=1.0)
            for n in range(20)
        ]  # fmt: skip
        async with app.run_test(size=(160, 48)) as pilot:
            running = asyncio.create_task(monitor.run(crowd))
            for _ in range(100):
                await pilot.pause(0.1)
                if watch.state.count(Phase.READY) == 20:
                    break
            await pilot.pause(1.5)
            sessions = app.live.query_one(SessionList)
            before, selected = clock.elapsed(), sessions.selected
            app.post_message(Key("right_square_bracket", "]").set_sender(app))
            while sessions.selected == selected and clock.elapsed() - before < 5:
                await asyncio.sleep(0)
            assert clock.elapsed() - before < 0.2
            text = text_on(app)
            assert "20 live · 0 closed" in text
            assert "∙ NOOP → 200" in text
            monitor.stop()
            await running
        reader.close()
    assert watch.state.count(Phase.CLOSED) == 20
