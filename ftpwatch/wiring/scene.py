"""What a front end is given: how to show it, and what it may use."""

from collections.abc import Callable

import msgspec

from ftpwatch.core.limits import LimitsRun
from ftpwatch.core.playing import Playing
from ftpwatch.core.protocols import Clock, Controls, History
from ftpwatch.core.watch import Watch
from ftpwatch.wiring.stopping import Stopping

__all__ = ["Scene", "View"]


class View(msgspec.Struct, frozen=True):
    """How the user wants to see it."""

    mode: str
    ascii_only: bool = False
    color: str = "auto"
    theme: str | None = None


class Scene(msgspec.Struct, frozen=True):
    """What a front end may use."""

    watch: Watch
    clock: Clock
    controls: Controls
    history: History
    stopping: Stopping
    title: str
    notice: str | None = None
    keeping: str = "REC"
    find_limits: Callable[[str], LimitsRun] | None = None
    playing: Playing | None = None
