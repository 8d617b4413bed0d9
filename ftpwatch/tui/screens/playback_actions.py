"""The keys of a demo and a replay: pause, pace, to the next step, a look back."""

from typing import Protocol

from textual.screen import Screen

from ftpwatch.core.playback.playing import Moment, Playing
from ftpwatch.core.state.state import WatchState

__all__ = ["PlaybackActions"]


class _Shows(Protocol):
    """The screen that a story is shown on."""

    def hold(self, state: WatchState | None) -> None: ...

    def tell(self, sentence: str) -> None: ...


class PlaybackActions:
    """Carries a key's wish to `playing`; a look back holds the screen at what was known then."""

    def __init__(self, screen: "Screen[None]", playing: Playing | None) -> None:
        self._screen, self._playing = screen, playing

    @property
    def mode(self) -> str:
        """How the story is being played."""
        return "" if self._playing is None else self._playing.words

    @property
    def is_possible(self) -> bool:
        """A demo or a recording is shown."""
        return self._playing is not None

    def do(self, what: str) -> None:
        """What a key names."""
        playing = self._playing
        if playing is None:
            self._screen.notify("only in demo and replay", markup=False, timeout=5)
            return
        match what:
            case "toggle":
                playing.toggle()
            case "back":
                self._look(playing.back(), held=True)
            case "forward":
                looked_back = playing.looks_back
                self._look(playing.forward(), held=not looked_back)
            case "slower":
                playing.change_pace(-1)
            case _:
                playing.change_pace(1)

    def come_home(self) -> None:
        """Another wish ends the look back."""
        if self._playing is not None:
            self._playing.come_home()

    def _look(self, moment: Moment | None, *, held: bool) -> None:
        shows: _Shows = self._screen  # type: ignore[assignment]
        if moment is not None:
            shows.hold(moment.state)
            shows.tell(moment.words)
        elif not held:
            shows.hold(None)
            if self._playing is not None:
                shows.tell(self._playing.said)
