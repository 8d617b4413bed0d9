"""Why and how a watch ends: the user, `--for`, nothing left, a signal, a closed pipe."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

from ftpwatch.transport.waiting import Signal

__all__ = ["Stopping", "interruptible", "on_signals"]


class Stopping:
    """The first reason counts; a second wish to leave does not wait for goodbyes. `unwritable`
    where what was to be printed could not be.
    """

    def __init__(self) -> None:
        self._wanted, self._at_once = Signal(), Signal()
        self.why = ""
        self.interrupted = False
        self.failure: str | None = None
        self.unwritable = False

    @property
    def wanted(self) -> bool:
        """The end has begun."""
        return self._wanted.is_set()

    @property
    def event(self) -> Signal:
        """Set when the end begins."""
        return self._wanted

    @property
    def is_insisted(self) -> bool:
        """Somebody wants it without waiting."""
        return self._at_once.is_set()

    def stop(self, why: str, *, interrupted: bool = False) -> None:
        """End the watch; the first reason counts."""
        if not self.wanted:
            self.why, self.interrupted = why, interrupted
            self._wanted.set()

    def fail(self, problem: str) -> None:
        """End the watch for an error of our own."""
        self.failure = problem
        self.stop(f"an error of ftpwatch: {problem}")

    def stop_or_insist(self, why: str, *, interrupted: bool = False) -> None:
        """End the watch; asked a second time, without waiting for goodbyes."""
        if self.wanted:
            self._at_once.set()
        self.stop(why, interrupted=interrupted)

    async def wait(self) -> None:
        """Return when somebody wants the end."""
        await self._wanted.wait()

    async def wait_at_once(self) -> None:
        """Return when somebody insists."""
        await self._at_once.wait()


@contextmanager
def interruptible() -> Iterator[None]:
    """Signals end what blocks the loop, and whatever it had opened is put away. Raises
    KeyboardInterrupt for SIGINT, SystemExit for SIGTERM and SIGHUP.
    """

    def leave(number: int, _: FrameType | None) -> None:
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, leave) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def on_signals(stopping: Stopping) -> Callable[[], None]:
    """SIGINT, SIGTERM and SIGHUP end the watch, SIGQUIT without goodbyes; gives what undoes it."""
    loop = asyncio.get_running_loop()
    signals = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]

    def at_once() -> None:
        stopping.stop("SIGQUIT", interrupted=True)
        stopping.stop_or_insist("SIGQUIT")

    for number in signals:
        if number is signal.SIGQUIT:
            loop.add_signal_handler(number, at_once)
            continue
        interrupted = number is signal.SIGINT
        loop.add_signal_handler(
            number, partial(stopping.stop_or_insist, number.name, interrupted=interrupted)
        )

    def undo() -> None:
        for number in signals:
            loop.remove_signal_handler(number)

    return undo
