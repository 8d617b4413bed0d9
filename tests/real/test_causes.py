"""Real servers in the situations that people call about: the first cause must be right, and the
directive where there is one.
"""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from watching import Watching, target, watching

from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.ftp.target import Target, TlsMode
from ftpwatch.core.journal.events import LimitKnown
from ftpwatch.core.state.explanation import Explanation
from ftpwatch.core.state.phases import Phase
from real import servers
from real.by_hand import greeted, try_password
from real.machine_wide import alone
from real.servers import RealServer

pytestmark = pytest.mark.real


QUICK = ["vsftpd", "proftpd", "pyftpdlib"]
PURE = pytest.param("pure-ftpd", marks=pytest.mark.long)  # its logins take seconds


def login(server: RealServer, name: str = "one", **settings: object) -> Target:
    return target(server.port, name, user=server.user, password=Secret(server.password), **settings)


def told(watch: Watching, session: str = "one") -> Explanation:
    """The newest explanation; the 221 to a QUIT that only left after a refusal is none."""
    mine = [e.explanation for e in watch.explained if e.session == session]
    return [why for why in mine if why.cause != "client_quit"][-1]


@pytest.mark.long
async def test_proftpd_no_transfer_although_every_noop_was_answered(folder, start) -> None:
    server = start(servers.proftpd(folder, "TimeoutNoTransfer 4"))
    async with watching([login(server, keep_alive_seconds=1.0)]) as watch:
        await watch.until_closed()
    why = told(watch)
    assert (why.cause, why.confidence) == ("no_transfer_timeout", "certain")
    assert why.directive == "TimeoutNoTransfer"
    assert "idle_timeout" in [other.cause for other in why.alternatives if other.against]


@pytest.mark.long
async def test_proftpd_session_limit(folder, start) -> None:
    server = start(servers.proftpd(folder, "TimeoutSession 4"))
    async with watching([login(server, keep_alive_seconds=1.0)]) as watch:
        await watch.until_closed()
    assert (told(watch).cause, told(watch).directive) == ("session_time_limit", "TimeoutSession")


@pytest.mark.parametrize(
    ("name", "directive"),
    [
        ("proftpd", "TimeoutLogin"),
        ("vsftpd", "idle_session_timeout"),
        ("pyftpdlib", "FTPHandler.timeout"),
        pytest.param(
            "pure-ftpd", "MaxIdleTime (-I)", marks=[pytest.mark.long, pytest.mark.timeout(150)]
        ),
    ],
)
@pytest.mark.long
async def test_too_slow_to_log_in(name: str, directive: str, folder, start) -> None:
    match name:
        case "proftpd":
            server = start(servers.proftpd(folder, "TimeoutLogin 2"))
        case "vsftpd":
            server = start(servers.vsftpd(folder, idle_session_timeout=2))
        case "pure-ftpd":
            server = start(servers.pure_ftpd(folder, "-I", "1"))
        case _:
            server = start(servers.pyftpdlib(folder, timeout=2))
    async with watching([]) as watch, greeted(watch, login(server)) as connection:
        await asyncio.wait_for(connection.receiver.ended.wait(), 80)
        await watch.until_closed()
    assert (told(watch).cause, told(watch).directive) == ("login_timeout", directive)


@pytest.mark.parametrize(
    ("name", "directive"),
    [
        ("vsftpd", "max_per_ip"), ("proftpd", "MaxConnectionsPerHost"),
        ("proftpd-login", "MaxClientsPerHost"),
        pytest.param("pure-ftpd", "MaxClientsPerIP (-C)", marks=pytest.mark.long),
        ("pyftpdlib", "FTPServer.max_cons_per_ip"),
    ],
)  # fmt: skip
async def test_full_for_this_address(name: str, directive: str, folder, start) -> None:
    match name:
        case "vsftpd":
            server = start(servers.vsftpd(folder, max_per_ip=1))
        case "proftpd":
            server = start(servers.proftpd(folder, "MaxConnectionsPerHost 1"))
        case "proftpd-login":
            server = start(servers.proftpd(folder, "MaxClientsPerHost 1"))
        case "pure-ftpd":
            server = start(servers.pure_ftpd(folder, "-C", "1"))
        case _:
            server = start(servers.pyftpdlib(folder, max_cons_per_ip=1))
    async with watching([login(server)]) as watch:
        await watch.until(lambda: watch.phase("one") is Phase.READY, 20)
        watch.monitor.watch(login(server, "two"))
        await watch.until_closed()
    why = told(watch, "two")
    assert (why.cause, why.directive) == ("too_many_connections_from_address", directive)


@pytest.mark.parametrize(
    "name", [pytest.param("vsftpd", marks=pytest.mark.long), "proftpd", "pyftpdlib"]
)
async def test_a_wrong_password_three_times(name: str, folder, start) -> None:
    match name:
        case "vsftpd":
            server = start(
                servers.vsftpd(folder, max_login_fails=3, delay_failed_login=0, guest_enable="NO",
                               pam_service_name="ftpwatch-tests-none")
            )  # fmt: skip
        case "proftpd":
            server = start(servers.proftpd(folder, "MaxLoginAttempts 3"))
        case _:
            server = start(servers.pyftpdlib(folder, max_login_attempts=3, auth_failed_timeout=0.1))
    async with watching([]) as watch, greeted(watch, login(server)) as connection:
        for _ in range(3):
            code = await asyncio.wait_for(try_password(connection, server.user, "wrong one"), 30)
        assert code in (530, 0)
        await asyncio.wait_for(connection.receiver.ended.wait(), 30)
        await watch.until_closed()
    assert told(watch).cause in ("login_abuse", "login_refused")
    assert "530" in told(watch).heading


@pytest.mark.parametrize(
    ("name", "directive"),
    [("vsftpd", "force_local_logins_ssl"), ("proftpd", "TLSRequired"),
     pytest.param("pure-ftpd", "TLS (-Y) 2", marks=pytest.mark.long),
     ("pyftpdlib", "TLS_FTPHandler.tls_control_required")],
)  # fmt: skip
async def test_tls_is_required(name: str, directive: str, folder, start) -> None:
    (folder / "pem").mkdir()
    pem = servers.make_certificate(folder / "pem")
    match name:
        case "vsftpd":
            server = start(servers.vsftpd(folder, ssl_enable="YES", rsa_cert_file=pem.both))
        case "proftpd":
            server = start(
                servers.proftpd(
                    folder, "LoadModule mod_tls.c", "TLSEngine on", "TLSRequired on",
                    f"TLSRSACertificateFile {pem.chain}", f"TLSRSACertificateKeyFile {pem.key}",
                )
            )  # fmt: skip
        case "pure-ftpd":
            server = start(servers.pure_ftpd(folder, "-Y", "2", "-2", str(pem.both)))
        case _:
            server = start(
                servers.pyftpdlib(folder, certfile=str(pem.both), tls_control_required=True)
            )
    async with watching([login(server, tls=TlsMode.OFF)]) as watch:
        await watch.until_closed(seconds=20)
    why = told(watch)
    assert why.cause == "tls_required"
    assert why.directive is not None and why.directive.startswith(directive)
    assert any("ftpes://" in step for step in why.advice.client)


@pytest.mark.parametrize("name", [*QUICK, PURE])
async def test_sigterm_with_several_sessions(name: str, folder, start) -> None:
    make = {
        "vsftpd": servers.vsftpd, "proftpd": servers.proftpd, "pure-ftpd": servers.pure_ftpd,
        "pyftpdlib": servers.pyftpdlib,
    }[name]  # fmt: skip
    server = start(make(folder))
    async with watching([login(server, f"s{n}") for n in range(3)]) as watch:
        await watch.until(lambda: watch.watch.state.count(Phase.READY) == 3, 40)
        server.terminate()
        await watch.until_closed(3)
        await watch.until(lambda: all(told(watch, f"s{n}").cause for n in range(3)))
    causes = {told(watch, f"s{n}").cause for n in range(3)}
    assert causes == {"server_shutdown"}
    assert len({watch.last(f"s{n}").incident for n in range(3)}) == 1


@pytest.mark.long
async def test_pure_ftpd_wrong_passwords_are_refusals_with_growing_delays(folder, start) -> None:
    server = start(servers.pure_ftpd(folder))
    async with watching([]) as watch, greeted(watch, login(server)) as connection:
        for _ in range(3):
            code = await asyncio.wait_for(try_password(connection, server.user, "wrong one"), 40)
            assert code == 530
        await watch.until(lambda: len(watch.explained) >= 3)
    assert [e.explanation.cause for e in watch.explained][:3] == ["login_refused"] * 3


@pytest.mark.long
@pytest.mark.timeout(200)
async def test_pure_ftpd_second_clock_although_every_noop_was_answered(folder, start) -> None:
    server = start(servers.pure_ftpd(folder, "-I", "1"))
    async with watching([login(server, keep_alive_seconds=20.0)]) as watch:
        await watch.until_closed(seconds=160)
    why = told(watch)
    assert (why.cause, why.confidence) == ("no_transfer_timeout", "certain")
    assert why.directive is not None
    assert why.directive.startswith("MaxIdleTime")


@pytest.mark.parametrize("name", ["proftpd", "vsftpd", PURE])
async def test_kill_9_of_one_sessions_process_is_lost_and_not_a_shutdown(
    name: str, folder, start
) -> None:
    make = {
        "vsftpd": servers.vsftpd, "proftpd": servers.proftpd, "pure-ftpd": servers.pure_ftpd,
    }[name]  # fmt: skip
    server = start(make(folder))
    async with watching([login(server, f"s{n}") for n in range(3)]) as watch:
        await watch.until(lambda: watch.watch.state.count(Phase.READY) == 3, 30)
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
        # vsftpd's sessions are two processes each
        for pid in servers.family(int(children.read_text().split()[0])):
            os.kill(pid, signal.SIGKILL)
        await watch.until_closed(1)
        assert watch.watch.state.count(Phase.READY) == 2
        why = watch.explained[-1].explanation
    assert why.cause == "connection_lost"
    assert why.confidence != "certain"


@pytest.fixture
def hosts_deny() -> Iterator[Path]:
    """tcp_wrappers has one file for the whole machine."""
    file = Path("/etc/hosts.deny")
    before = file.read_text() if file.exists() else None
    yield file
    if before is None:
        file.unlink(missing_ok=True)
    else:
        file.write_text(before)


async def test_tcp_wrappers_refuse_the_address(folder, start, hosts_deny: Path) -> None:
    server = start(servers.vsftpd(folder, tcp_wrappers="YES"))
    async with watching([login(server, "before")]) as watch:
        await watch.until(lambda: watch.watch.state.count(Phase.READY) == 1)
        hosts_deny.write_text("vsftpd: ALL\n")
        watch.monitor.watch(login(server))
        await watch.until_closed()
        assert told(watch).cause == "address_refused"
        assert "tcp_wrappers" in (told(watch).directive or "")


async def test_of_a_server_that_never_greeted_a_sentence_of_rfc_959_tells_no_cause_from_others(
    folder, start, hosts_deny: Path
) -> None:
    server = start(servers.vsftpd(folder, tcp_wrappers="YES"))
    hosts_deny.write_text("vsftpd: ALL\n")
    async with watching([login(server)]) as watch:
        await watch.until_closed()
    assert told(watch).confidence == "possible"
    named = {told(watch).cause, *(other.cause for other in told(watch).alternatives)}
    assert "address_refused" in named
    assert told(watch).directive is None


async def test_mod_ban_turns_away_who_failed_before(folder, start) -> None:
    server = start(
        servers.proftpd(
            folder, "LoadModule mod_ban.c", "BanEngine on", f"BanTable {folder}/bans",
            "MaxLoginAttempts 1", "BanOnEvent MaxLoginAttempts 1/00:01:00 00:10:00",
            'BanMessage "Host %a has been banned"', "BanControlsACLs all allow user root",
        )
    )  # fmt: skip
    wrong = target(server.port, "one", user=server.user, password=Secret("wrong one"))
    async with watching([wrong]) as watch:
        await watch.until_closed()
        watch.monitor.watch(login(server, "two"))
        await watch.until_closed(2)
    assert told(watch, "two").cause == "login_abuse"


@pytest.fixture
def shutmsg() -> Iterator[Path]:
    with alone() as file:
        yield file


async def test_ftpshut_is_maintenance_for_those_who_come(folder, start, shutmsg: Path) -> None:
    server = start(servers.proftpd(folder))
    ftpshut = servers.find_binary("ftpshut")
    shut = [str(ftpshut), "-l", "0", "-d", "0", "now", "back soon"]
    await asyncio.to_thread(subprocess.run, shut, check=True)
    begins = shutmsg.stat().st_mtime
    while time.time() < int(begins) + 1.1:  # proftpd counts in whole seconds
        await asyncio.sleep(0.1)
    async with watching([login(server)]) as watch:
        await watch.until_closed()  # the first one after the message appeared is closed silently
        watch.monitor.watch(login(server, "two"))
        await watch.until_closed(2)
    why = told(watch, "two")
    assert why.cause in ("service_unavailable", "server_shutdown")
    assert why.directive is not None
    assert "ftpshut" in why.directive


@pytest.mark.parametrize(
    ("name", "limit"), [("vsftpd", 77), pytest.param("pure-ftpd", 120, marks=pytest.mark.long)]
)
async def test_a_limit_that_the_server_states_is_known_before_it_strikes(
    name: str, limit: int, folder, start
) -> None:
    match name:
        case "vsftpd":
            server = start(servers.vsftpd(folder, idle_session_timeout=limit))
        case _:
            server = start(servers.pure_ftpd(folder, "-I", str(limit // 60)))
    async with watching([login(server)]) as watch:
        await watch.until(lambda: watch.events(LimitKnown), 20)
        (known,) = watch.events(LimitKnown)
    assert (known.clock, known.limit_seconds, known.source) == ("idle", limit, "advertised")
