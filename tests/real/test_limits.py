"""The limits finder against real servers with short limits: which clocks, what resets them, and
which keep-alive it recommends.
"""

import asyncio

import pytest
from watching import Watching, measure, watching

from ftpwatch.core.ftp.target import Reconnect
from ftpwatch.core.journal.events import CommandSent, ConnectionClosed, KeepAliveChanged
from ftpwatch.core.state.limits import ClockFound, Found
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.verdict import Verdict, VerdictChanged
from real import servers
from real.test_causes import login

pytestmark = pytest.mark.real


def by_name(found: Found) -> dict[str, ClockFound]:
    return {clock.clock: clock for clock in found.clocks}


@pytest.mark.long
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


def verdicts(watch: Watching) -> list[tuple[float, VerdictChanged]]:
    """Verdicts as they change, with their moments."""
    found: list[tuple[float, VerdictChanged]] = []
    watch.watch.subscribe(
        lambda update: found.extend((update.state.at, change) for change in update.verdicts)
    )
    return found


@pytest.mark.long
@pytest.mark.timeout(150)
async def test_auto_lives_ten_times_the_no_transfer_limit_of_proftpd(folder, start) -> None:
    server = start(servers.proftpd(folder, "TimeoutNoTransfer 6"))
    auto = login(
        server, keep_alive_seconds=2.0, keep_alive_command="auto", reconnect=Reconnect.AUTO
    )
    async with watching([auto]) as watch:
        changes = verdicts(watch)
        await watch.until(lambda: watch.events(KeepAliveChanged), 20)
        closed_at = next(
            e.elapsed_seconds for e in watch.entries if isinstance(e.event, ConnectionClosed)
        )
        await watch.until(lambda: len(changes) > 1 and changes[-1][1].judged.verdict == "holding",
                          30)  # fmt: skip
        await watch.clock.sleep_until(watch.clock.elapsed() + 60)
        assert len(watch.events(ConnectionClosed)) == 1
        assert watch.phase("one") in (Phase.READY, Phase.TRANSFER)
    useless = next(at for at, change in changes if change.judged.verdict is Verdict.USELESS)
    holding = next(at for at, change in changes if change.judged.verdict is Verdict.HOLDING)
    assert useless - closed_at <= 2
    # It is back 3 s after the close at the soonest; then the limit, a margin and one interval.
    ready = next(e.elapsed_seconds for e in watch.entries if e.connection == 2)
    assert holding - ready <= 6 + 2 + 2 + 1.5
    sent = {s.verb for s in watch.events(CommandSent) if s.purpose == "keep_alive"}
    assert sent == {"NOOP", "LIST"}


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_auto_lives_past_three_minutes_of_pure_ftpd_with_a_limit_of_one(
    folder, start
) -> None:
    server = start(servers.pure_ftpd(folder, "-I", "1"))
    wanted = [
        login(server, "auto", keep_alive_seconds=20.0, keep_alive_command="auto"),
        login(server, "noop", keep_alive_seconds=20.0),
    ]
    async with watching(wanted) as watch:
        changes = verdicts(watch)
        await watch.until(lambda: watch.phase("auto") is Phase.READY, 30)
        await watch.clock.sleep_until(watch.clock.elapsed() + 185)
        assert watch.phase("auto") is Phase.READY
        assert watch.events(ConnectionClosed, "auto") == []
        assert watch.events(KeepAliveChanged, "auto")[-1].command == "STAT"
        assert watch.phase("noop") is Phase.CLOSED
    told = {(c.session, c.judged.verdict): at for at, c in changes}
    # Twice the minute, a margin of 6 s, and one interval.
    assert told["auto", Verdict.HOLDING] <= 120 + 6 + 20 + 15
    assert ("noop", Verdict.USELESS) in told
