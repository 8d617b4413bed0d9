"""Whole logs, read in portions: whatever their size, little of them is in memory at once."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import IO, Final

from msgspec.structs import replace

from ftpwatch.core.journal.entry import Entry
from ftpwatch.transcripts.formats import load
from ftpwatch.transcripts.lines import LineSplitter
from ftpwatch.transcripts.moments import LogTimes, Moments
from ftpwatch.transcripts.reader import SAMPLE_LINES, TranscriptReader
from ftpwatch.transcripts.recogniser import Recogniser

__all__ = ["PORTION", "looked_over", "read_log"]

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


def looked_over(stream: IO[bytes], times: LogTimes) -> LogTimes:
    """`times` with what only the whole log shows: how many midnights pass in one without dates, and
    which number of a date is the day. One that shows both early is not read to its end. Leaves
    `stream` at its start.
    """
    recogniser, moments, splitter = Recogniser(load()), Moments(times), LineSplitter()
    lines = chain.from_iterable(splitter.feed(portion) for portion in _portions(stream))
    first = [line.text for line in islice(lines, SAMPLE_LINES)]
    recogniser.settle(first)
    for count, text in enumerate(chain(first, (line.text for line in lines)), 1):
        for groups in recogniser.times(text) or recogniser.read(text).times:
            moments.of(groups)
        undecided = moments.is_ambiguous and moments.day_first is None
        if count >= SAMPLE_LINES and not moments.lacks_date and not undecided:
            break
    stream.seek(0)
    return replace(times, days_before=moments.days, day_first=moments.day_first)


def _portions(stream: IO[bytes]) -> Iterator[bytes]:
    portions: Iterable[bytes] = iter(lambda: stream.read(PORTION), b"")
    yield from portions
