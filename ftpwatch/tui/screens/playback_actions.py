"""The keys of a demo and a replay: pause, pace, from step to step, to any place of a recording."""

import time
from typing import Final, Protocol

from textual.screen import Screen

from ftpwatch.core.clock import Clock
from ftpwatch.core.playback.playing import Playing
from ftpwatch.core.playback.seeking import Place, Seeking, StepKind
from ftpwatch.core.playback.wished_place import ACCEPTED_PLACES, place_of
from ftpwatch.core.state.state import WatchState
from ftpwatch.tui.dialogs.ask import Ask
from ftpwatch.tui.keys import keys_on
from ftpwatch.tui.widgets.replay_bar import ReplayBar

__all__ = ["PlaybackActions"]

_READ_SECONDS: Final = 5.0


class _Shows(Protocol):
    """The screen that a story is shown on."""

    def hold(self, state: WatchState | None, words: str = "") -> None: ...


class PlaybackActions:
    """Carries a key's wish to `playing`. A recording is gone to a place of; in a demo, a look back
    holds the screen at what was known then.
    """

    def __init__(self, screen: "Screen[None]", playing: Playing | None, clock: Clock) -> None:
        self._screen, self._playing, self._clock = screen, playing, clock
        self._said = "", 0.0

    @property
    def _seeking(self) -> Seeking | None:
        return self._playing.seeking if self._playing is not None else None

    @property
    def mode(self) -> str:
        """How a demo is being played, and how to come back to it."""
        playing = self._playing
        if playing is None or playing.seeking is not None:
            return ""
        if not playing.looks_back:
            return playing.words
        return f"{playing.words} · {self._first('follow')} returns to the present"

    @property
    def nothing(self) -> str:
        """What stands where a story has no session at the moment."""
        if self._playing is None:
            return ""
        return "no session at this moment" if self.seeks else "the next part begins"

    @property
    def is_possible(self) -> bool:
        """A demo or a recording is shown."""
        return self._playing is not None

    @property
    def seeks(self) -> bool:
        """A recording is shown, any moment of which can be gone to."""
        return self._seeking is not None

    def ends_follow(self, shown: int) -> str:
        """That the recording has ends after the entry `shown`, up to when it is shown, and which
        key goes to its end; empty where it has none.
        """
        seeking = self._seeking
        later = [s for s in seeking.steps or () if s.seq > shown] if seeking is not None else []
        if seeking is None or all(step.kind is StepKind.MARK for step in later):
            return ""
        upto = (
            f"up to {self._clock.now().astimezone():%H:%M:%S}" if seeking.span.timed else "so far"
        )
        return f"{upto}, more follow ({self._first('place.end')} shows all)"

    def do(self, what: str) -> None:
        """What a key names."""
        playing = self._playing
        if playing is None:
            self._say(f"only in a demo or a replay: {self._keys()}")
        elif what in ("slower", "faster"):
            playing.change_pace(1 if what == "faster" else -1)
        elif what == "toggle":
            self._toggle(playing)
        elif playing.seeking is not None:
            self._seek(playing.seeking, what)
        elif what in ("back", "forward"):
            self._look(playing, what)
        else:
            back = self._first("step.back")
            self._say(f"a demo happens now: only a replay goes to any moment; {back} looks back")

    def come_home(self) -> None:
        """Another wish ends the look back."""
        if self._playing is not None:
            self._playing.come_home()

    def show(self, bar: ReplayBar, state: WatchState, now: float) -> None:
        """Have `bar` show where in the recording the screen is."""
        if self._playing is not None and self._seeking is not None:
            bar.show(self._playing, state.seq, now)

    def go(self, place: Place) -> None:
        """Go to `place` of the recording."""
        if self._playing is not None:
            self._playing.go(place)

    # --- a recording ---------------------------------------------------------------------------

    def _toggle(self, playing: Playing) -> None:
        if playing.seeking is not None and playing.is_over:
            start, anywhere = self._first("place.start"), self._first("go_to")
            self._say(f"this is its end: {start} goes to its start, {anywhere} anywhere")
            return
        playing.toggle()
        if playing.looks_back:
            goes_on = "stands still" if playing.is_paused else "goes on"
            self._say(f"behind this the demo {goes_on}: {self._first('follow')} returns to it")

    def _seek(self, seeking: Seeking, what: str) -> None:
        if what == "place":
            self._screen.app.push_screen(
                Ask(f"Go to which time of the recording?\n{ACCEPTED_PLACES}", accept=self._accept)
            )
        elif what in ("back", "forward"):
            self._to_step(seeking, 1 if what == "forward" else -1)
        elif (problem := self._accept(what)) is not None:
            self._say(problem)

    def _to_step(self, seeking: Seeking, by: int) -> None:
        shown = self._screen.query_one(ReplayBar).seq
        step = seeking.step(by, shown)
        if seeking.steps is None:
            self._say("its ends are being looked for")
        elif step is not None:
            self.go(Place(step.seq, is_step=True))
        elif not seeking.steps:
            self._say("no session ends in it, and it has no marks")
        else:
            id, where = ("place.end", "end") if by > 0 else ("place.start", "start")
            after = "after" if by > 0 else "before"
            self._say(f"no end and no mark {after} this; {self._first(id)} goes to its {where}")

    def _accept(self, text: str) -> str | None:
        """Go where `text` says; else what is wrong with it."""
        seeking = self._seeking
        if seeking is None:
            return "only a replay goes to any moment"
        try:
            self.go(place_of(text, seeking, self._clock.elapsed()))
        except ValueError as error:
            return str(error)
        return None

    # --- a demo --------------------------------------------------------------------------------

    def _look(self, playing: Playing, what: str) -> None:
        looked_back = playing.looks_back
        moment = playing.back() if what == "back" else playing.forward()
        shows: _Shows = self._screen  # type: ignore[assignment]
        if moment is not None:
            shows.hold(moment.state, moment.words)
        elif looked_back:
            shows.hold(None)
        elif what == "back":
            self._say("no step before this one")

    def _keys(self) -> str:
        ids = ("pause", "step.back", "step.next", "go_to")
        return " ".join(self._first(id) for id in ids)

    def _first(self, id: str) -> str:
        return keys_on(self._screen.app).first(id)

    def _say(self, sentence: str) -> None:
        """Once while it can be read: a key that is held down does not cover the screen."""
        now = time.monotonic()
        if sentence != self._said[0] or now > self._said[1] + _READ_SECONDS:
            self._said = sentence, now
            self._screen.notify(sentence, markup=False, timeout=_READ_SECONDS)
