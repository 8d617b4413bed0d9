"""What a front end is given: how to show it, and what it may use."""

from collections.abc import Awaitable, Callable

import msgspec

from ftpwatch.core.clock import Clock
from ftpwatch.core.controls import Controls
from ftpwatch.core.journal.filter import EVERYTHING, Filter
from ftpwatch.core.journal.history import History
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.playback.playing import Playing
from ftpwatch.core.state.limits import LimitsRun
from ftpwatch.core.state.state import WatchState
from ftpwatch.core.text.headline import Headline
from ftpwatch.core.text.terminal import Colours
from ftpwatch.headless.narration import Narration
from ftpwatch.wiring.stopping import Stopping

__all__ = ["Scene", "ScreenBroke", "View"]


class View(msgspec.Struct, frozen=True):
    """How the user wants to see it; `colours` are those that are drawn, `moves` says whether what
    need not move may. `keys` are the user's own, by the ids of their actions. One that is `visited`
    is drawn for a browser, and nothing can be done in it but look.
    """

    mode: str
    ascii_only: bool = False
    colours: Colours = Colours.MANY
    moves: bool = True
    theme: str | None = None
    keys: dict[str, str] = {}
    visited: bool = False


class ScreenBroke(Exception):
    """The screen cannot be shown any more; what is watched does not depend on it."""


class Scene(msgspec.Struct, frozen=True):
    """What a front end may use; `failed` hears of errors of ours while something is shown. Only
    what the filter `wanted` asks for is shown at first, `wanted_text` as it was written.
    `state_after` finds what was known after an entry.
    """

    watch: Watch
    clock: Clock
    controls: Controls
    history: History
    stopping: Stopping
    narration: Narration
    headline: Headline
    find_limits: Callable[[str], LimitsRun] | None = None
    playing: Playing | None = None
    failed: Callable[[Exception], None] | None = None
    wanted: Filter = EVERYTHING
    wanted_text: str = ""
    state_after: Callable[[int], Awaitable[WatchState | None]] | None = None
