"""Playing a story that has steps, a demo's or a recording's: pause, pace, to the next step, and a
look back at steps that are over. In a demo going back is display only: what happened stays. A
recording is gone to any place of, by `seeking`, and stands there until it is played on.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.core.playback.seeking import Place, Seeking
from ftpwatch.core.state.state import WatchState

__all__ = ["Moment", "Playing"]

_PACES: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


class Moment(msgspec.Struct, frozen=True):
    """A step as it was: what was known then, and the words that went with it."""

    state: WatchState
    words: str
    number: int


class Playing:
    """Steers `clock`. Whoever plays sets `speed`, the story's own, and calls `reached` at each
    step; `hurry` is how much faster it goes to the next one. `said` is what was told last.
    """

    def __init__(
        self,
        clock: PacedClock,
        state: Callable[[], WatchState],
        *,
        speed: float = 1.0,
        hurry: float = 4.0,
        seeking: Seeking | None = None,
    ) -> None:
        self.seeking = seeking
        self._clock, self._state, self._hurry = clock, state, hurry
        self._speed, self._pace = speed, 1.0
        self._paused = self._held = self._over = False
        self._hurries = 0
        self.said = ""
        self._moments: list[Moment] = []
        self._looking: int | None = None
        self._set()

    @property
    def words(self) -> str:
        """How it is being played, for a bar."""
        if self._looking is not None:
            behind = ", paused" if self._paused else ""
            return f"step {self._looking + 1} of {len(self._moments)} (past{behind})"
        if self._hurries:
            return "to the next step" if self._hurries == 1 else f"{self._hurries} steps on"
        speed = self._speed * self._pace
        pace = "" if speed == 1 else f"×{speed:g}"
        if self._over and self.seeking is not None:
            return "at its end"
        return f"{pace} paused".lstrip() if self._paused else pace

    @property
    def speed(self) -> float:
        """The story's own speed."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._speed = speed
        self._set()

    def reached(self, text: str) -> None:
        """A step begins: it can be looked back at, and hurrying to it ends."""
        self._moments.append(Moment(self._state(), text, len(self._moments) + 1))
        self.said, self._hurries = text, max(0, self._hurries - 1)
        self._set()

    def hold(self, wanted: bool) -> None:
        """Stand still for a moment, so that what was told can be read."""
        self._held = wanted
        self._set()

    def end(self, text: str, *, stands: bool = False) -> None:
        """There is no further step; the clock goes on, or `stands`."""
        self.said, self._over, self._hurries = text, True, 0
        self._held = stands
        self._set()

    def go(self, place: Place) -> None:
        """Go to `place` of a recording, and stand there."""
        if self.seeking is not None:
            self._paused, self._over, self._held = True, False, False
            self._set()
            self.seeking.go(place)

    @property
    def is_over(self) -> bool:
        """There is nothing left to play."""
        return self._over

    def toggle(self) -> None:
        """Pause, or play on."""
        self._paused = not self._paused
        self._hurries = 0
        self._set()

    def release(self) -> None:
        """Play on, whatever was wished: the watch is ending, and its goodbyes need time."""
        self._paused = self._held = False
        self._hurries = 0
        self._looking = None
        self._set()

    @property
    def is_hurrying(self) -> bool:
        """Somebody wants the next step now."""
        return self._hurries > 0

    @property
    def is_paused(self) -> bool:
        """Nothing happens until somebody plays on."""
        return self._paused and not self._hurries

    @property
    def looks_back(self) -> bool:
        """An earlier step is shown."""
        return self._looking is not None

    def come_home(self) -> None:
        """Look back no longer."""
        self._looking = None

    def change_pace(self, by: int) -> None:
        """Slower (-1) or faster (1)."""
        at = _PACES.index(self._pace) + by
        self._pace = _PACES[max(0, min(len(_PACES) - 1, at))]
        self._set()

    def back(self) -> Moment | None:
        """The step before the one shown; None where there is none."""
        at = len(self._moments) - 1 if self._looking is None else self._looking
        if at <= 0:
            return self._moments[0] if self._looking == 0 else None
        self._looking = at - 1
        return self._moments[self._looking]

    def forward(self) -> Moment | None:
        """The step after the one shown; None where that is what happens now. Asked then, it
        hurries one step further each time, and pauses there again if it was paused.
        """
        if self._looking is not None:
            self._looking += 1
            if self._looking < len(self._moments) - 1:
                return self._moments[self._looking]
            self._looking = None
            return None
        self._hurries += not self._over
        self._set()
        return None

    def _set(self) -> None:
        if self._hurries:
            self._clock.speed = self._speed * self._hurry
        else:
            stands = self._paused or self._held
            self._clock.speed = 0.0 if stands else self._speed * self._pace
