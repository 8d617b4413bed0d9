"""Whole captures, read packet by packet."""

from collections.abc import Callable
from datetime import datetime

from ftpwatch.capture.flows import Flows
from ftpwatch.capture.packets import Readable, segments
from ftpwatch.core.conversation.overheard import Overheard
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import SourceOpened
from ftpwatch.core.journal.vocabulary import SourceKind

__all__ = ["read_capture"]


def read_capture(
    stream: Readable,
    name: str,
    put: Callable[[Entry, int], object],
    progress: Callable[[int], object] = lambda _: None,
) -> int:
    """Read all of `stream`; `put` gets each entry with the number of its packet.
    Returns how many entries there were. Raises UserError where it is not a capture.
    """
    number = heard = 0

    def keep(entry: Entry) -> None:
        nonlocal heard
        heard += 1
        put(entry, number)

    source = SourceOpened(kind=SourceKind.CAPTURE, name=name, format=None, timed=True)
    flows = Flows(Overheard(source, keep))
    at: datetime | None = None
    for segment in segments(stream, name, progress):
        number, at = segment.number, segment.at
        flows.take(segment)
    flows.finish(at)
    return heard
