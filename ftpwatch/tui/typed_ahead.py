"""Keys in their order: one is given once what the key before it led to has happened.

Textual gives a key to what has the focus as it arrives; what the key before it opens has the focus
some turns of the loop later. Keys that come in one piece, as over a slow line, would act on what
was just left: a letter of a filter as a command, a password on the line of the URL. A key that is
held down, and left the focus where it was, is not waited for again.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any, Final

from textual.app import App, ScreenStackError
from textual.dom import DOMNode
from textual.events import Key, Paste
from textual.message_pump import MessagePump
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

__all__ = ["TypedAhead"]

LOOK_SECONDS: Final = 1.0


class TypedAhead:
    """`give` is how `app` takes a key or what is pasted. It `is_busy` while a key is not done."""

    def __init__(self, app: App[Any], give: Callable[[Key | Paste], Awaitable[None]]) -> None:
        self._app, self._give = app, give
        self._waiting: deque[Key | Paste] = deque()
        self._given = 0
        self.is_busy = False
        self._went_to: DOMNode = app
        self._at: MessagePump = app
        self._key = self._held = ""
        self._guard: Timer | None = None

    async def take(self, event: Key | Paste) -> None:
        """Give it now or in its turn; what goes before everything, as ctrl+c does, at once."""
        if not self.is_busy or (not self._waiting and self._is_held(event)):
            await self._begin(event)
        elif isinstance(event, Key) and self._goes_first(event):
            await self._give(event)
        else:
            self._waiting.append(event)

    @property
    def _taker(self) -> Widget | None:
        """What a key would go to now; None where the app has ended."""
        try:
            return self._app.focused or self._app.screen
        except ScreenStackError:
            return None

    def _goes_first(self, event: Key) -> bool:
        taker = self._taker
        bound = None if taker is None else taker.screen.active_bindings.get(event.key)
        return bound is not None and bound.binding.priority

    def _is_held(self, event: Key | Paste) -> bool:
        return isinstance(event, Key) and event.key == self._held

    async def _begin(self, event: Key | Paste) -> None:
        if self._taker is None:
            return
        self.is_busy = True
        self._given += 1
        self._key = event.key if isinstance(event, Key) else ""
        self._held = self._held if self._is_held(event) else ""
        went_to = self._went_to = self._taker
        if self._guard is not None:
            self._guard.stop()
        self._guard = self._app.set_interval(LOOK_SECONDS, partial(self._look, self._given))
        try:
            await self._give(event)
        finally:
            self._follow(self._stops(went_to), self._given)

    def _stops(self, went_to: DOMNode) -> Iterator[MessagePump]:
        """Whose messages have to be done: of all it passes on its way up; once more where a field
        tells them what was typed; then of what has come to stand in its place.
        """
        yield from went_to.ancestors_with_self
        if isinstance(went_to, Input):
            yield from went_to.ancestors_with_self
        yield self._app
        if went_to is not self._taker:
            for _ in range(2):
                if (taker := self._taker) is not None:
                    yield from (taker.screen, self._app, taker)

    def _follow(self, stops: Iterator[MessagePump], given: int) -> None:
        """To the next of them that is there; after the last the next key has its turn."""
        if given != self._given:
            return
        for stop in stops:
            self._at = stop
            if stop.call_later(self._follow, stops, given):
                return
        self._at = self._app
        self._app.call_later(self._go_on, given)

    async def _look(self, given: int) -> None:
        """What was closed meanwhile does not answer any more."""
        if not self._at.is_running:
            await self._go_on(given)

    async def _go_on(self, given: int) -> None:
        """All of it is done."""
        if given != self._given:
            return
        self.is_busy = False
        if self._guard is not None:
            self._guard.stop()
        self._held = self._key if self._went_to is self._taker else ""
        while self._waiting and (not self.is_busy or self._is_held(self._waiting[0])):
            await self._begin(self._waiting.popleft())
