"""A source that grows, followed: a thread reads, the loop publishes; what was there before is shown
at once.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from ftpwatch.config.timezones import zone_of
from ftpwatch.core.errors import UserError
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.transcripts.lines import LineSplitter
from ftpwatch.transcripts.moments import LogTimes
from ftpwatch.transcripts.reader import TranscriptReader
from ftpwatch.wiring.converted import Kept
from ftpwatch.wiring.growing import Growing
from ftpwatch.wiring.overhearing import Kind, capture_reader, kind_of
from ftpwatch.wiring.terminal import take_stdin

__all__ = ["Following"]

_HEAD: Final = 4
_AT_ONCE: Final = 200
_PATIENCE_SECONDS: Final = 0.3


class Following:
    """The file at `path`, or stdin. Raises UserError where it cannot be read."""

    def __init__(self, path: Path | None, zone: str | None, journal: Kept) -> None:
        self.name = "stdin" if path is None else path.name
        self._zone, self._journal = zone_of(zone), journal
        self._growing = Growing(path, take_stdin() if path is None else None)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._batch: list[Entry] = []
        self._shown_at = time.monotonic()

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
        turns = self._growing.turns
        data: bytes | None = self._growing.left()
        while data is not None:
            for line in splitter.feed(data) if data else ():
                reader.feed(line)
            if not data:
                reader.pause()
            if not data or time.monotonic() - self._shown_at > _PATIENCE_SECONDS:
                reader.settle()
                self._hand_on()
            data = self._growing.some()
            if turns != self._growing.turns:
                turns = self._growing.turns
                for line in splitter.finish():
                    reader.feed(line)
                splitter = LineSplitter()
        for line in splitter.finish():
            reader.feed(line)
        reader.finish()

    def _read_capture(self) -> None:
        self._growing.quiet = self._hand_on
        capture_reader()(self._growing, self.name, self._put, self._hand_on_in_time)

    def _hand_on_in_time(self, _: int) -> None:
        if time.monotonic() - self._shown_at > _PATIENCE_SECONDS:
            self._hand_on()

    def _put(self, entry: Entry, _: int) -> None:
        self._batch.append(entry)
        if len(self._batch) >= _AT_ONCE:
            self._hand_on()

    def _hand_on(self) -> None:
        """Waits for the loop, which once it is to stop may be waiting for this thread."""
        batch, self._batch = self._batch, []
        self._shown_at = time.monotonic()
        if not batch or self._loop is None or self._growing.stopped:
            return
        shown = asyncio.run_coroutine_threadsafe(self._publish(batch), self._loop)
        while not self._growing.stopped:
            with contextlib.suppress(TimeoutError):
                shown.result(_PATIENCE_SECONDS)
                return

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
