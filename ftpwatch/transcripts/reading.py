"""Whole logs, read in portions: whatever their size, little of them is in memory at once."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import IO, Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.transcripts.formats import load
from ftpwatch.transcripts.lines import LineSplitter
from ftpwatch.transcripts.moments import LogTimes, Moments
from ftpwatch.transcripts.reader import SAMPLE_LINES, TranscriptReader
from ftpwatch.transcripts.recogniser import Recogniser

__all__ = ["PORTION", "days_in", "read_log"]

PORTION: Final = 262_144


def read_log(
    stream: IO[bytes],
    name: str,
    put: Callable[[Entry, int], object],
    times: LogTimes,
    progress: Callable[[int], object] = lambda _: None,
) -> TranscriptReader:
    """Read all of `stream`; `put` gets each entry with the number of its line, `progress` how many
    bytes were read so far. Returns the reader, which knows the format and how much it heard.
    """
    reader = TranscriptReader(name, put, times)
    splitter, read = LineSplitter(), 0
    for portion in _portions(stream):
        read += len(portion)
        for line in splitter.feed(portion):
            reader.feed(line)
        progress(read)
    for line in splitter.finish():
        reader.feed(line)
    reader.finish()
    return reader


def days_in(stream: IO[bytes], times: LogTimes) -> int:
    """How many midnights a log without dates passes; 0 for one with dates, which is not read to its
    end. Leaves `stream` at its start.
    """
    recogniser = Recogniser(load())
    moments = Moments(times)
    splitter = LineSplitter()
    lines = chain.from_iterable(splitter.feed(portion) for portion in _portions(stream))
    for count, line in enumerate(lines, 1):
        for groups in recogniser.times(line.text):
            moments.of(groups)
        if count == SAMPLE_LINES and not moments.lacks_date:
            break
    stream.seek(0)
    return moments.days


def _portions(stream: IO[bytes]) -> Iterator[bytes]:
    portions: Iterable[bytes] = iter(lambda: stream.read(PORTION), b"")
    yield from portions
