"""What others saw, read and explained in the test's own process."""

import io
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from ftpwatch.capture.reading import read_capture
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import AnyEvent
from ftpwatch.core.judgement.ends import Ends, the_end_that_matters
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.state.explanation import Explained, Explanation
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.transcripts.moments import LogTimes
from ftpwatch.transcripts.reading import read_log

ADVISOR = KnowledgeAdvisor()
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


class Heard(msgspec.Struct):
    """Entries with the numbers of their lines or packets, and what ended."""

    entries: list[Entry]
    lines: list[int]
    ends: list[Explained]
    format: str | None = None

    @property
    def end(self) -> Explanation | None:
        """That of the end that matters."""
        end = the_end_that_matters(self.ends)
        return None if end is None else end.explanation

    @property
    def events(self) -> list[AnyEvent]:
        return [entry.event for entry in self.entries]

    @property
    def sessions(self) -> list[str]:
        return list(dict.fromkeys(e.session for e in self.entries if e.session is not None))


def heard_log(log: str | bytes, times: LogTimes | None = None) -> Heard:
    data = log.encode() if isinstance(log, str) else log
    names: list[str | None] = []

    def read(put: Callable[[Entry, int], object]) -> None:
        reader = read_log(io.BytesIO(data), "x.log", put, times or LogTimes(NOW))
        names.append(None if reader.format is None else reader.format.name)

    heard = _heard(read)
    heard.format = names[0]
    return heard


def heard_capture(capture: bytes) -> Heard:
    return _heard(lambda put: read_capture(io.BytesIO(capture), "x.pcap", put))


def _heard(read: Callable[[Callable[[Entry, int], object]], object]) -> Heard:
    watch, ends = Watch(ADVISOR), Ends()
    watch.subscribe(ends.receive)
    heard = Heard([], [], [])

    def put(entry: Entry, line: int) -> None:
        heard.entries.append(entry)
        heard.lines.append(line)
        watch.receive(entry)

    read(put)
    watch.settle(float("inf"))
    heard.ends = ends.all()
    return heard
