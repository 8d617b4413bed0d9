"""A recording of a watch that goes on, and the real screen of a visitor over it, in its process."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from knowledge.contexts import Tale

from ftpwatch.core.judgement.watch import Update
from ftpwatch.record.journal import Bounds, Journal
from ftpwatch.wiring.serving import ServePlan, command_of, environment_of_visitors

PATIENCE_SECONDS = 60.0
ESCAPE = "\x1b[27u"  # as one key, not as the beginning of another
_SEQUENCE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07)")


class RecordedTale(Tale):
    """What happens is kept in `path` at once."""

    def __init__(self, path: Path, bounds: Bounds | None = None) -> None:
        super().__init__()
        self.journal = Journal(path, bounds=bounds or Bounds())
        self.watch.subscribe(self._keep)

    def _keep(self, update: Update) -> None:
        if update.entry is not None:
            self.journal.keep([update.entry])


def told(path: Path, bounds: Bounds | None = None) -> RecordedTale:
    """Two sessions, one of which idled out, and one that lives."""
    tale = RecordedTale(path, bounds)
    for name in ("eu-1", "eu-2"):
        tale.ready(session=name, keep_alive=30)
    tale.asks(30, "NOOP", session="eu-2").says(30.1, 200, "ok", session="eu-2")
    tale.says(60, 421, "Timeout.", session="eu-1").closes(60, 421, session="eu-1")
    return tale


class Screen:
    """The process of one visitor. `drawn` is all that it drew, `metas` what else it said."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process, self.pid = process, process.pid
        self.drawn, self.metas = bytearray(), list[object]()

    async def read(self) -> None:
        output = self.process.stdout
        assert output is not None
        assert await output.readline() == b"__GANGLION__\n"
        while True:
            head = await output.readexactly(5)
            payload = await output.readexactly(int.from_bytes(head[1:], "big"))
            if head[:1] == b"D":
                self.drawn += payload
            else:
                self.metas.append(json.loads(payload))

    @property
    def text(self) -> str:
        """What it drew, without where and how."""
        return _SEQUENCE.sub(b"", bytes(self.drawn)).decode()

    def send(self, keys: str) -> None:
        self._send(b"D", keys.encode())

    def resize(self, width: int, height: int) -> None:
        meta = {"type": "resize", "width": width, "height": height}
        self._send(b"M", json.dumps(meta).encode())

    async def until_drawn(self, words: str, meanwhile: str = "") -> None:
        """Wait until it shows `words`, pressing `meanwhile` every now and then."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            looks = 0
            while words not in self.text:
                assert self.process.returncode is None, self.text
                looks += 1
                if meanwhile and looks % 10 == 0:
                    self.send(meanwhile)
                await asyncio.sleep(0.03)

    async def until_caught_up(self) -> None:
        """All that was sent is done, and the live screen is shown."""
        for height, words in ((19, "ftpwatch needs 60×20"), (36, "Dialogue -")):
            self.drawn.clear()
            self.resize(200, height)  # notifications hide nothing of the words then
            await self.until_drawn(words, ESCAPE)
        self.drawn.clear()

    def _send(self, kind: bytes, payload: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(kind + len(payload).to_bytes(4, "big") + payload)


@asynccontextmanager
async def visiting(recording: Path, **environment: str) -> AsyncIterator[Screen]:
    """The screen of a visitor of `recording`."""
    words = ("serve", "--for-visitor", "--color=auto", "--theme=dark")
    command = command_of(ServePlan(recording, ("127.0.0.1", 0), words))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True,
        env={**environment_of_visitors(), "COLUMNS": "120", "ROWS": "36", **environment},
        cwd=os.environ.get("HOME"),
    )  # fmt: skip
    screen = Screen(process)
    reading = asyncio.ensure_future(screen.read())
    try:
        yield screen
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await asyncio.gather(reading, return_exceptions=True)
