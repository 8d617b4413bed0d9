"""Chromium without a window, steered over its DevTools protocol; what it asked for is noted."""

import asyncio
import base64
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--force-device-scale-factor=1", "--remote-debugging-port=0",
)  # fmt: skip
_PATIENCE_SECONDS = 30.0


class Tab:
    """One page. `asked` are the addresses that it wanted, `said` what its console shows."""

    def __init__(self, websocket: aiohttp.ClientWebSocketResponse) -> None:
        self._websocket = websocket
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.asked: list[str] = []
        self.said: list[str] = []

    async def read(self) -> None:
        async for message in self._websocket:
            told = message.json()
            params = told.get("params", {})
            match told.get("method"):
                case None:
                    self._answers.pop(told["id"]).set_result(told)
                case "Network.requestWillBeSent":
                    self.asked.append(params["request"]["url"])
                case "Network.webSocketCreated":
                    self.asked.append(params["url"])
                case "Runtime.exceptionThrown":
                    self.said.append(str(params["exceptionDetails"]))
                case "Log.entryAdded":
                    self.said.append(params["entry"]["text"])

    async def call(self, method: str, **params: object) -> dict[str, Any]:
        number = len(self._answers) + 1
        while number in self._answers:
            number += 1
        self._answers[number] = asyncio.get_running_loop().create_future()
        answer = self._answers[number]
        await self._websocket.send_json({"id": number, "method": method, "params": params})
        result: dict[str, Any] = await asyncio.wait_for(answer, _PATIENCE_SECONDS)
        assert "error" not in result, result
        return result["result"]

    async def evaluate(self, expression: str) -> Any:
        result = await self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        return result["result"].get("value")

    async def until(self, expression: str) -> None:
        """Wait until it holds in the page."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not await self.evaluate(expression):
                await asyncio.sleep(0.05)

    async def go(self, url: str) -> None:
        await self.call("Page.navigate", url=url)

    async def press(self, key: str) -> None:
        await self.call("Input.dispatchKeyEvent", type="keyDown", text=key, key=key)
        await self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def picture(self) -> bytes:
        """As PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot"))["data"])


@asynccontextmanager
async def browsing(folder: Path, width: int, height: int) -> AsyncIterator[Tab]:
    """A tab of a browser that knows nothing, and ends with it."""
    assert CHROMIUM is not None
    process = await asyncio.create_subprocess_exec(
        CHROMIUM, *_FLAGS, f"--user-data-dir={folder}", "about:blank",
        stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while b"DevTools listening on" not in (line := await process.stderr.readline()):
                assert line, "Chromium does not begin"
        port = line.decode().rpartition(":")[2].partition("/")[0]
        async with aiohttp.ClientSession() as client:
            async with client.get(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [page for page in await answer.json() if page["type"] == "page"]
            address = pages[0]["webSocketDebuggerUrl"]
            async with client.ws_connect(address, max_msg_size=0) as websocket:
                tab = Tab(websocket)
                reading = asyncio.ensure_future(tab.read())
                for domain in ("Page", "Network", "Runtime", "Log"):
                    await tab.call(f"{domain}.enable")
                size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
                await tab.call("Emulation.setDeviceMetricsOverride", **size)
                yield tab
                reading.cancel()
    finally:
        process.terminate()
        await process.communicate()
