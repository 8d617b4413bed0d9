"""An end of a connection as a table of ends lists it."""

from typing import Final

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import ConnectionClosed
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.state.explanation import Explained

__all__ = ["PastEnd"]

_WANTED: Final = (Cause.LOCAL, Cause.CLIENT_QUIT)
_REVISIONS_KEPT: Final = 4


class PastEnd(msgspec.Struct, frozen=True):
    """A close, or an attempt that came to nothing, by its `entry`.

    hosts: by what `host:` knows its session
    told: how it was explained, oldest first, each with the seq of the entry after which that was
    known
    """

    entry: Entry
    hosts: tuple[str, ...] = ()
    told: tuple[tuple[int, Explained], ...] = ()

    @property
    def seq(self) -> int:
        """That of the entry."""
        return self.entry.seq

    @property
    def session(self) -> str:
        """Whose end it is; not neutralised."""
        return self.entry.session or ""

    @property
    def explained(self) -> Explained | None:
        """As it was explained last; None where that is not kept."""
        return self.told[-1][1] if self.told else None

    @property
    def cause(self) -> Cause | None:
        """Why, as far as it is known."""
        explained = self.explained
        return None if explained is None else explained.explanation.cause

    @property
    def code(self) -> int | None:
        """Of the reply that it is explained by."""
        if self.explained is not None:
            return self.explained.explanation.code
        event = self.entry.event
        return event.announced_by if isinstance(event, ConnectionClosed) else None

    @property
    def lived_seconds(self) -> float | None:
        """For how long the connection stood; None where none did, or a log does not say."""
        event = self.entry.event
        return event.open_seconds if isinstance(event, ConnectionClosed) else None

    @property
    def is_expected(self) -> bool:
        """We, or who uses the client, wanted it."""
        event = self.entry.event
        solicited = isinstance(event, ConnectionClosed) and event.solicited
        return self.cause in _WANTED or (solicited and self.cause is None)

    @property
    def cure(self) -> str:
        """The first thing to do about it; not neutralised, empty where there is none."""
        if self.explained is None:
            return ""
        advice = self.explained.explanation.advice
        return next(iter((*advice.client, *advice.server)), "")

    def told_anew(self, seq: int, explained: Explained) -> "PastEnd":
        """Explained otherwise, as it was known after the entry `seq`."""
        told = (*self.told, (seq, explained))[-_REVISIONS_KEPT:]
        return PastEnd(self.entry, self.hosts, told)

    def as_of(self, seq: int) -> "PastEnd":
        """As it was known right after the entry `seq`."""
        told = tuple(one for one in self.told if one[0] <= seq) or self.told[:1]
        return self if len(told) == len(self.told) else PastEnd(self.entry, self.hosts, told)
