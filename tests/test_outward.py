"""A whole watch and what leaves it: metrics, messages, a command; what is held up, what is not."""

import asyncio
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from alerts.hook import hook, until
from alerts.made import made
from engine.memory import FakeClock
from knowledge.contexts import Tale
from metrics.pages import read
from watching import target

from ftpwatch.alerts.commands import OnEnd
from ftpwatch.alerts.messages import Messages
from ftpwatch.core.errors import UserError
from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.journal.bus import EventBus
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import ConnectionClosed
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner
from ftpwatch.core.judgement.alerts import MOST_A_MINUTE
from ftpwatch.core.judgement.settled_ends import SettledEnds
from ftpwatch.core.state.alert import Alert, Destination
from ftpwatch.demo.script import ScriptedClock, ServerScript
from ftpwatch.demo.server import DemoServer
from ftpwatch.demo.venue import Loopback
from ftpwatch.headless.exit_codes import ExitCode
from ftpwatch.transport.system_clock import SystemClock
from ftpwatch.wiring import alerting as alerting_module
from ftpwatch.wiring import outward as outward_module
from ftpwatch.wiring.alerting import COMMANDS_AT_ONCE, Alerting
from ftpwatch.wiring.live import Live, Plan, run_live
from ftpwatch.wiring.outward import OutwardPlan, outward
from ftpwatch.wiring.scene import View
from ftpwatch.wiring.settling import Settling

PASSWORD = "hunter22-and-more"


def python(code: str) -> str:
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"


@asynccontextmanager
async def echoing(idle: float) -> AsyncIterator[int]:
    """A server that ends idle sessions and says our password wherever it can."""
    served = ServerScript(
        "echo",
        greeting=(f"220 {PASSWORD}",),
        replies={"PASS": (f"230 {PASSWORD} is right",)},
        clocks=(ScriptedClock(idle, (f"421 Idle for 1 second, {PASSWORD}", "@fin")),),
    )
    venue = Loopback()
    port, stop = await venue.open(DemoServer(served, SystemClock(), venue.open).new)
    yield port
    stop()


async def run(port: int, wanted: OutwardPlan, **plan: object) -> tuple[ExitCode, Live]:
    clock = SystemClock()
    one = target(port, "eu-1", user="bob", password=Secret(PASSWORD))
    fields = {"view": View("silent"), "kept": False, "targets": [one], **plan}
    made = Plan(find_targets=lambda *_: (one,), outward=wanted, **fields)  # type: ignore[arg-type]
    return await run_live(made, clock, clock)


async def test_an_end_reaches_message_command_and_metrics_without_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FTPWATCH_PASSWORD", PASSWORD)
    file = tmp_path / "environment"
    on_end = python(f"import os; open({str(file)!r}, 'a').write(repr(dict(os.environ)))")
    pages: list[str] = []

    async def story(live: Live) -> None:
        """Reads the page when the end has settled, and leaves."""
        said = ""
        while "metrics at " not in said:
            said += capfd.readouterr().err
        url = said.partition("metrics at ")[2].split()[0]
        while True:
            page = await asyncio.to_thread(read, url)
            if page.value("ftpwatch_unexpected_ends_total"):
                break
            await asyncio.sleep(0.05)
        pages.append(page.text)
        live.stopping.stop("read")

    with hook() as taken:
        async with echoing(0.5) as port:
            place = Destination(
                "--notify 1", Secret(f"json://bob:{PASSWORD}@127.0.0.1:{taken.port}")
            )
            plan = OutwardPlan(metrics=("127.0.0.1", 0), notify=(place,), on_end=on_end)
            code, _ = await run(port, plan, story=story)
    assert code is ExitCode.BADLY
    (message,) = taken.messages
    assert "eu-1 ended: idle limit" in message["title"]
    assert message["message"].startswith("421 Idle for 1 second, ••••")
    assert (
        f'ftpwatch_ends_total{{by="server_pi",cause="idle_timeout",host="127.0.0.1:{port}"}} 1'
        in (pages[0])
    )
    environment = file.read_text()
    assert environment.count("FTPWATCH_CAUSE") == 1 and "'idle_timeout'" in environment
    said = capfd.readouterr()
    for text in (str(message), pages[0], environment, said.out, said.err):
        assert PASSWORD not in text


async def test_an_end_right_before_the_last_is_still_sent(tmp_path: Path) -> None:
    with hook() as taken:
        async with echoing(0.3) as port:
            place = Destination("--notify 1", Secret(f"json://127.0.0.1:{taken.port}"))
            file = tmp_path / "ran"
            began = time.monotonic()
            await run(port, OutwardPlan(notify=(place,), on_end=f"touch {file}"))
    assert len(taken.messages) == 1 and file.exists()
    assert time.monotonic() - began < 5


async def test_nobody_who_is_slow_holds_up_the_end_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(outward_module, "LEAVING_SECONDS", 0.5)
    pid = tmp_path / "pid"
    with hook() as taken:
        taken.go_on.clear()
        async with echoing(0.3) as port:
            place = Destination("--notify 1", Secret(f"json://127.0.0.1:{taken.port}"))
            on_end = f"sh -c 'echo $$ > {pid}; exec sleep 60'"
            began = time.monotonic()
            await run(port, OutwardPlan(notify=(place,), on_end=on_end))
    assert time.monotonic() - began < 4
    assert "2 alerts were not sent or worked off before the end" in capfd.readouterr().err
    until(lambda: not Path(f"/proc/{pid.read_text().strip()}").exists())


async def test_who_insists_on_the_end_does_not_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outward_module, "LEAVING_SECONDS", 60.0)
    pid = tmp_path / "pid"
    async with echoing(0.3) as port:
        on_end = f"sh -c 'echo $$ > {pid}.new; mv {pid}.new {pid}; exec sleep 60'"

        def insist() -> None:
            until(pid.exists, 20)
            os.kill(os.getpid(), signal.SIGQUIT)

        insisting = threading.Thread(target=insist)
        insisting.start()
        await asyncio.wait_for(run(port, OutwardPlan(on_end=on_end)), 20)
        insisting.join()
    until(lambda: not Path(f"/proc/{pid.read_text().strip()}").exists())


async def test_without_the_options_nothing_listens_and_nobody_hears() -> None:
    listening: list[int] = []

    async def story(live: Live) -> None:
        listening.append(len(sockets_listening()))
        live.stopping.stop("looked")

    async with echoing(5) as port:
        before = len(sockets_listening())
        await run(port, OutwardPlan(), story=story)
    assert listening == [before]


async def test_what_cannot_be_is_said_before_anything_is_connected_or_recorded(
    tmp_path: Path,
) -> None:
    recording = tmp_path / "r.ftpwatch"
    connected: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = await asyncio.start_server(lambda *both: connected.append(both), "127.0.0.1", 0)
        for plan in (
            OutwardPlan(metrics=taken.getsockname()),
            OutwardPlan(notify=(Destination("--notify 1", Secret("nonsense://")),)),
            OutwardPlan(on_end="no-such-program"),
        ):
            with pytest.raises(UserError):
                await run(server.sockets[0].getsockname()[1], plan, record=recording, kept=True)
        server.close()
    assert connected == [] and not recording.exists()


@pytest.mark.parametrize(
    ("module", "library", "plan", "extra"),
    [
        ("ftpwatch.metrics.endpoint", "prometheus_client",
         OutwardPlan(metrics=("127.0.0.1", 0)), "metrics"),
        ("ftpwatch.alerts.messages", "apprise",
         OutwardPlan(notify=(Destination("x", Secret("json://h")),)), "notify"),
    ],
)  # fmt: skip
def test_an_extra_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, module: str, library: str, plan: OutwardPlan, extra: str
) -> None:
    monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UserError, match=rf"pip install 'ftpwatch\[{extra}\]'"), outward(plan):
        pass


def test_nothing_of_it_is_loaded_where_it_is_not_wanted() -> None:
    code = (
        "import sys\nfrom ftpwatch.cli import main\n"
        "sys.argv = ['ftpwatch', 'demo', '--mode', 'silent', '--for', '0.1s']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert "aioftp" in loaded, done.stderr
    assert not {"prometheus_client", "apprise", "http.server", "requests"} & loaded


def sockets_listening() -> list[str]:
    """Those of this process."""
    inodes = set()
    for link in Path("/proc/self/fd").iterdir():
        try:
            inodes.add(str(link.readlink()))
        except OSError:
            continue
    lines = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/self/net/{name}").read_text().splitlines()[1:]
    ]
    return [line[9] for line in lines if line[3] == "0A" and f"socket:[{line[9]}]" in inodes]


# --- on the way out ----------------------------------------------------------------------------


@asynccontextmanager
async def alerting(
    places: dict[str, Callable[[Alert], str | None]], on_end: OnEnd | None = None
) -> AsyncIterator[tuple[Tale, SettledEnds, Alerting, list[str]]]:
    tale, said = Tale(), list[str]()
    ends = SettledEnds(tale.watch)
    errors: list[Exception] = []
    out = Alerting(places, on_end, said.append, errors.append)
    out.attach(ends, tale.watch, SystemClock())
    yield tale, ends, out, said
    out.end()
    assert errors == []


def end_apart(tale: Tale, count: int) -> None:
    for n in range(count):
        tale.ready(10 * n, session=f"s{n}")
        tale.says(10 * n + 1, 421, "Timeout.", session=f"s{n}").closes(
            10 * n + 1, 421, session=f"s{n}"
        )


async def test_500_sessions_that_end_in_one_moment_are_one_message_and_one_run(
    tmp_path: Path,
) -> None:
    runs = tmp_path / "runs"
    with hook() as taken:
        places = {"one": Messages(Destination("x", Secret(f"json://127.0.0.1:{taken.port}"))).send}
        on_end = OnEnd(f"sh -c 'echo $FTPWATCH_SESSIONS >> {runs}'", {"PATH": os.environ["PATH"]})
        async with alerting(places, on_end) as (tale, ends, out, said):
            for n in range(500):
                tale.ready(session=f"s{n}")
            for n in range(500):
                tale.closes(100 + n / 1000, session=f"s{n}")
            ends.settle(200)
            out.settle()
            until(lambda: not out.unfinished)
    assert [message["title"] for message in taken.messages] == [
        "ftpwatch: 500 sessions of ftp.example.com:21 ended: server stop or restart (possible)"
    ]
    assert runs.read_text() == "500\n" and said == []


async def test_messages_are_few_a_minute_and_the_command_runs_for_each(tmp_path: Path) -> None:
    runs, sent = tmp_path / "runs", list[Alert]()
    on_end = OnEnd(f"sh -c 'echo x >> {runs}'", {"PATH": os.environ["PATH"]})
    async with alerting({"one": lambda alert: sent.append(alert)}, on_end) as (tale, ends, out, _):
        end_apart(tale, 30)
        ends.settle(1e9)
        until(lambda: not out.unfinished)
        assert len(sent) == MOST_A_MINUTE
        out.settle()
        until(lambda: not out.unfinished)
    assert len(sent) == MOST_A_MINUTE + 1
    assert sent[-1].more == 30 - MOST_A_MINUTE - 1
    assert runs.read_text().count("x") == 30


async def test_the_terminal_is_told_of_an_incident_once_and_no_more_often_than_others() -> None:
    tale, shown, errors = Tale(), list[Alert](), list[Exception]()
    ends = SettledEnds(tale.watch)
    out = Alerting({}, None, lambda _: None, errors.append, shown.append)
    out.attach(ends, tale.watch, SystemClock())
    for n in range(50):
        tale.ready(session=f"t{n}")
    for n in range(50):
        tale.closes(5 + n / 100, session=f"t{n}")
    ends.settle(9)
    assert [alert.count for alert in shown] == [50]
    end_apart(tale, 30)
    ends.settle(1e9)
    assert len(shown) == MOST_A_MINUTE
    out.settle()
    assert shown[-1].more == 30 - MOST_A_MINUTE
    out.end()


async def test_a_command_runs_so_often_a_minute_and_hears_how_many_it_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerting_module, "COMMANDS_A_MINUTE", 5)
    file = tmp_path / "more"
    on_end = OnEnd(f"sh -c 'echo $FTPWATCH_MORE >> {file}'", {"PATH": os.environ["PATH"]})
    async with alerting({}, on_end) as (tale, ends, out, _):
        end_apart(tale, 30)
        ends.settle(1e9)
        out.settle()
        until(lambda: not out.unfinished)
    assert sorted(file.read_text().split()) == ["0"] * 5 + ["24"]


class SlowKeeper:
    """Keeps entries when it is told to."""

    def __init__(self) -> None:
        self.done: Callable[[int, str | None], None] | None = None
        self.offered = 0

    def keep(
        self, take: Callable[[], Sequence[Entry]], done: Callable[[int, str | None], None]
    ) -> None:
        self.offered, self.done = len(take()), done

    def hold(self, entries: Sequence[Entry]) -> None: ...

    def wait(self, seconds: float) -> None: ...

    def commit(self) -> None:
        done, self.done = self.done, None
        assert done is not None
        done(self.offered, None)


async def test_an_incident_is_one_however_fast_the_clock_of_a_demo_goes() -> None:
    """The disk takes a moment, in which a hurried clock goes on by many seconds."""
    clock, keeper, tale, groups = FakeClock(), SlowKeeper(), Tale(), list[int]()
    bus = EventBus(clock, asyncio.get_running_loop().call_soon, keeper)
    bus.subscribe("watch", tale.watch.receive)
    ends = SettledEnds(tale.watch)
    ends.subscribe(lambda group: groups.append(len(group)))
    for n in range(4):
        tale.ready(session=f"s{n}")
    settling = Settling(tale.watch, clock, ends, lambda: bus.come_until)
    bus.go_back(tale.watch.state.seq)
    closed = ConnectionClosed(ClosedBy.SERVER_PI, Manner.FIN, False, None, 1.0, 1.0)
    for n in range(4):
        await clock.advance(0.3)
        bus.publish(closed, f"s{n}", 1)
        await asyncio.sleep(0)
        if n == 0:
            keeper.commit()  # the others wait for the disk
        await clock.advance(0)
    await clock.advance(60)
    assert groups == []
    keeper.commit()
    await clock.advance(1)
    while keeper.done is not None:
        keeper.commit()
        await clock.advance(1)
    await clock.advance(5)
    settling.end()
    assert groups == [4]


async def test_one_place_that_hangs_holds_up_no_other_and_failures_stay_few_lines() -> None:
    hanging, sent = threading.Event(), list[Alert]()
    places = {
        "hangs": lambda _: hanging.wait(20) and None,
        "works": lambda alert: sent.append(alert),
        "fails": lambda _: "fails took no message: \x1b[31mno",
    }
    async with alerting(places) as (tale, ends, _, said):
        end_apart(tale, MOST_A_MINUTE)
        ends.settle(1e9)
        until(lambda: len(sent) == MOST_A_MINUTE and len(said) == 3)
        hanging.set()
    assert said == [
        "ftpwatch: fails took no message: ␛[31mno",
        "ftpwatch: fails took no message: ␛[31mno (2 times by now)",
        "ftpwatch: fails took no message: ␛[31mno (4 times by now)",
    ]


async def test_no_more_than_a_few_commands_run_at_once(tmp_path: Path) -> None:
    on_end = OnEnd(
        f"sh -c 'echo x > {tmp_path}/$$; ls {tmp_path} | wc -l >> {tmp_path}.counts; sleep 0.1; "
        f"rm {tmp_path}/$$'", {"PATH": os.environ["PATH"]},
    )  # fmt: skip
    async with alerting({}, on_end) as (tale, ends, out, said):
        end_apart(tale, 20)
        ends.settle(1e9)
        until(lambda: not out.unfinished)
    counts = [int(line) for line in Path(f"{tmp_path}.counts").read_text().split()]
    assert len(counts) == 20 and max(counts) <= COMMANDS_AT_ONCE
    assert said == []


async def test_an_error_while_sending_costs_one_message_and_is_not_quoted() -> None:
    sent: list[Alert] = []

    def breaks_once(alert: Alert) -> str | None:
        sent.append(alert)
        if len(sent) == 1:
            raise LookupError(PASSWORD)
        return None

    errors: list[Exception] = []
    out = Alerting({"one": breaks_once}, None, lambda _: None, errors.append)
    tale = Tale()
    out.attach(SettledEnds(tale.watch), tale.watch, SystemClock())
    out._hand_to(out._outlets, made())
    out._hand_to(out._outlets, made())
    until(lambda: not out.unfinished)
    assert len(sent) == 2
    assert [str(error) for error in errors] == ["a message was not sent for LookupError"]
    out.end()
