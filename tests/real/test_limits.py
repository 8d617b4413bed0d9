"""The limits finder against real servers with short limits: which clocks, what resets them, and
which keep-alive it recommends.
"""

import asyncio

import pytest
from watching import measure

from ftpwatch.core.limits import ClockFound, Found
from real import servers
from real.test_causes import login

pytestmark = pytest.mark.real


def by_name(found: Found) -> dict[str, ClockFound]:
    return {clock.clock: clock for clock in found.clocks}


async def test_the_finder_on_vsftpd_proftpd_and_pyftpdlib(tmp_path_factory, folder, start) -> None:
    (folder / "v").mkdir(mode=0o755)
    (folder / "p").mkdir(mode=0o755)
    (folder / "y").mkdir(mode=0o755)
    vsftpd = start(servers.vsftpd(folder / "v", idle_session_timeout=4))
    proftpd = start(servers.proftpd(folder / "p", "TimeoutIdle 4", "TimeoutNoTransfer 9"))
    pyftpdlib = start(servers.pyftpdlib(folder / "y", timeout=4))
    runs = [measure(login(server), max_wait=40) for server in (vsftpd, proftpd, pyftpdlib)]
    (of_vsftpd, _), (of_proftpd, _), (of_pyftpdlib, _) = await asyncio.gather(*runs)

    idle = by_name(of_vsftpd)["idle"]
    assert of_vsftpd.server == "vsftpd"
    assert idle.limit_seconds == pytest.approx(4, abs=1)
    assert (idle.reset_by, idle.directive) == (("any command",), "idle_session_timeout")
    assert of_vsftpd.recommended is not None
    assert of_vsftpd.recommended.command == "NOOP"
    assert of_vsftpd.logins == 4

    idle, transfer = by_name(of_proftpd)["idle"], by_name(of_proftpd)["no_transfer"]
    assert idle.limit_seconds == pytest.approx(4, abs=0.5)
    assert (idle.directive, idle.not_reset_by) == ("TimeoutIdle", ())
    assert transfer.limit_seconds == pytest.approx(9, abs=0.5)
    assert transfer.directive == "TimeoutNoTransfer"
    assert transfer.reset_by == ("LIST",)
    assert transfer.not_reset_by == ("NOOP", "STAT")
    assert of_proftpd.recommended is not None
    assert (of_proftpd.recommended.command, of_proftpd.recommended.interval_seconds) == ("LIST", 2)

    idle = by_name(of_pyftpdlib)["idle"]
    assert idle.limit_seconds == pytest.approx(4, abs=1)
    assert idle.directive == "FTPHandler.timeout"
    assert idle.reset_by == ("any command",)


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_the_finder_on_pure_ftpd(folder, start) -> None:
    server = start(servers.pure_ftpd(folder, "-I", "1"))
    found, _ = await measure(login(server), max_wait=200)
    idle, transfer = by_name(found)["idle"], by_name(found)["no_transfer"]
    assert idle.limit_seconds == pytest.approx(60, abs=1)
    assert "NOOP" in idle.reset_by or "any command" in idle.reset_by
    assert transfer.limit_seconds == pytest.approx(120, abs=(transfer.plus_minus_seconds or 0) + 1)
    assert "NOOP" in transfer.not_reset_by
    assert "STAT" in transfer.reset_by
    assert idle.directive == transfer.directive == "MaxIdleTime (-I)"
    assert found.recommended is not None
    assert found.recommended.command == "STAT"
