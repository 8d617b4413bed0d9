"""What the Ends screen is given: where the ends come from, and what of it stays when it is left."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ftpwatch.core.journal.filter import EVERYTHING, Filter
from ftpwatch.core.state.past_end import PastEnd
from ftpwatch.core.state.state import WatchState
from ftpwatch.tui.widgets.ends_list import EndsList

__all__ = ["EndsView", "ShowsEnds"]


class ShowsEnds(Protocol):
    """Where the ends come from. `stamp` is another one where they are other ends; `follows` says
    that there are later ones.
    """

    @property
    def stamp(self) -> object: ...

    @property
    def is_held(self) -> bool: ...

    @property
    def is_reading(self) -> bool: ...

    @property
    def follows(self) -> str: ...

    @property
    def story(self) -> tuple[bool, bool]: ...

    def play(self, what: str) -> None: ...

    def ends(self) -> Sequence[PastEnd]: ...

    def state(self) -> WatchState: ...

    def now(self) -> datetime: ...


class EndsView:
    """What of the table stays when its screen is left."""

    def __init__(self) -> None:
        self.list = EndsList()
        self.filter: Filter = EVERYTHING
        self.filter_text, self.filter_on = "", False
