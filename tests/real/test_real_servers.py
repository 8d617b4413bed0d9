"""vsftpd, ProFTPD, Pure-FTPd and pyftpdlib on loopback: what the main job must show of each."""

import asyncio
import time
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from watching import target, watching

from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.ftp.target import Target, TlsMode, Trust
from ftpwatch.core.journal.events import (
    ConnectionClosed,
    ConnectionFailed,
    KeepAliveSkipped,
    ReplyReceived,
    TlsEstablished,
)
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner, Role, Stage
from ftpwatch.core.state.phases import Phase
from real import servers
from real.relay import Relay
from real.servers import Certificate, RealServer

pytestmark = pytest.mark.real

IDLE = 3


def with_limits(name: str, folder: Path) -> AbstractContextManager[RealServer]:
    """The server with an idle limit of IDLE seconds."""
    match name:
        case "vsftpd":
            return servers.vsftpd(folder, idle_session_timeout=IDLE)
        case "proftpd":
            return servers.proftpd(folder, f"TimeoutIdle {IDLE}")
        case "pyftpdlib":
            return servers.pyftpdlib(folder, timeout=IDLE)
        case _:
            return servers.pure_ftpd(folder, "-I", "1")


def with_one_place(name: str, folder: Path) -> AbstractContextManager[RealServer]:
    """The server with one place in all."""
    match name:
        case "vsftpd":
            return servers.vsftpd(folder, max_clients=1)
        case "proftpd":
            return servers.proftpd(folder, "MaxClients 1")
        case "pyftpdlib":
            return servers.pyftpdlib(folder, max_cons=2)  # its own listener counts
        case _:
            return servers.pure_ftpd(folder, "-c", "1")


def with_tls(name: str, folder: Path, pem: Certificate) -> AbstractContextManager[RealServer]:
    match name:
        case "vsftpd":
            return servers.vsftpd(
                folder, ssl_enable="YES", rsa_cert_file=pem.both, idle_session_timeout=IDLE
            )
        case "proftpd":
            return servers.proftpd(
                folder, "LoadModule mod_tls.c", "TLSEngine on", "TLSRequired on",
                f"TLSRSACertificateFile {pem.chain}", f"TLSRSACertificateKeyFile {pem.key}",
                f"TimeoutIdle {IDLE}",
            )  # fmt: skip
        case "pyftpdlib":
            return servers.pyftpdlib(
                folder, certfile=str(pem.both), tls_control_required=True, timeout=IDLE
            )
        case _:
            return servers.pure_ftpd(folder, "-Y", "2", "-2", str(pem.both))


def login(server: RealServer, name: str = "one", **settings: object) -> Target:
    return target(server.port, name, user=server.user, password=Secret(server.password), **settings)


def inside(folder: Path, name: str) -> Path:
    (folder / name).mkdir(mode=0o755)
    return folder / name


QUICK = ["vsftpd", "proftpd", "pyftpdlib"]


@pytest.mark.parametrize("name", [*QUICK, pytest.param("pure-ftpd", marks=pytest.mark.long)])
async def test_a_session_logs_in_and_is_told_goodbye(name, folder, start) -> None:
    server = start(with_one_place(name, folder))
    async with watching([login(server)]) as watch:
        await watch.until(lambda: watch.phase("one") is Phase.READY)
    assert watch.codes()[-1] == 221
    closed = watch.events(ConnectionClosed)
    assert [(c.by, c.manner, c.solicited) for c in closed] == [
        (ClosedBy.USER_PI, Manner.LOCAL, True)
    ]
    explanation = watch.last().explanation
    assert explanation.cause == "client_quit"
    assert not explanation.advice.server and not explanation.advice.client


async def test_keep_alive_outlives_the_idle_limit_of_each(folder, start) -> None:
    each = {name: start(with_limits(name, inside(folder, name))) for name in QUICK}
    targets = [login(server, name, keep_alive_seconds=1.0) for name, server in each.items()]
    async with watching(targets) as watch:
        await watch.until(lambda: watch.watch.state.count(Phase.READY) == len(QUICK))
        ready, sessions = watch.clock.elapsed(), lambda: watch.watch.state.sessions.values()
        await watch.until(
            lambda: all(s.connection.keep_alives_answered >= IDLE + 2 for s in sessions())
        )
        assert watch.clock.elapsed() - ready > IDLE + 1
        assert watch.watch.state.count(Phase.READY) == len(QUICK)
        assert not watch.events(ConnectionClosed)


@pytest.mark.parametrize(
    "name", [QUICK[0], *(pytest.param(name, marks=pytest.mark.long) for name in QUICK[1:])]
)
async def test_an_idle_421_is_seen_the_moment_it_arrives(name, folder, start) -> None:
    server = start(with_limits(name, folder))
    with Relay(server.port) as relay:
        settings = {"user": server.user, "password": Secret(server.password)}
        async with watching([target(relay.port, **settings)]) as watch:
            await watch.until_closed(seconds=IDLE + 5)
            said = watch.reply(421)
    event = said.event
    assert isinstance(event, ReplyReceived)
    assert event.role is Role.SPONTANEOUS
    assert 0 <= said.at.timestamp() - relay.passed_at(b"421 ") < 0.2
    explanation = watch.last().explanation
    assert explanation.cause == "idle_timeout"
    assert explanation.confidence == "certain"
    closed = watch.events(ConnectionClosed)[0]
    assert (closed.by, closed.manner, closed.announced_by) == (
        ClosedBy.SERVER_PI, Manner.FIN, 421,
    )  # fmt: skip


@pytest.mark.parametrize("name", [*QUICK, pytest.param("pure-ftpd", marks=pytest.mark.long)])
async def test_the_session_over_the_limit_is_explained_as_refused(name, folder, start) -> None:
    server = start(with_one_place(name, folder))
    async with watching([login(server)]) as watch:
        await watch.until(lambda: watch.phase("one") is Phase.READY)
        watch.monitor.watch(login(server, "two"))
        await watch.until_closed()
        assert watch.phase("one") is Phase.READY
    told = [e.explanation.cause for e in watch.explained if e.session == "two"]
    assert told[-1] == "too_many_connections"
    assert watch.events(ConnectionFailed, "two")


@pytest.mark.parametrize("name", [*QUICK, pytest.param("pure-ftpd", marks=pytest.mark.long)])
async def test_explicit_tls_verifies_the_certificate(name, folder, start) -> None:
    (folder / "pem").mkdir()
    pem = servers.make_certificate(folder / "pem")
    server = start(with_tls(name, folder, pem))
    secured = {"tls": TlsMode.EXPLICIT, "trust": Trust(ca=str(pem.ca))}
    async with watching([login(server, **secured)]) as watch:
        await watch.until(lambda: watch.phase("one") is Phase.READY)
    tls = watch.events(TlsEstablished)[0]
    assert tls.verified
    assert tls.protocol.startswith("TLSv1.")
    assert watch.codes()[-1] == 221


@pytest.mark.parametrize("name", QUICK)
async def test_an_untrusted_certificate_is_refused_before_any_login(name, folder, start) -> None:
    (folder / "pem").mkdir()
    server = start(with_tls(name, folder, servers.make_certificate(folder / "pem")))
    async with watching([login(server, tls=TlsMode.EXPLICIT)]) as watch:
        await watch.until_closed()
    failed = watch.events(ConnectionFailed)
    assert [f.stage for f in failed] == [Stage.TLS]
    assert "certificate" in failed[0].problem
    assert 331 not in watch.codes()
    assert watch.last().explanation.cause == "tls_failed"


@pytest.mark.long
async def test_an_idle_end_under_tls_is_no_local_close(folder, start) -> None:
    """vsftpd ends with an alert, ProFTPD with close_notify: neither says 421 there."""
    pem = servers.make_certificate(inside(folder, "pem"))
    each = {name: start(with_tls(name, inside(folder, name), pem)) for name in QUICK}
    secured = {"tls": TlsMode.EXPLICIT, "trust": Trust(ca=str(pem.ca))}
    async with watching([login(server, name, **secured) for name, server in each.items()]) as watch:
        await watch.until_closed(len(QUICK), seconds=IDLE + 5)
    for name in QUICK:
        closed = watch.events(ConnectionClosed, name)[0]
        assert closed.by is ClosedBy.SERVER_PI
        assert closed.idle_seconds is not None
        assert abs(closed.idle_seconds - IDLE) < 1


@pytest.mark.long
async def test_twenty_sessions_at_once(folder, start) -> None:
    server = start(servers.proftpd(folder, "MaxInstances 40"))
    crowd = [login(server, f"s{n}", keep_alive_seconds=1.0) for n in range(20)]
    began = time.monotonic()
    async with watching(crowd) as watch:
        await watch.until(lambda: watch.watch.state.count(Phase.READY) == 20, 30)
        await watch.until(lambda: watch.codes().count(200) >= 40, 30)
    assert len(watch.events(ConnectionClosed)) == 20
    assert all(closed.solicited for closed in watch.events(ConnectionClosed))
    assert time.monotonic() - began < 40


async def test_a_stopped_service_ends_all_sessions_as_one_shutdown(folder, start) -> None:
    server = start(servers.proftpd(folder))
    async with watching([login(server, f"s{n}") for n in range(3)]) as watch:
        await watch.until(lambda: watch.watch.state.count(Phase.READY) == 3)
        server.terminate()
        await watch.until_closed(3)
        await asyncio.sleep(0)
    assert watch.last().explanation.cause == "server_shutdown"


@pytest.mark.long
async def test_pure_ftpd_idle_limit_of_a_minute(folder, start) -> None:
    server = start(with_limits("pure-ftpd", folder))
    sessions = [login(server, "silent"), login(server, "kept", keep_alive_seconds=2.0)]
    async with watching(sessions) as watch:
        await watch.until_closed(seconds=75)
        assert watch.phase("kept") is Phase.READY
    assert watch.last("silent").explanation.cause == "idle_timeout"


@pytest.mark.parametrize(
    ("name", "tls"),
    [
        *((name, tls) for name in QUICK for tls in (TlsMode.OFF, TlsMode.EXPLICIT)),
        ("vsftpd", TlsMode.IMPLICIT),
    ],
)
async def test_a_small_listing_is_a_keep_alive(name: str, tls: TlsMode, folder, start) -> None:
    """Under TLS vsftpd and ProFTPD take a data connection only as a resumption of the session."""
    pem = servers.make_certificate(folder)
    match tls, name:
        case TlsMode.OFF, _:
            server = start(with_limits(name, folder))
        case TlsMode.IMPLICIT, _:
            settings = {"ssl_enable": "YES", "implicit_ssl": "YES", "rsa_cert_file": pem.both}
            server = start(servers.vsftpd(folder, **settings))
        case _:
            server = start(with_tls(name, folder, pem))
    listing = login(
        server, keep_alive_seconds=1.0, keep_alive_command="LIST", tls=tls,
        trust=Trust(ca=str(pem.ca)),
    )  # fmt: skip
    async with watching([listing]) as watch:
        await watch.until(lambda: 226 in watch.codes(), 10)
    assert watch.events(KeepAliveSkipped) == []
