"""Work that comes to many connections in one moment, done a few at a time: keys and timers are
served in between.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

__all__ = ["Turns"]

AT_ONCE: Final = 10


class Turns:
    """Whoever is added is served at once, or, where AT_ONCE were served in this turn of the loop,
    in one of the next, in order.
    """

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._served = 0

    def add(self, work: Callable[[], None]) -> None:
        """Do `work`, which must not raise."""
        if self._waiting or self._served >= AT_ONCE:
            self._waiting.append(work)
            return
        if not self._served:
            asyncio.get_running_loop().call_soon(self._go_on)
        self._served += 1
        work()

    def _go_on(self) -> None:
        """Another turn of the loop."""
        some = min(AT_ONCE, len(self._waiting))
        self._served = some
        if some:
            # First, so that an error of one leaves the others their turn.
            asyncio.get_running_loop().call_soon(self._go_on)
        for _ in range(some):
            self._waiting.popleft()()
