"""A browser's window that changes while its screen starts."""

import asyncio
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from textual.drivers import web_driver
from textual.events import Key, Resize

from ftpwatch.tui.visitor_driver import VisitorDriver

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGTERM"), reason="POSIX")


class App:
    """What a driver tells it. As with Textual's, what comes from another thread waits one turn
    of the loop, what comes from a coroutine as long as that takes to begin.
    """

    def __init__(self) -> None:
        self.sizes: list[tuple[int, int]] = []
        self.keys: list[str] = []

    def _hear(self, message: object) -> None:
        if isinstance(message, Resize):
            self.sizes.append((message.size.width, message.size.height))
        elif isinstance(message, Key):
            self.keys.append(message.key)

    async def _post_message(self, message: object) -> None:
        self._hear(message)

    def post_message(self, message: object) -> None:
        asyncio.get_running_loop().call_soon(self._hear, message)

    def call_later(self, *_: object) -> None:
        """Nothing here is asked for later."""

    def terminal_is_gone(self) -> None:
        """It ends with its test."""


class Driver(VisitorDriver):
    """Writes nowhere and reads nothing."""

    def _put(self, data: bytes) -> int:
        return len(data)

    def run_input_thread(self) -> None:
        """No keys."""


@pytest.fixture
def quiet_signals() -> Iterator[None]:
    yield
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler if number == 2 else signal.SIG_DFL)


@pytest.mark.usefixtures("quiet_signals")
async def test_the_newest_window_is_the_last_that_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(web_driver, "InputReader", object)  # of a pipe, which tests have not
    app: Any = App()
    driver = Driver(app, size=(80, 24))
    driver.start_application_mode()
    driver.on_meta("resize", {"width": 300, "height": 100})
    async with asyncio.timeout(10):
        while not {(80, 24), (300, 100)} <= set(app.sizes):
            await asyncio.sleep(0)
    for _ in range(10):
        await asyncio.sleep(0)
    assert app.sizes[-1] == (300, 100)


class Piped(VisitorDriver):
    """Reads what a browser sent, and writes nowhere."""

    def _put(self, data: bytes) -> int:
        return len(data)


async def test_a_window_as_large_as_somebody_types_is_no_window(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Reader:
        """A pipe with one packet."""

        def __iter__(self) -> Iterator[bytes]:
            text = b"\x1b[48;20000;20000;1;1tx\x1b[1114112uy"
            yield b"D" + len(text).to_bytes(4, "big") + text

        def close(self) -> None:
            """Nothing is open."""

    monkeypatch.setattr(web_driver, "InputReader", Reader)
    app: Any = App()
    driver = Piped(app, size=(80, 24))
    monkeypatch.setattr(driver, "send_message", app._hear)
    driver.run_input_thread()
    assert app.sizes == []
    assert app.keys == ["x", "y"]
