"""Commands by hand against vsftpd, ProFTPD, Pure-FTPd and pyftpdlib, between quick keep-alives."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from watching import Watching, watching

from ftpwatch.core.ftp.by_hand import Typed, read_typed
from ftpwatch.core.ftp.command import MASK, Purpose
from ftpwatch.core.journal.events import CommandSent, ConnectionClosed, ReplyReceived
from ftpwatch.core.state.phases import Phase
from real import servers
from real.servers import RealServer
from real.test_real_servers import login

pytestmark = pytest.mark.real
SERVERS = {
    "vsftpd": servers.vsftpd, "proftpd": servers.proftpd, "pyftpdlib": servers.pyftpdlib,
    "pure-ftpd": servers.pure_ftpd,
}  # fmt: skip
HARMLESS = ("NOOP", "STAT", "STAT /", "FEAT", "HELP", "SYST", "PWD", "SITE HELP", "SITE IDLE",
            "SIZE nothing-here", "MDTM nothing-here", "MLST")  # fmt: skip
ASKED = ("CWD /", "TYPE I", "REST 0", "OPTS UTF8 ON", "XYZZY plugh", "PASV", "EPSV", "PWD",
         "SITE PSWD old-secret new-secret", "DELE nothing-here", "NOOP")  # fmt: skip


def by_hand(watch: Watching) -> list[ReplyReceived]:
    """Final replies to what was sent by hand."""
    return [
        reply
        for reply in watch.events(ReplyReceived)
        if reply.in_reply_to is not None and reply.in_reply_to.purpose is Purpose.USER
        and reply.role == "final"
    ]  # fmt: skip


@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.long
async def test_every_line_gets_its_own_answer_and_the_session_lives_on(
    name: str,
    folder: Path,
    start: Callable[[AbstractContextManager[RealServer]], RealServer],
) -> None:
    server = start(SERVERS[name](folder))
    async with watching([login(server, keep_alive_seconds=0.02)]) as watch:
        await watch.until(lambda: watch.phase("one") is Phase.READY)
        await watch.until(lambda: watch.events(CommandSent)[-1].is_keep_alive)
        lines = (*HARMLESS, *ASKED)
        for number, line in enumerate(lines, 1):
            typed = read_typed(line)
            assert isinstance(typed, Typed)
            assert (typed.doubt is None) == (number <= len(HARMLESS) or line in HARMLESS)
            watch.monitor.send("one", typed.command, pytest.fail)
            await watch.until(lambda number=number: len(by_hand(watch)) == number)
        assert [reply.in_reply_to.verb for reply in by_hand(watch) if reply.in_reply_to] == [
            line.split()[0] for line in lines
        ]
        codes = {line: reply.code for line, reply in zip(lines, by_hand(watch), strict=True)}
        assert codes["NOOP"] == 200 and codes["PWD"] == 257 and codes["SYST"] == 215
        assert codes["CWD /"] == 250 and codes["PASV"] == 227
        assert codes["XYZZY plugh"] in (500, 502)
        kept = [r for r in watch.events(ReplyReceived) if r.in_reply_to is not None
                and r.in_reply_to.purpose is Purpose.KEEP_ALIVE]  # fmt: skip
        assert kept and {reply.code for reply in kept} == {200}
        assert watch.phase("one") is Phase.READY and not watch.events(ConnectionClosed)
        assert "old-secret" not in str(watch.entries) and f"PSWD {MASK}" in str(watch.entries)
