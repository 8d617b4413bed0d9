"""How long the screen stands still when all sessions end in one moment:
`python tests/together.py [SESSIONS]`.

A watch with its screen and its recording, on a server in a process of its own that ends all its
sessions at once with a 421. A task that only yields measures the longest time that the loop was
busy; what a key waits is no more than that and one draw.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from drawn import text_on
from watching import find_targets, target

from ftpwatch.core.ftp.target import Reconnect
from ftpwatch.core.journal.bus import EventBus
from ftpwatch.core.journal.events import LimitKnown
from ftpwatch.core.judgement.watch import Update, Watch
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.phases import Phase
from ftpwatch.engine.monitor import Monitor
from ftpwatch.engine.session_environment import SessionEnvironment
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.record.journal import Journal
from ftpwatch.record.reader import Reader
from ftpwatch.record.writer_thread import WriterThread
from ftpwatch.transport.dialing import real_network
from ftpwatch.transport.system_clock import SystemClock
from ftpwatch.tui.app import FtpWatchApp
from ftpwatch.tui.inputs import Look, Sources
from ftpwatch.wiring.collecting import collect_when_quiet
from ftpwatch.wiring.settling import Settling

SERVER = """
import asyncio, sys

writers = []

async def serve(reader, writer):
    writers.append(writer)
    writer.write(b"220 bench\\r\\n")
    answers = {b"USER": b"331 ?", b"PASS": b"230 in"}
    while line := await reader.readline():
        writer.write(answers.get(line[:4].strip(), b"200 ok") + b"\\r\\n")

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    for writer in writers:
        writer.write(b"421 Timeout.\\r\\n")
        writer.close()
    await asyncio.sleep(30)

asyncio.run(main())
"""


class Outcome:
    """What was seen: `longest` in seconds, what was explained, how many limits were learnt."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.took = 0.0
        self.explained: list[Explained] = []
        self.limits = 0
        self.text = ""

    def receive(self, update: Update) -> None:
        self.explained += update.explained
        if update.entry is not None:
            self.limits += isinstance(update.entry.event, LimitKnown)


async def measure(count: int, folder: Path) -> Outcome:
    server = subprocess.Popen(  # noqa: ASYNC220 it does nothing while it is started
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None and server.stdin is not None
    port, outcome = int(server.stdout.readline()), Outcome()
    loop, clock, advisor = asyncio.get_running_loop(), SystemClock(), KnowledgeAdvisor()
    journal = Journal(folder / "together")
    writer = WriterThread(journal, loop.call_soon_threadsafe, lambda *_: None)
    bus, watch = EventBus(clock, loop.call_soon, writer), Watch(advisor)
    bus.subscribe("watch", watch.receive)
    environment = SessionEnvironment(bus.publish, clock, real_network, advisor)
    monitor, reader = (
        Monitor(environment, partial(find_targets, None)),
        Reader(journal.path, journal),
    )
    app = FtpWatchApp(Sources(watch, clock, monitor, reader), lambda *_, **__: None, Look())
    watch.subscribe(monitor.receive)
    watch.subscribe(outcome.receive)
    settling = Settling(watch, clock)
    crowd = [
        target(port, f"s{n:04d}", keep_alive_seconds=None, reconnect=Reconnect.NEVER)
        for n in range(count)
    ]
    collecting = asyncio.create_task(collect_when_quiet(lambda: watch.state.seq))
    try:
        async with app.run_test(size=(120, 36)) as pilot:
            running = asyncio.create_task(monitor.run(crowd))
            await _until(lambda: watch.state.count(Phase.READY) == count, 120)
            await asyncio.sleep(3)
            ticking = asyncio.create_task(_tick(outcome))
            began = time.perf_counter()
            server.stdin.write("end\n")
            server.stdin.flush()
            await _until(lambda: watch.state.count(Phase.CLOSED) == count, 60)
            outcome.took = time.perf_counter() - began
            await asyncio.sleep(3)
            ticking.cancel()
            await pilot.pause(0.2)
            outcome.text = text_on(app)
            monitor.stop()
            await running
            bus.flush()
            settling.end()
            collecting.cancel()
    finally:
        server.kill()
        server.wait()
        reader.close()
        writer.close(5)
        journal.close()
    return outcome


async def _tick(outcome: Outcome) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        outcome.longest = max(outcome.longest, time.perf_counter() - before)


async def _until(condition: object, seconds: float) -> None:
    end = time.perf_counter() + seconds
    while not condition():  # type: ignore[operator]
        assert time.perf_counter() < end
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with tempfile.TemporaryDirectory() as name:
        seen = asyncio.run(measure(sessions, Path(name)))
    print(f"{sessions} sessions ended within {seen.took:.2f} s of each other, as seen here")
    print(f"  the loop was busy for {seen.longest * 1000:.0f} ms at most")
