"""What somebody who looks elsewhere should hear of."""

from datetime import datetime

import msgspec

from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.state.explanation import Confidence, Explained

__all__ = ["Alert", "Destination"]


class Alert(msgspec.Struct, frozen=True):
    """An end against our will, or ends of one host that are one event.

    `seq` and `at` (UTC) are those of the first close, `sessions` the names of the first few of
    `count`, `host` and `port` where they were aimed, `was_ready` whether any had logged in,
    `causes` each with how many ended for it, the most frequent first, of which `confidence`,
    `summary` (a sentence), `heading` (the reply or the close in the server's words, not
    neutralised), `code` and `cure` (what to do, None where nothing helps) are, and `explained`, all
    of it, None where an error of ours cost that. `more`: alerts that were not told before this one.
    """

    seq: int
    at: datetime
    sessions: tuple[str, ...]
    count: int
    host: str
    port: int
    was_ready: bool
    causes: tuple[tuple[Cause, int], ...]
    confidence: Confidence
    summary: str
    heading: str
    code: int | None = None
    cure: str | None = None
    more: int = 0
    explained: Explained | None = None

    @property
    def cause(self) -> Cause:
        """The most frequent."""
        return self.causes[0][0]


class Destination(msgspec.Struct, frozen=True):
    """Where messages about alerts go: `source` says where its URL stands, `openly` that everybody
    on the machine can read it there.
    """

    source: str
    url: Secret
    openly: bool = False

    @property
    def wire(self) -> str:
        """The URL itself, for whoever sends there and nobody else."""
        return self.url._revealed()
