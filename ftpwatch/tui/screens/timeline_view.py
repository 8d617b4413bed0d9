"""What the Timeline screen is given, and what it gives back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.history import History
from ftpwatch.core.state.past_end import PastEnd
from ftpwatch.core.state.state import WatchState
from ftpwatch.tui.screens.timeline_place import TimelinePlace

__all__ = ["Left", "ShowsTimeline"]


class Left(msgspec.Struct, frozen=True):
    """The screen was left on `session`; an end or an entry is to be opened, or neither."""

    session: str
    end: PastEnd | None = None
    entry: Entry | None = None


class ShowsTimeline(Protocol):
    """Where it comes from. `stamp` is another one where the ends are others."""

    place: TimelinePlace

    @property
    def history(self) -> History: ...

    @property
    def stamp(self) -> object: ...

    @property
    def is_held(self) -> bool: ...

    @property
    def story(self) -> bool: ...

    @property
    def seeks(self) -> bool: ...

    def ends(self) -> Sequence[PastEnd]: ...

    def state(self) -> WatchState: ...

    def now(self) -> float: ...

    def local(self, at: datetime) -> datetime: ...

    def freeze(self) -> None: ...

    def play(self, what: str) -> None: ...
