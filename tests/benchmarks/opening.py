"""Opening many sessions on loopback, beside bare aioftp in the same run:
`python tests/benchmarks/opening.py [SESSIONS]`.

Both log in to one server in a process of its own, eight at a time, each in a fresh process; ours
asks SYST and FEAT too, folds, judges and records. A hundred stand before the clock starts, so that
what is loaded, compiled and cached once is no part of a session. What a session holds is measured
when all stand. Single runs differ by a fifth: each is made five times, in turn.
"""

import asyncio
import gc
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parent.parent))

AT_ONCE, BEFORE, ROUNDS = 8, 100, 5
SERVER = """
import asyncio

async def serve(reader, writer):
    writer.write(b"220 bench\\r\\n")
    answers = {b"USER": b"331 ?", b"PASS": b"230 in", b"QUIT": b"221 bye"}
    while line := await reader.readline():
        writer.write(answers.get(line[:4].strip(), b"200 ok") + b"\\r\\n")
    writer.close()

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


class Opened(msgspec.Struct):
    """Seconds until all stand, and bytes that each holds."""

    seconds: float
    bytes_each: float


def held() -> int:
    """Bytes of memory of this process."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def bare(port: int, count: int) -> Opened:
    import aioftp

    slots = asyncio.Semaphore(AT_ONCE)

    async def open_one() -> aioftp.Client:
        async with slots:
            client = aioftp.Client()
            await client.connect("127.0.0.1", port)
            await client.login("bob", "secret")
            return client

    standing = [await open_one() for _ in range(BEFORE)]
    before, began = held(), time.perf_counter()
    clients = await asyncio.gather(*(open_one() for _ in range(count)))
    seconds = time.perf_counter() - began
    each = (held() - before) / len(clients)
    del standing
    return Opened(seconds, each)


async def watched(port: int, count: int) -> Opened:
    from watching import target

    from ftpwatch.core.ftp.command import Secret
    from ftpwatch.core.journal.bus import EventBus
    from ftpwatch.core.judgement.watch import Update, Watch
    from ftpwatch.core.state.folded_ahead import FoldedAhead
    from ftpwatch.core.state.phases import Phase
    from ftpwatch.engine.monitor import Monitor
    from ftpwatch.engine.session_environment import SessionEnvironment
    from ftpwatch.knowledge.advisor import KnowledgeAdvisor
    from ftpwatch.record.journal import Journal
    from ftpwatch.record.writer_thread import WriterThread
    from ftpwatch.transport.dialing import real_network
    from ftpwatch.transport.system_clock import SystemClock
    from ftpwatch.wiring.collecting import collect_when_quiet

    with tempfile.TemporaryDirectory() as folder:
        loop, clock, advisor = asyncio.get_running_loop(), SystemClock(), KnowledgeAdvisor()
        journal = Journal(Path(folder) / "opening.ftpwatch")
        writer = WriterThread(journal, loop.call_soon_threadsafe, lambda *_: None)
        bus, ahead = EventBus(clock, loop.call_soon, writer), FoldedAhead()
        watch = Watch(advisor, ahead=ahead)
        bus.subscribe("watch", watch.receive)
        monitor = Monitor(
            SessionEnvironment(bus.publish, clock, real_network, advisor, ahead=ahead),
            lambda *_: None,
        )
        watch.subscribe(monitor.receive)
        settings = {"user": "bob", "password": Secret("secret"), "keep_alive_seconds": 60.0}
        collecting = asyncio.create_task(collect_when_quiet(lambda: watch.state.seq))
        standing = [target(port, f"before-{number}", **settings) for number in range(BEFORE)]
        running = asyncio.create_task(monitor.run(standing))
        ready: set[str] = set()
        awaited, all_ready = BEFORE, asyncio.Event()

        def note(update: Update) -> None:
            name = update.entry.session if update.entry is not None else None
            session = update.state.sessions.get(name or "")
            if session is not None and session.phase is Phase.READY:
                ready.add(session.name)
                if len(ready) >= awaited:
                    all_ready.set()

        watch.subscribe(note)
        await all_ready.wait()
        await asyncio.sleep(0.5)
        all_ready.clear()
        awaited = BEFORE + count
        before, began = held(), time.perf_counter()
        for number in range(count):
            monitor.watch(target(port, f"s{number:04d}", **settings))
        await all_ready.wait()
        seconds = time.perf_counter() - began
        await asyncio.sleep(0.5)
        each = (held() - before) / count
        collecting.cancel()
        monitor.drop_all()
        monitor.stop()
        await running
        bus.flush()
        writer.close(5)
        journal.close()
    return Opened(seconds, each)


def measure(count: int) -> tuple[Opened, Opened]:
    """Ours and bare aioftp's, against one server."""
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        port = server.stdout.readline().strip()
        results = [
            subprocess.run(
                [sys.executable, __file__, "--only", kind, port, str(count)],
                check=True, capture_output=True, text=True,
            ).stdout
            for kind in ("watched", "bare")
        ]  # fmt: skip
    finally:
        server.kill()
        server.wait()
    ours, theirs = (msgspec.json.decode(text, type=Opened) for text in results)
    return ours, theirs


def raise_limit() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    raise_limit()
    if sys.argv[1:2] == ["--only"]:
        kind, port, count = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
        opened = asyncio.run((watched if kind == "watched" else bare)(port, count))
        print(msgspec.json.encode(opened).decode())
    else:
        count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
        ours, theirs = Opened(0, 0), Opened(0, 0)
        for number in range(1, ROUNDS + 1):
            for total, one in zip((ours, theirs), measure(count), strict=True):
                total.seconds += one.seconds
                total.bytes_each += one.bytes_each / ROUNDS
            ratio = ours.seconds / theirs.seconds
            print(
                f"{number}: {count} sessions, bare aioftp {theirs.seconds / number:.2f} s, watched "
                f"{ours.seconds / number:.2f} s, {ratio:.1f} times as long",
                flush=True,
            )
        print(
            f"a session holds {theirs.bytes_each / 1024:.1f} KiB with bare aioftp, "
            f"{ours.bytes_each / 1024:.1f} KiB watched"
        )
