"""The inspector over real servers with TLS: protocol, cipher, days of the certificate, RTT."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from at_once import AtOnce
from watching import find_targets

from ftpwatch.core.ftp.target import TlsMode, Trust
from ftpwatch.core.journal.bus import EventBus
from ftpwatch.core.journal.filter import parse_filter
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.engine.monitor import Monitor
from ftpwatch.engine.session_environment import SessionEnvironment
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.record.journal import Journal
from ftpwatch.record.reader import Reader
from ftpwatch.transport.dialing import real_network
from ftpwatch.transport.system_clock import SystemClock
from ftpwatch.tui.inputs import Sources
from ftpwatch.tui.screens.row_facts import RowFacts
from ftpwatch.tui.signs import UNICODE
from ftpwatch.tui.widgets.blocks import Room
from ftpwatch.tui.widgets.inspector_text import inspector_lines
from real import servers
from real.test_real_servers import QUICK, login, with_tls

pytestmark = pytest.mark.real


@pytest.mark.parametrize("name", QUICK)
async def test_a_keep_alive_over_tls_shows_what_was_agreed_on(
    name: str, folder: Path, start, tmp_path: Path
) -> None:
    (folder / "pem").mkdir(mode=0o755)
    ends = datetime.now(UTC) + timedelta(days=9, hours=1)
    pem = servers.make_certificate(folder / "pem", not_after=ends)
    server = start(with_tls(name, folder, pem))
    trust = Trust(ca=str(pem.ca))
    secured = login(server, tls=TlsMode.EXPLICIT, trust=trust, keep_alive_seconds=0.5)
    text = await inspected(secured, tmp_path)
    for words in (
        "protocol TLSv1.", "cipher TLS_", "certificate verified", "issued by",
        f"{ends:%Y-%m-%d}", "9 days left: renew it", "command NOOP", "4e 4f 4f 50 0d 0a",
        f"their end 127.0.0.1:{server.port}", "200 ×",
    ):  # fmt: skip
        assert words in text, text
    if sys.platform == "linux":
        assert "of that network " in text and "round trip as the kernel measures it" in text


async def test_without_verification_nothing_is_said_of_the_certificate(
    folder: Path, start, tmp_path: Path
) -> None:
    (folder / "pem").mkdir(mode=0o755)
    server = start(with_tls("pyftpdlib", folder, servers.make_certificate(folder / "pem")))
    trust = Trust(verified=False)
    secured = login(server, tls=TlsMode.EXPLICIT, trust=trust, keep_alive_seconds=0.5)
    text = await inspected(secured, tmp_path)
    assert "protocol TLSv1." in text and "NOT VERIFIED" in text and "days left" not in text


async def inspected(target, tmp_path: Path) -> str:
    """The first answered keep-alive, as the inspector has it."""
    clock, advisor = SystemClock(), KnowledgeAdvisor()
    with Journal(tmp_path / "j") as journal:
        reader, watch = Reader(tmp_path / "j", live=journal), Watch(advisor)
        bus = EventBus(clock, asyncio.get_running_loop().call_soon, AtOnce(journal))
        bus.subscribe("watch", watch.receive)
        environment = SessionEnvironment(bus.publish, clock, real_network, advisor)
        monitor = Monitor(environment, partial(find_targets, None))
        watch.subscribe(monitor.receive)
        answered = asyncio.Event()

        def look(_: object) -> None:
            facts = watch.state.sessions["one"].connection if watch.state.sessions else None
            if facts is not None and facts.keep_alives_answered:
                answered.set()

        watch.subscribe(look)
        running = asyncio.create_task(monitor.run([target]))
        await asyncio.wait_for(answered.wait(), 10)
        state_after = partial(reader.state_after, version="")
        facts = RowFacts(Sources(watch, clock, monitor, reader, state_after=state_after))
        upto = watch.state.seq
        rows = await reader.before(upto + 1, 1, upto, parse_filter("purpose:keep_alive"))
        shown = await facts.of(rows[0], upto, "w")
        monitor.stop()
        await asyncio.wait_for(running, 10)
        reader.close()
    lines = inspector_lines(shown, Room(100, 60, UNICODE))
    return " ".join(" ".join("".join(words for _, words in line) for line in lines).split())
