"""Hostile and heavy use, in full: `python tests/soak.py [SHARE]`; a SHARE of 0.02 is what CI runs.

Recordings killed under a flood, exceptions put into every room, recordings mutated, replies mutated
through a live watch beside a healthy session. Prints the counts; ends with 1 where a promise broke.
"""

import asyncio
import contextlib
import gc
import itertools
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from watching import Watching, target

from ftpwatch.core.controls import Refused
from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.ftp.target import Reconnect
from ftpwatch.core.journal.events import (
    CommandSent,
    EntriesUnreadable,
    ReplyReceived,
    SessionFailed,
)
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.record.reader import Reader
from ftpwatch.record.schema import NotARecording
from ftpwatch.transport.system_clock import SystemClock

EACH = 60
SEQ = re.compile(rb'"seq":(\d+),')
WORDS = (
    b"421 Timeout (300 seconds): closing", b"220 Welcome", b"530 Login incorrect.", b"221 Bye",
    b"200 NOOP ok", b"421-No transfer timeout\r\n421 end", b"425 no data", b"331 password",
)  # fmt: skip


def kills(count: int, folder: Path) -> tuple[int, int]:
    """How many lines were printed before a kill -9 under a flood, and how many of them are lost."""
    printed = lost = 0
    port = _flood_server()
    for number in range(count):
        file = folder / f"killed{number}"
        process = subprocess.Popen(
            [sys.executable, "-m", "ftpwatch", "watch", "--mode", "json", "--record", str(file),
             "--keep-alive", "100ms", f"ftp://127.0.0.1:{port}"],
            stdout=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(120 + number)]
        os.kill(process.pid, signal.SIGKILL)
        lines += process.stdout.readlines()
        process.wait()
        seqs = {int(found[1]) for line in lines if (found := SEQ.search(line))}
        reader = Reader(file)
        kept = {entry.seq for entry in reader.entries()}
        reader.close()
        printed, lost = printed + len(seqs), lost + len(seqs - kept)
    return printed, lost


def recordings(count: int, folder: Path) -> tuple[int, int, int]:
    """Mutated recordings: how many were read, refused in a sentence, and went wrong."""
    whole = _recording(folder)
    chance, file = random.Random(7), folder / "mutated"
    read = refused = wrong = 0
    for _ in range(count):
        file.write_bytes(_mutated(whole, chance))
        began = time.monotonic()
        try:
            reader = Reader(file)
            entries = list(reader.entries())
            reader.close()
        except NotARecording:
            refused += 1
        except Exception as error:  # noqa: BLE001 whatever it is, it is counted
            print(f"  {type(error).__name__}: {error}")
            wrong += 1
        else:
            read += 1
            seqs = [entry.seq for entry in entries]
            wrong += seqs != sorted(set(seqs)) or time.monotonic() - began > 20
            assert all(isinstance(e.event, EntriesUnreadable) or e.seq for e in entries)
    return read, refused, wrong


async def replies(count: int) -> tuple[int, float, int, list[str]]:
    """Mutated replies through a live watch: how many were sent, how late the healthy session's
    keep-alives and their answers were, how many errors of ours there were, and what was told.
    """
    servers = subprocess.Popen(  # noqa: ASYNC220 it does nothing while they are started
        [sys.executable, __file__, "serve"], stdout=subprocess.PIPE
    )
    assert servers.stdout is not None
    hostile, good = map(int, servers.stdout.readline().split())
    gc.freeze()  # as a watch does, and
    list(KnowledgeAdvisor().warm_up())
    watch, sessions = Watching(SystemClock(), fenced=True), -(-count // EACH)
    running = asyncio.create_task(
        watch.monitor.run([target(good, "healthy", keep_alive_seconds=0.1)])
    )
    await asyncio.sleep(0.5)
    for number in range(sessions):
        watch.monitor.watch(target(hostile, f"h{number}", reconnect=Reconnect.NEVER))
        await asyncio.sleep(0.05)
        if number >= 20:
            with contextlib.suppress(Refused):  # it is on its way
                watch.monitor.remove(f"h{number - 20}")
    await asyncio.sleep(2)
    late = [
        event.latency_seconds or 0.0
        for event in watch.events(ReplyReceived, "healthy")
        if event.in_reply_to is not None and event.in_reply_to.purpose is Purpose.KEEP_ALIVE
    ]
    asked = [
        entry.elapsed_seconds
        for entry in watch.entries
        if entry.session == "healthy"
        and isinstance(entry.event, CommandSent)
        and entry.event.purpose is Purpose.KEEP_ALIVE
    ]
    gaps = [after - before - 0.1 for before, after in itertools.pairwise(asked)]
    watch.monitor.stop()
    await asyncio.wait_for(running, 20)
    servers.kill()
    servers.wait()
    return sessions * EACH, max([*late, *gaps]), len(watch.events(SessionFailed)), watch.told


async def serve() -> None:
    """A server that sends EACH mutated replies to each connection, and one that is good."""
    numbers = itertools.count()

    async def hostile(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        chance = random.Random(next(numbers))
        writer.write(b"220 Ready.\r\n331 ?\r\n230 in\r\n200 a\r\n200 b\r\n")
        with contextlib.suppress(OSError):
            for _ in range(EACH):
                writer.write(_mutated_reply(chance))
                await writer.drain()
                await asyncio.sleep(0.001)
        writer.close()

    async def good(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 Ready.\r\n")
        answers = {b"USER": b"331 ?", b"PASS": b"230 in"}
        while line := await reader.readline():
            writer.write(answers.get(line[:4].strip(), b"200 ok") + b"\r\n")

    servers = [await asyncio.start_server(one, "127.0.0.1", 0) for one in (hostile, good)]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.Event().wait()


def _mutated_reply(chance: random.Random) -> bytes:
    data = bytearray(chance.choice(WORDS) + b"\r\n")
    for _ in range(chance.randint(0, 4)):
        match chance.randint(0, 5):
            case 0:
                data[chance.randrange(len(data))] = chance.randrange(256)
            case 1:
                at = chance.randrange(len(data))
                data[at:at] = str(10 ** chance.choice([3, 9, 308, 309, 400, 4000])).encode()
            case 2:
                data *= chance.randint(1, 20)
            case 3:
                del data[: chance.randrange(len(data))]
            case 4:
                data[0:0] = chance.randbytes(chance.randint(1, 50))
            case _:
                data += chance.choice([b"\x1b[2J", b"\xff\xfb\x01", b"\x00", "‮".encode(), b"421-"])
        data = data or bytearray(b"\n")
    return bytes(data)


def _mutated(whole: bytes, chance: random.Random) -> bytes:
    data = bytearray(whole)
    match chance.randint(0, 4):
        case 0 | 1:
            for _ in range(chance.randint(1, 8)):
                bit = chance.randrange(len(data) * 8)
                data[bit // 8] ^= 1 << bit % 8
        case 2:
            at = chance.randrange(len(data))
            data[at : at + 200] = chance.randbytes(200)
        case 3:
            del data[chance.randrange(100, len(data)) :]
        case _:
            page = chance.randrange(1, len(data) // 4096) * 4096
            data[page : page + 4096] = bytes(4096)
    return bytes(data)


def _recording(folder: Path) -> bytes:
    file = folder / "whole"
    subprocess.run(
        [sys.executable, "-m", "ftpwatch", "demo", "keep-alive", "--speed", "20", "--mode",
         "silent", "--record", str(file)],
        check=True,
    )  # fmt: skip
    return file.read_bytes()


def _flood_server() -> int:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection.sendall(b"220 Ready.\r\n331 ?\r\n230 in\r\n215 x\r\n211 y\r\n")
            while True:
                connection.sendall(b"200 flood and more of it\r\n" * 200)

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=[connection], daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return int(listener.getsockname()[1])


def main(share: float) -> bool:
    """Everything, or a share of it; whether every promise was kept."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        printed, lost = kills(max(1, round(40 * share)), folder)
        print(f"kill -9 under a flood, {max(1, round(40 * share))} times: {printed} lines printed, "
              f"{lost} of them lost")  # fmt: skip
        read, refused, wrong = recordings(max(10, round(1_000 * share)), folder)
        print(f"mutated recordings: {read} read, {refused} refused in a sentence, {wrong} wrong")
    sent, late, failed, told = asyncio.run(replies(max(200, round(10_000 * share))))
    print(f"mutated replies: {sent}; the healthy session's NOOPs late by {late:.3f} s at most, "
          f"errors of our own: {failed}")  # fmt: skip
    for line in told[:5]:
        print(f"  {line}")
    return not (lost or wrong or failed) and late < 0.2


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    sys.exit(not main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0))
