"""Checks beside a session: bounded, in entries, and they take no place that is not free."""

import asyncio

import pytest
from watching import Watching, target, watching

from ftpwatch.core.controls import Refused
from ftpwatch.core.journal.events import CheckMade
from ftpwatch.core.state.phases import Phase


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 Ready \x1b[2J.\r\n")
    for reply in (b"331 ?", b"230 ok", b"215 UNIX", b"211 none"):
        if not (await reader.readline()).strip().startswith(b"QUIT"):
            writer.write(reply + b"\r\n")
    await reader.read()
    writer.close()


def results(watch: Watching) -> dict[str, CheckMade]:
    return {check.check: check for check in watch.events(CheckMade)}


@pytest.mark.long
async def test_a_session_that_works_is_found_well() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with watching([target(port)]) as watch:
        await watch.until(lambda: 211 in watch.codes())
        watch.monitor.check("one")
        with pytest.raises(Refused, match="under way"):
            watch.monitor.check("one")
        await watch.until(lambda: "since it worked" in results(watch), 20)
        found = results(watch)
        assert watch.phase("one") is Phase.READY
    server.close()
    assert found["resolve"].ok
    assert "this session used 127.0.0.1" in found["resolve"].result
    assert found[f"port {port}"].ok
    assert {"port 21", "port 990"} <= set(found)
    assert "␛" in found["greeting"].result
    assert found["since it worked"].result == "no difference found"


async def test_a_port_that_closed_is_named() -> None:
    async with watching([target(1)]) as watch:
        await watch.until(lambda: watch.explained)
        watch.monitor.check("one")
        await watch.until(lambda: "since it worked" in results(watch), 20)
    found = results(watch)
    assert not found["port 1"].ok
    assert "connection refused" in found["port 1"].result
    assert not found["greeting"].ok
