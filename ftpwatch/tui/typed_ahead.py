"""Keys in their order: one is given once what the key before it led to has happened.

Textual gives a key to what has the focus as it arrives; what the key before it opens has the focus
some turns of the loop later. Keys that come in one piece, as over a slow line, would act on what
was just left: a letter of a filter as a command, a password on the line of the URL.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from itertools import chain
from typing import Any, Final

from textual.app import App
from textual.dom import DOMNode
from textual.events import Key, Paste
from textual.message_pump import MessagePump
from textual.timer import Timer

__all__ = ["TypedAhead"]

GUARD_SECONDS: Final = 1.0
_ROUNDS: Final = 2  # a message that a key's message led to follows it


class TypedAhead:
    """`give` is how `app` takes a key or what is pasted. It `is_busy` while a key is not done."""

    def __init__(self, app: App[Any], give: Callable[[Key | Paste], Awaitable[None]]) -> None:
        self._app, self._give = app, give
        self._waiting: deque[Key | Paste] = deque()
        self._given = 0
        self.is_busy = False
        self._guard: Timer | None = None

    async def take(self, event: Key | Paste) -> None:
        """Give it now or in its turn; what goes before everything, as ctrl+c does, at once."""
        if not self.is_busy:
            await self._begin(event)
        elif isinstance(event, Key) and self._goes_first(event):
            await self._give(event)
        else:
            self._waiting.append(event)

    def _goes_first(self, event: Key) -> bool:
        bound = self._app.screen.active_bindings.get(event.key)
        return bound is not None and bound.binding.priority

    async def _begin(self, event: Key | Paste) -> None:
        self.is_busy = True
        self._given += 1
        went_to = self._app.focused or self._app.screen
        if self._guard is not None:
            self._guard.stop()
        self._guard = self._app.set_timer(GUARD_SECONDS, partial(self._go_on, self._given))
        try:
            await self._give(event)
        finally:
            self._follow(self._stops(went_to), self._given)

    def _stops(self, went_to: DOMNode) -> Iterator[MessagePump]:
        """Whose messages have to be done: of all it passes on its way up, twice, then of what has
        come to stand above it.
        """
        way = list(went_to.ancestors_with_self)
        yield from chain.from_iterable([way] * _ROUNDS)
        for _ in range(_ROUNDS):
            yield self._app.screen
            yield self._app
            if self._app.focused is not None:
                yield self._app.focused

    def _follow(self, stops: Iterator[MessagePump], given: int) -> None:
        """To the next of them that is there; after the last the next key has its turn."""
        if given != self._given:
            return
        for stop in stops:
            if stop.call_later(self._follow, stops, given):
                return
        self._app.call_later(self._go_on, given)

    async def _go_on(self, given: int) -> None:
        """All of it is done, or does not come back."""
        if given != self._given:
            return
        self.is_busy = False
        if self._waiting:
            await self._begin(self._waiting.popleft())
