"""A source that grows, followed: a thread reads, the loop publishes; what was there before is shown
at once.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from ftpwatch.core.errors import UserError
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.transcripts.lines import LineSplitter
from ftpwatch.transcripts.moments import LogTimes
from ftpwatch.transcripts.reader import TranscriptReader
from ftpwatch.wiring.converted import Kept
from ftpwatch.wiring.growing import Growing
from ftpwatch.wiring.overhearing import Kind, capture_reader, kind_of, zone_of
from ftpwatch.wiring.terminal import take_stdin

__all__ = ["Following"]

_HEAD: Final = 4
_AT_ONCE: Final = 200


class Following:
    """The file at `path`, or stdin. Raises UserError where it cannot be read."""

    def __init__(self, path: Path | None, zone: str | None, journal: Kept) -> None:
        self.name = "stdin" if path is None else path.name
        self._zone, self._journal = zone_of(zone), journal
        self._growing = Growing(path, take_stdin() if path is None else None)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._batch: list[Entry] = []

    def stop(self) -> None:
        """Leave it; it may go on growing."""
        self._growing.stop()

    async def run(self, clock: PacedClock, republish: Callable[[Entry], object]) -> None:
        """Publish what comes, until it ends. Raises UserError for what cannot be followed."""
        self._loop = asyncio.get_running_loop()
        self._clock, self._republish = clock, republish
        thread = ThreadPoolExecutor(1, thread_name_prefix="following")
        try:
            await self._loop.run_in_executor(thread, self._read)
        finally:
            self._growing.stop()
            thread.shutdown(wait=True)
            self._growing.close()

    # --- in the thread ---------------------------------------------------------------------

    def _read(self) -> None:
        head = self._growing.peek(_HEAD)
        kind = kind_of(head) if head else Kind.LOG
        if kind is Kind.CAPTURE:
            self._read_capture()
        elif kind is Kind.LOG:
            self._read_log()
        else:
            raise UserError(
                f"{self.name} cannot be followed: it is neither a log nor a capture (pcap, pcapng)"
            )
        self._hand_on()

    def _read_log(self) -> None:
        zone, zone_name = self._zone
        times = LogTimes(datetime.now(UTC), zone, zone_name)
        reader, splitter = TranscriptReader(self.name, self._put, times), LineSplitter()
        data: bytes | None = self._growing.left()
        while data is not None:
            for line in splitter.feed(data) if data else ():
                reader.feed(line)
            if not data:
                reader.settle()
                self._hand_on()
            data = self._growing.some()
        for line in splitter.finish():
            reader.feed(line)
        reader.finish()

    def _read_capture(self) -> None:
        capture_reader()(self._growing, self.name, self._put, lambda _: self._hand_on())

    def _put(self, entry: Entry, _: int) -> None:
        self._batch.append(entry)
        if len(self._batch) >= _AT_ONCE:
            self._hand_on()

    def _hand_on(self) -> None:
        batch, self._batch = self._batch, []
        if batch and self._loop is not None and not self._loop.is_closed():
            asyncio.run_coroutine_threadsafe(self._publish(batch), self._loop).result()

    # --- in the loop -----------------------------------------------------------------------

    async def _publish(self, batch: list[Entry]) -> None:
        for entry in batch:
            self._journal.put(entry)
        self._journal.flush()
        for entry in batch:
            self._keep_time(entry)
            self._republish(entry)

    def _keep_time(self, entry: Entry) -> None:
        """The clock shows what the wall shows, as far as the source has times."""
        if not entry.timed:
            self._clock.skip_to(entry.elapsed_seconds)
            return
        if entry.seq == 1:
            self._clock.origin = entry.at - timedelta(seconds=entry.elapsed_seconds)
        now = (datetime.now(UTC) - self._clock.origin).total_seconds()
        self._clock.skip_to(max(now, entry.elapsed_seconds))
