"""One situation, seen three ways: by our own live watch, in the log that a client wrote, and in the
server's own log. All say the same.
"""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from transcripts.heard import heard_log
from watching import watching

from ftpwatch.core.state.explanation import Explanation
from real import servers
from real.servers import RealServer
from real.test_causes import login, told

pytestmark = pytest.mark.real

FTPLIB = """
import ftplib, sys, time
ftp = ftplib.FTP()
ftp.set_debuglevel(1)
ftp.connect("127.0.0.1", int(sys.argv[1]))
ftp.login(sys.argv[2], sys.argv[3])
time.sleep(float(sys.argv[4]))
ftp.voidcmd("NOOP")
"""


async def of_a_client(server: RealServer, idle_seconds: float) -> Explanation:
    """What the log of Python's ftplib says that stayed idle for so long."""
    words = [str(server.port), server.user, server.password, str(idle_seconds)]
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", FTPLIB, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    end = heard_log(done.stdout).end
    assert end is not None, done.stdout.decode()
    return end


async def of_a_watch(server: RealServer) -> Explanation:
    async with watching([login(server, keep_alive_seconds=None)]) as watch:
        await watch.until_closed(seconds=30)
    return told(watch)


def judgement(explanation: Explanation) -> tuple[str | None, str | None, str | None]:
    return explanation.cause, explanation.server, explanation.directive


async def test_vsftpd_our_watch_a_client_and_the_server_itself_tell_of_one_idle_limit(
    folder: Path, start
) -> None:
    log = folder / "protocol.log"
    server = start(
        servers.vsftpd(
            folder, idle_session_timeout=2, xferlog_enable="YES", xferlog_std_format="NO",
            log_ftp_protocol="YES", vsftpd_log_file=log,
        )
    )  # fmt: skip
    ours, theirs = await asyncio.gather(of_a_watch(server), of_a_client(server, 3))
    its_own = heard_log(log.read_bytes())
    assert len(its_own.sessions) == 2
    assert its_own.end is not None
    assert judgement(ours) == judgement(theirs) == judgement(its_own.end)
    assert judgement(ours) == ("idle_timeout", "vsftpd", "idle_session_timeout")


@pytest.mark.long
async def test_proftpd_our_watch_a_client_and_the_server_itself_tell_of_one_idle_limit(
    folder: Path, start
) -> None:
    server = start(servers.proftpd(folder, "TimeoutIdle 2", "SyslogLevel debug"))
    ours, theirs = await asyncio.gather(of_a_watch(server), of_a_client(server, 3))
    its_own = heard_log((folder / "system.log").read_bytes()).end
    assert judgement(ours) == judgement(theirs) == ("idle_timeout", "ProFTPD", "TimeoutIdle")
    assert its_own is not None and judgement(its_own) == judgement(ours)


@pytest.mark.long
async def test_pyftpdlib_and_a_client_tell_of_one_idle_limit(folder: Path, start) -> None:
    server = start(servers.pyftpdlib(folder, timeout=2))
    ours, theirs = await asyncio.gather(of_a_watch(server), of_a_client(server, 3))
    assert judgement(ours) == judgement(theirs)
    assert ours.cause == "idle_timeout"
    its_own = heard_log((folder / "pyftpdlib.log").read_bytes())
    assert not [end for end in its_own.ends if end.explanation.confidence == "certain"]


@pytest.mark.long
async def test_pure_ftpd_and_a_client_tell_of_one_refused_login(folder: Path, start) -> None:
    server = start(servers.pure_ftpd(folder))
    server.password = "wrong"
    ours, theirs = await asyncio.gather(of_a_watch(server), of_a_client(server, 1))
    assert judgement(ours)[:2] == judgement(theirs)[:2] == ("login_refused", "Pure-FTPd")
