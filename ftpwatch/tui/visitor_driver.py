"""Textual's driver for a screen in a browser, which ends with whoever it is drawn for: Textual's
own goes on where its input has ended, and where nobody takes what it draws. How large the window is
comes in packets, whose numbers have bounds; what is typed tells nothing of it.
"""

import asyncio
import contextlib
import os
from codecs import getincrementaldecoder
from collections.abc import Iterable
from typing import Any

from textual.drivers._byte_stream import ByteStream
from textual.drivers.web_driver import WebDriver, _ExitInput
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message

from ftpwatch.tui.typed_parser import TypedParser

__all__ = ["VisitorDriver"]


class VisitorDriver(WebDriver):
    """The app it drives has `terminal_is_gone`."""

    def __init__(self, app: Any, **settings: Any) -> None:
        self._own_loop = asyncio.get_running_loop()
        super().__init__(app, **settings)
        self._write = self._put  # type: ignore[assignment]

    def start_application_mode(self) -> None:
        """What Textual's own tells of the window at the start may come after what a visitor told
        of it meanwhile, so what holds is told once more.
        """
        super().start_application_mode()
        asyncio.run_coroutine_threadsafe(self._tell_size(), self._own_loop)

    def run_input_thread(self) -> None:
        parser, packets = TypedParser(self._debug), ByteStream()
        decode = getincrementaldecoder("utf-8")("replace").decode
        with (
            contextlib.suppress(_ExitInput, OSError, ValueError),
            contextlib.closing(self._input_reader) as pieces,
        ):
            for piece in pieces:
                for kind, payload in packets.feed(piece) if piece else ():
                    if kind == "D":
                        self._take(parser.feed(decode(payload)))
                    else:
                        self._on_meta(kind, payload)
                self._take(parser.tick())
        self._gone()

    def _take(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)

    def process_message(self, message: Message) -> None:
        if not isinstance(message, Resize):
            super().process_message(message)

    async def _tell_size(self) -> None:
        size = Size(*(self._size or (80, 24)))
        await self._app._post_message(Resize(size, size))

    def _put(self, data: bytes) -> int:
        """All of it: a pipe may take less at once."""
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self.fileno, left) :]
        except OSError:
            self._gone()
        return len(data)

    def _gone(self) -> None:
        if not self.exit_event.is_set():
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._own_loop.call_soon_threadsafe(self._app.terminal_is_gone)  # type: ignore[attr-defined]
