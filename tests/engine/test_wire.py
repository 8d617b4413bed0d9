"""Real sockets: what arrives while the loop is blocked, floods, and injections before TLS."""

import asyncio
import socket
import ssl
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from watching import Watching, target, watching

from ftpwatch.core.ftp.target import TlsMode, Trust
from ftpwatch.core.journal.events import (
    ConnectionClosed,
    ConnectionFailed,
    MalformedReply,
    RepliesSkipped,
    ReplyReceived,
)
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner, Stage
from ftpwatch.transport.dialing import real_network

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]


@pytest.fixture
def pem(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return tmp_path / "ca.pem", context


class ThreadServer:
    """A blocking server in a thread, so that a blocked loop does not block it."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        import threading

        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._tls = tls
        self.strike = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        if self._tls is not None:
            connection = self._tls.wrap_socket(connection, server_side=True)
        connection.sendall(b"220 Ready.\r\n")
        for reply in (b"331 ?", b"230 ok", b"215 UNIX", b"211 none"):
            connection.recv(4096)
            connection.sendall(reply + b"\r\n")
        self.strike.wait(10)
        connection.sendall(b"421 Striking.\r\n")
        time.sleep(0.05)  # the 421 and the RST shall be two segments
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.close(connection.detach())
        self._listener.close()


@pytest.mark.parametrize("secured", [False, True])
async def test_a_421_and_an_rst_while_the_loop_is_blocked_and_a_keep_alive_falls_due(
    secured: bool, pem: tuple[Path, ssl.SSLContext]
) -> None:
    ca, context = pem
    server = ThreadServer(context if secured else None)
    settings = {"tls": TlsMode.IMPLICIT, "trust": Trust(ca=str(ca))} if secured else {}
    async with watching([target(server.port, keep_alive_seconds=0.5, **settings)]) as watch:
        await watch.until(lambda: 211 in watch.codes())
        await asyncio.sleep(0.3)  # the keep-alive is due in 0.2 s
        server.strike.set()
        time.sleep(0.3)  # the loop is blocked: 421, RST and the due moment all pass
        await watch.until_closed()
    said = watch.reply(421)
    assert isinstance(said.event, ReplyReceived)
    closed = watch.events(ConnectionClosed)[0]
    assert (closed.by, closed.announced_by) == (ClosedBy.SERVER_PI, 421)


async def test_what_the_kernel_holds_after_a_failed_write_is_read() -> None:
    server, opened = ThreadServer(), list[asyncio.Transport]()

    async def connect(*how: Any) -> asyncio.Transport:
        opened.append(await real_network(*how))
        return opened[-1]

    async with watching([target(server.port)], connect=connect) as watch:
        await watch.until(lambda: 211 in watch.codes())
        server.strike.set()
        time.sleep(0.2)
        # Write past the engine's own care, as a task would that had just been about to write.
        opened[0].write(b"NOOP\r\n")
        await watch.until_closed()
    assert 421 in watch.codes()
    assert watch.events(ConnectionClosed)[0].manner is Manner.RESET


async def _talk(serve: Serve, **settings: object) -> Watching:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)  # type: ignore[arg-type]
    port = server.sockets[0].getsockname()[1]
    async with watching([target(port, **settings)]) as watch:
        await watch.until_closed()
    server.close()
    return watch


@pytest.mark.parametrize("last", [b"220 Ready.\r\n", b"421 Too many users.\r\n"])
async def test_what_is_said_at_once_under_implicit_tls_is_read(
    last: bytes, pem: tuple[Path, ssl.SSLContext]
) -> None:
    """The greeting comes with the end of the handshake, before asyncio says that TLS stands."""
    ca, context = pem

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(last)
        if last.startswith(b"220"):
            for reply in (b"200 P", b"200 S", b"331 ?", b"230 ok", b"215 UNIX", b"211 none"):
                await reader.readline()
                writer.write(reply + b"\r\n")
            await reader.readline()
            writer.write(b"221 Bye.\r\n")
        writer.close()

    settings = {"tls": TlsMode.IMPLICIT, "trust": Trust(ca=str(ca))}
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    async with watching([target(port, f"s{n}", **settings) for n in range(6)]) as watch:
        code = 211 if last.startswith(b"220") else 421
        await watch.until(lambda: watch.codes().count(code) == 6, seconds=20)
        if code == 421:
            await watch.until_closed(6)
            causes = {told.explanation.cause for told in watch.explained}
            assert causes == {"too_many_connections"}
        failed = {failed.problem for failed in watch.events(ConnectionFailed)}
        assert failed == ({"421 Too many users."} if code == 421 else set())
    server.close()


@pytest.mark.parametrize("glued", [True, False])
async def test_plain_bytes_after_234_are_an_injection(
    glued: bool, pem: tuple[Path, ssl.SSLContext]
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 Ready.\r\n")
        await reader.readline()
        writer.write(b"234 Go on.\r\n")
        if not glued:
            await writer.drain()
            await asyncio.sleep(0)
        writer.write(b"230 You are in, trust me.\r\n")
        await reader.read()
        writer.close()

    watch = await _talk(serve, tls=TlsMode.EXPLICIT, trust=Trust(ca=str(pem[0])))
    failed = watch.events(ConnectionFailed)
    assert [f.stage for f in failed] == [Stage.TLS]
    assert 230 not in watch.codes()
    assert watch.last().explanation.cause == "tls_failed"


async def test_tls_that_is_refused_while_it_is_required_stops_before_user() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 Ready.\r\n")
        await reader.readline()
        writer.write(b"502 No TLS here.\r\n")
        await reader.read()
        writer.close()

    watch = await _talk(serve, tls=TlsMode.EXPLICIT)
    assert [f.stage for f in watch.events(ConnectionFailed)] == [Stage.TLS]
    assert "USER" not in str(watch.entries[:-4])
    assert watch.last().explanation.cause in ("tls_failed", "client_quit")


@pytest.mark.usefixtures("timed")
async def test_a_flood_of_replies_leaves_time_for_others() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 Ready.\r\n")
        writer.write(b"200 flood\r\n" * 20_000)
        await writer.drain()
        writer.write_eof()
        await reader.read()  # what is closed unread resets, and loses what was sent
        writer.close()

    longest = 0.0

    async def others() -> None:
        nonlocal longest
        while True:
            before = time.thread_time()
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - before)

    ticking = asyncio.create_task(others())
    watch = await _talk(serve)
    ticking.cancel()
    skipped = sum(event.count for event in watch.events(RepliesSkipped))
    assert watch.codes().count(200) + skipped == 20_000
    assert longest < 0.2


async def test_garbage_in_place_of_tls_is_named(pem: tuple[Path, ssl.SSLContext]) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)  # the handshake has begun
        writer.write(b"Hello, this is no TLS at all.\r\n")
        await reader.read()
        writer.close()

    watch = await _talk(serve, tls=TlsMode.IMPLICIT, trust=Trust(ca=str(pem[0])))
    failed = watch.events(ConnectionFailed)
    assert [f.stage for f in failed] == [Stage.TLS]
    assert "did not answer in TLS" in failed[0].problem


async def test_an_expired_handshake_is_named() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    watch = await _talk(serve, tls=TlsMode.IMPLICIT, timeout_seconds=0.3)
    assert [f.problem for f in watch.events(ConnectionFailed)] == ["no answer within 0.3 s"]


async def test_a_name_that_does_not_resolve_is_named() -> None:
    from msgspec.structs import replace

    wrong = replace(target(21), host="no-such-host.invalid")
    async with watching([wrong]) as watch:
        await watch.until(lambda: watch.events(ConnectionFailed))
        await watch.until(lambda: watch.explained)
    failed = watch.events(ConnectionFailed)[0]
    assert failed.stage is Stage.RESOLVE
    assert "no-such-host.invalid" in failed.problem
    assert watch.last().explanation.cause == "server_unreachable"


async def test_hostile_bytes_become_replies_or_notes() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 \x1b]52;c;aGk=\x07\x9b31m hi\r\n\r\n\xff\xfd\x01x\n000 zero\n4211 x\n")
        await asyncio.sleep(0.05)
        writer.close()

    watch = await _talk(serve)
    assert watch.codes()[0] == 220
    assert 0 in watch.codes()
    assert len(watch.events(MalformedReply)) >= 2
