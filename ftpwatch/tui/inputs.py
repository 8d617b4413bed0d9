"""What the screens are given when they are made."""

from collections.abc import Awaitable, Callable
from enum import StrEnum, auto

import msgspec

from ftpwatch.core.clock import Clock
from ftpwatch.core.controls import Controls
from ftpwatch.core.journal.filter import EVERYTHING, Filter
from ftpwatch.core.journal.history import History
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.playback.playing import Playing
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.limits import LimitsRun
from ftpwatch.core.state.state import WatchState
from ftpwatch.core.text.headline import Headline, Keeping
from ftpwatch.core.text.terminal import Colours
from ftpwatch.tui.keys import Keys

__all__ = ["Look", "Motion", "Reports", "Sources"]


class Reports(msgspec.Struct, frozen=True):
    """`write_up` makes Markdown of an explanation, `save` keeps a text in a new file called after a
    name, gives its path, and raises UserError where it cannot; `copy` puts a text where it can be
    pasted from, and says where that is.
    """

    write_up: Callable[[Explained], str]
    save: Callable[[str, str], str]
    copy: Callable[[str], str] | None = None


class Sources(msgspec.Struct, frozen=True):
    """Where a screen's knowledge comes from, and where its wishes go; `find_limits` starts a
    limits run beside a session, or raises Refused; `playing` steers a demo or a replay.
    `reports` writes explanations up, None where nobody does. `state_after` finds what was known
    after an entry, None where it cannot be read; without it, only what is known now is shown.
    """

    watch: Watch
    clock: Clock
    controls: Controls
    history: History
    find_limits: Callable[[str], LimitsRun] | None = None
    playing: Playing | None = None
    reports: Reports | None = None
    state_after: Callable[[int], Awaitable[WatchState | None]] | None = None


class Motion(StrEnum):
    """Whether anything on the screen moves that need not: cursors that blink, what glides."""

    FULL = auto()
    NONE = auto()


class Look(msgspec.Struct, frozen=True):
    """What stands over it, how the user wants it to look, and which rows to show at first."""

    headline: Headline = Headline()
    ascii_only: bool = False
    colours: Colours = Colours.MANY
    motion: Motion = Motion.FULL
    theme: str | None = None
    wanted: Filter = EVERYTHING
    wanted_text: str = ""
    keys: Keys = Keys()

    @property
    def is_past(self) -> bool:
        """A recording is shown, or what others do: nothing of it can be steered."""
        return self.headline.keeping in (Keeping.REPLAYED, Keeping.FOLLOWED)
