"""The server: who is let in, how many, what they get, and that their processes end with them. In
the place of screens stand programs that misbehave.
"""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from ftpwatch.core.errors import UserError
from ftpwatch.serving import page, visit
from ftpwatch.serving.server import MOST_VISITORS, Shown, WebServer

STAND_IN = Path(__file__).with_name("stand_in.py")
PATIENCE_SECONDS = 10.0


@pytest.fixture(autouse=True)
def short_goodbyes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client of aiohttp that does not read answers none; a screen that has to be killed takes
    longer than any test.
    """
    monkeypatch.setattr(visit, "GOODBYE_SECONDS", 0.1)
    monkeypatch.setattr(visit, "LEAVING_SECONDS", 600.0)


class Served:
    """A server at `url`, who asks it, what it said."""

    def __init__(self, url: str, client: aiohttp.ClientSession, said: list[str]) -> None:
        self.url, self.client, self.said = url, client, said

    @property
    def port(self) -> int:
        return int(self.url.rstrip("/").rpartition(":")[2])

    async def get(self, path: str = "", **headers: str) -> tuple[int, str, dict[str, str]]:
        async with self.client.get(self.url + path, headers=headers) as answer:
            return answer.status, await answer.text(), dict(answer.headers)

    async def visit(self, **settings: Any) -> aiohttp.ClientWebSocketResponse:
        return await self.client.ws_connect(self.url + "ws?width=80&height=24", **settings)

    async def visit_and_meet(self) -> tuple[aiohttp.ClientWebSocketResponse, dict[str, Any]]:
        """What the program in the place of a screen says of itself."""
        websocket = await self.visit()
        return websocket, json.loads(await websocket.receive_bytes(timeout=PATIENCE_SECONDS))


@asynccontextmanager
async def serving(behaviour: str = "echoes", **environment: str) -> AsyncIterator[Served]:
    said: list[str] = []
    command = (sys.executable, str(STAND_IN), behaviour)
    shown = Shown("a <b> & \x1b[2J\u202e.ftpwatch", command, environment)
    server = WebServer(shown, said.append, lambda error: said.append(f"failed: {error!r}"))
    try:
        url = await server.open("127.0.0.1", 0)
        async with aiohttp.ClientSession() as client:
            yield Served(url, client, said)
    finally:
        await server.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():
            await asyncio.sleep(0.02)


def lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def test_a_visitor_has_a_screen_of_his_own_that_ends_with_him() -> None:
    async with serving(COLOUR="blue") as served:
        first, one = await served.visit_and_meet()
        second, other = await served.visit_and_meet()
        assert one["pid"] != other["pid"]
        assert (
            one["environment"].items() >= {"COLOUR": "blue", "COLUMNS": "80", "ROWS": "24"}.items()
        )
        assert "HOME" not in one["environment"]
        await first.send_str('["stdin", "q"]')
        assert await first.receive_bytes(timeout=PATIENCE_SECONDS) == b"D q"
        await first.close()
        await until(lambda: not lives(one["pid"]))
        assert lives(other["pid"])
        assert not second.closed


async def test_the_ninth_is_told_and_gets_the_place_of_who_leaves() -> None:
    async with serving() as served:
        visits = [await served.visit_and_meet() for _ in range(MOST_VISITORS)]
        assert MOST_VISITORS == 8
        status, text, _ = await served.get()
        assert status == 503
        assert "8 visitors look already" in text
        with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
            await served.visit()
        assert all(lives(about["pid"]) for _, about in visits)
        await visits[3][0].close()
        await until(lambda: not lives(visits[3][1]["pid"]))
        await until_admitted(served)
        assert (await served.get())[0] == 503  # and full again


async def until_admitted(served: Served) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await served.get())[0] != 200:
            await asyncio.sleep(0.02)
    await served.visit_and_meet()


async def test_the_end_of_the_server_ends_all_screens_also_one_that_heeds_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(visit, "LEAVING_SECONDS", 0.3)
    async with serving("stays") as served:
        visits = [await served.visit_and_meet() for _ in range(3)]
        pids = [about["pid"] for _, about in visits]
        assert all(map(lives, pids))
    assert not any(map(lives, pids))


async def test_who_does_not_read_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visit, "SLOW_SECONDS", 0.3)
    monkeypatch.setattr(visit, "LEAVING_SECONDS", 0.3)
    async with serving("floods") as served:
        websocket, about = await served.visit_and_meet()
        transport = websocket._conn.transport  # type: ignore[union-attr]
        assert transport is not None
        transport.pause_reading()
        await until(lambda: not lives(about["pid"]))
        assert (await served.get())[0] == 200


async def test_hostile_frames_cost_their_visit_or_nothing() -> None:
    async with serving() as served:
        neighbour, _ = await served.visit_and_meet()
        websocket, about = await served.visit_and_meet()
        for text in ("", "[[[", '["resize", {"width": ' + "9" * 400 + "}]", '["exit"]'):
            await websocket.send_str(text)
        await websocket.send_bytes(b"\xff" * 100)
        await websocket.send_str('["resize", {"width": 10000, "height": 1}]')
        answer = await websocket.receive_bytes(timeout=PATIENCE_SECONDS)
        assert answer == b'M {"type": "resize", "width": 500, "height": 1}'
        await websocket.send_str(json.dumps(["stdin", "x" * 100_000]))
        closing = await websocket.receive(timeout=PATIENCE_SECONDS)
        assert closing.type is aiohttp.WSMsgType.CLOSE
        assert closing.data == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
        await until(lambda: not lives(about["pid"]))
        await neighbour.send_str('["stdin", "still"]')
        assert await neighbour.receive_bytes(timeout=PATIENCE_SECONDS) == b"D still"
        assert served.said == []


async def test_why_a_screen_did_not_begin_is_said_in_one_harmless_line() -> None:
    async with serving("fails") as served:
        websocket = await served.visit()
        message = await websocket.receive(timeout=PATIENCE_SECONDS)
        assert message.type is aiohttp.WSMsgType.CLOSE
        await until(lambda: bool(served.said))
        assert served.said == ["the screen of a visitor: there is no recording␛[2J here"]


async def test_a_program_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    async with serving() as served:
        websocket = await served.visit()
        await websocket.receive(timeout=PATIENCE_SECONDS)
        await until(lambda: bool(served.said))
        assert served.said == [
            "a screen for a visitor cannot be started: No such file or directory"
        ]


@pytest.mark.parametrize("path", ["", "ws", "static/textual.js", "nothing"])
async def test_a_foreign_page_gets_nothing(path: str) -> None:
    async with serving() as served:
        own = served.url.removeprefix("http://").rstrip("/")
        for headers in (
            {"Host": "evil.example"},
            {"Host": f"evil.example:{own.rpartition(':')[2]}"},
            {"Origin": "http://evil.example"},
            {"Origin": "null"},
            {"Host": "evil.example", "Origin": "http://evil.example"},
            {"Host": own, "Origin": f"http://localhost:{own.rpartition(':')[2]}"},
        ):
            status, text, _ = await served.get(path, **headers)
            assert status == 403, headers
            assert len(text.splitlines()) == 1
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await served.visit(origin="http://evil.example")
        websocket = await served.visit(origin=served.url.rstrip("/"))
        await websocket.receive_bytes(timeout=PATIENCE_SECONDS)


async def test_a_hostile_host_is_shown_and_not_obeyed() -> None:
    async with serving() as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\xe2\x80\xae<b>" + b"x" * 5_000 + b"\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 403 " in head.partition(b"\r\n")[0]
        assert b"text/plain" in head
        body = await reader.read(1_000)
        assert "\u202e" not in body.decode()
        assert len(body) < 300
        writer.close()


async def test_the_page_names_nothing_from_elsewhere() -> None:
    async with serving() as served:
        own = served.url.removeprefix("http://")
        status, text, headers = await served.get()
        assert status == 200
        names = re.findall(r"""(?:href|src|url)="([^"]*)""", text)
        assert names
        assert all(re.match(rf"/|data:,|ws://{own}", name) for name in names), names
        assert "//" not in text.replace(f"ws://{own}", "")
        assert "<title>ftpwatch: a &lt;b&gt; &amp; ␛[2J" in text
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        for name in [*page.FILES, *page.OWN_FILES]:
            async with served.client.get(f"{served.url}static/{name}") as answer:
                assert answer.status == 200, name
        for name in ("", "%2e%2e%2fpage.py", "page.py", "js/textual.js", "/etc/passwd"):
            assert (await served.get(f"static/{name}"))[0] in (403, 404)


async def test_our_style_names_only_our_fonts() -> None:
    style = (Path(page.__file__).with_name("page.css")).read_text()
    assert re.findall(r"url\(([^)]*)\)", style) == [
        '"/static/mono.ttf"',
        '"/static/mono-italic.ttf"',
    ]
    assert "@import" not in style


async def test_a_place_that_is_taken_or_not_ours_is_one_sentence() -> None:
    async with serving() as served:
        port = served.port
        server = WebServer(Shown("a", (), {}), print, print)
        with pytest.raises(
            UserError, match=rf"^cannot listen at 127.0.0.1:{port}: .*free, 0 for any$"
        ):
            await server.open("127.0.0.1", port)
        with pytest.raises(UserError, match="is no loopback address"):
            await server.open("0.0.0.0", 0)
        await server.close()


async def test_an_error_of_ours_is_a_sentence_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    async with serving() as served:

        def fail(*_: object) -> str:
            raise ValueError("unforeseen")

        monkeypatch.setattr("ftpwatch.serving.server.page", fail)
        assert (await served.get())[0] == 500
        assert served.said == ["failed: ValueError('unforeseen')"]
    out = capfd.readouterr()
    assert "Traceback" not in out.err + out.out


async def test_connections_that_say_nothing_keep_nobody_out() -> None:
    async with serving() as served:
        port = served.port
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(200)]
        await served.visit_and_meet()
        for _, writer in idle:
            writer.close()


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        b"\x00\xff\x1b[2J\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_no_error_of_ours(request_bytes: bytes) -> None:
    async with serving() as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(request_bytes)
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert b" 400 " in await reader.readline()
        writer.close()
        assert (await served.get())[0] == 200
        assert served.said == []
