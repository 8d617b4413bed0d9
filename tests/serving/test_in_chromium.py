"""The page in a real browser: what is drawn, what it asks for, what pages of others get."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from ftpwatch.serving.server import Shown, WebServer
from ftpwatch.wiring.serving import ServePlan, command_of, environment_of_visitors
from serving.browser import CHROMIUM, browsing
from serving.recorded import told

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
DRAWN = "document.body.classList.contains('-first-byte')"
ENDED = "document.body.classList.contains('-closed')"
# An empty page is 5 kB large, and one that is full of words 70.
FULL_BYTES = 30_000
FOREIGN = """<script>
  const socket = new WebSocket("ws://127.0.0.1:%d/ws?width=80&height=24");
  socket.onopen = () => document.title = "let in";
  socket.onerror = () => document.title = "refused";
</script>"""


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[str]:
    tale = told(folder / "w.ftpwatch")
    words = ("serve", "--for-visitor", "--color=auto", "--theme=dark")
    plan = ServePlan(folder / "w.ftpwatch", ("127.0.0.1", 0), words)
    said: list[str] = []
    shown = Shown("w.ftpwatch", command_of(plan), environment_of_visitors())
    server = WebServer(shown, said.append, lambda error: said.append(repr(error)))
    try:
        yield await server.open(*plan.listen)
    finally:
        await server.close()
        tale.journal.close()
    assert said == [], "\n".join(said)


async def test_a_browser_shows_the_screen_and_asks_nobody_else(tmp_path: Path) -> None:
    async with serving(tmp_path) as url, browsing(tmp_path / "browser", 1200, 760) as tab:
        await tab.go(url)
        await tab.until(DRAWN)
        async with asyncio.timeout(30):
            while len(picture := await tab.picture()) < FULL_BYTES:
                await asyncio.sleep(0.1)
        assert picture.startswith(b"\x89PNG")
        (tmp_path / "page.png").write_bytes(picture)
        own = re.escape(url.removeprefix("http://"))
        assert all(re.match(rf"(http|ws)://{own}|data:", asked) for asked in tab.asked), tab.asked
        assert any(asked.startswith("ws:") for asked in tab.asked)
        assert not [word for word in tab.said if "WebGL" not in word], tab.said
        assert await tab.evaluate("document.fonts.check(\"16px 'Roboto Mono'\")")
        await tab.press("q")
        await tab.until(ENDED)
        assert await tab.evaluate("document.querySelector('.ended').innerText") == (
            "This screen has ended, or was not read for too long. Look again"
        )


async def test_the_page_may_reach_nobody_else(tmp_path: Path) -> None:
    """The script of the terminal fetches what `ping` names, unless the policy forbids it."""
    asked: list[str] = []

    async def note(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text="")

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", note)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    elsewhere = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    async with serving(tmp_path) as url, browsing(tmp_path / "browser", 800, 600) as tab:
        await tab.go(f"{url}?ping={elsewhere}told")
        await tab.until("document.readyState === 'complete'")
        fetched = f"fetch('{elsewhere}told', {{mode: 'no-cors'}}).then(() => 1, () => 0)"
        assert await tab.evaluate(fetched) == 0
        assert asked == []
    await runner.cleanup()


async def test_a_page_of_somebody_else_opens_no_socket(tmp_path: Path) -> None:
    async with serving(tmp_path) as url, browsing(tmp_path / "browser", 800, 600) as tab:
        port = int(url.rstrip("/").rpartition(":")[2])

        async def page(_: web.Request) -> web.Response:
            return web.Response(text=FOREIGN % port, content_type="text/html")

        app = web.Application()
        app.router.add_get("/", page)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await tab.go(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        await tab.until("document.title !== ''")
        assert await tab.evaluate("document.title") == "refused"
        # The same words from our own page are let in.
        await tab.go(url)
        await tab.until("document.readyState === 'complete'")
        await tab.evaluate((FOREIGN % port).removeprefix("<script>").removesuffix("</script>"))
        await tab.until("document.title === 'let in'")
        await runner.cleanup()
