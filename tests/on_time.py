"""How late keep-alives are: `python tests/on_time.py [SESSIONS] [SECONDS]`.

`ftpwatch watch` holds the sessions, at an interval of 1 s and recording, on a demo server in a
process of its own; bare asyncio timers, as many and as long, run right before. Lateness is how long
after its moment a keep-alive was sent, or a timer woke.
"""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import CommandSent
from ftpwatch.record.reader import Reader

SERVER = """
import asyncio
from ftpwatch.demo.server import DemoServer
from ftpwatch.demo.script import ServerScript
from ftpwatch.demo.venue import Loopback
from ftpwatch.transport.system_clock import SystemClock

async def main():
    server_played = DemoServer(ServerScript("demo"), SystemClock(), Loopback().open)
    port, _ = await Loopback().open(server_played.new)
    print(port, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""
INTERVAL = 1.0
OPENING = 5.0


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def timers(count: int, seconds: float) -> list[float]:
    """Lateness of `count` bare timers of one interval."""
    loop, late = asyncio.get_running_loop(), []

    async def tick(start: float) -> None:
        await asyncio.sleep(start)
        end = loop.time() + seconds
        while loop.time() < end:
            due = loop.time() + INTERVAL
            await asyncio.sleep(INTERVAL)
            late.append(loop.time() - due)

    await asyncio.gather(*(tick(INTERVAL * n / count) for n in range(count)))
    return late


def keep_alives(port: int, count: int, seconds: float) -> list[float]:
    """Lateness of the keep-alives of `count` sessions, watched and recorded by the command."""
    with tempfile.TemporaryDirectory() as folder:
        recording = Path(folder) / "watch.ftpwatch"
        command = [
            sys.executable, "-m", "ftpwatch", "watch", "--mode", "silent", "--record",
            str(recording), "--sessions", str(count), "--keep-alive", "1s",
            "--for", f"{seconds + OPENING:g}s", f"ftp://127.0.0.1:{port}",
        ]  # fmt: skip
        subprocess.run(command, check=True)
        reader = Reader(recording)
        entries = list(reader.entries())
        reader.close()
    return lateness(entries)


def lateness(entries: Iterable[Entry]) -> list[float]:
    """Of all keep-alives but the first of each session, while all are open."""
    last: dict[str, float] = {}
    late = []
    for entry in entries:
        if not isinstance(entry.event, CommandSent) or entry.session is None:
            continue
        before = last.get(entry.session)
        settled = entry.elapsed_seconds > OPENING
        if before is not None and settled and _is_keep_alive(entry.event):
            late.append(entry.elapsed_seconds - before - INTERVAL)
        last[entry.session] = entry.elapsed_seconds
    return late


def _is_keep_alive(event: CommandSent) -> bool:
    return event.purpose is Purpose.KEEP_ALIVE


def measure(count: int, seconds: float) -> tuple[float, float]:
    """99th percentiles of lateness in seconds: bare timers, keep-alives."""
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True, cwd=tempfile.gettempdir()
    )
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        bare = asyncio.run(timers(count, seconds))
        ours = keep_alives(port, count, seconds)
    finally:
        server.kill()
        server.wait()
    return percentile(bare, 0.99), percentile(ours, 0.99)


if __name__ == "__main__":
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    length = float(sys.argv[2]) if len(sys.argv) > 2 else 10.0
    bare, ours = measure(sessions, length)
    print(f"99th percentile of lateness, {sessions} at {INTERVAL:g} s, {length:g} s long:")
    print(f"  bare asyncio timers {bare * 1000:.1f} ms, keep-alives {ours * 1000:.1f} ms")
    print(f"  ratio {ours / bare:.2f}")
