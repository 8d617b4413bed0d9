"""What a watch shows besides its front end: metrics to whoever scrapes them, alerts to whoever
looks elsewhere. It is opened before anything is connected, so that what cannot be is said then.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from ftpwatch.alerts.commands import OnEnd
from ftpwatch.alerts.terminal import TerminalSignal, terminal_signal
from ftpwatch.config.child_environment import child_environment
from ftpwatch.core.clock import Clock
from ftpwatch.core.counted import counted
from ftpwatch.core.errors import UserError
from ftpwatch.core.journal.bus import EventBus
from ftpwatch.core.judgement.settled_ends import SettledEnds
from ftpwatch.core.state.alert import Alert, Destination
from ftpwatch.core.text.headline import Keeping
from ftpwatch.wiring.alerting import Alerting, Send, senders
from ftpwatch.wiring.scene import Scene
from ftpwatch.wiring.settling import Settling

if TYPE_CHECKING:
    from ftpwatch.metrics.collector import WatchCollector
    from ftpwatch.metrics.endpoint import Endpoint

__all__ = ["Around", "Outward", "OutwardPlan", "outward"]

LEAVING_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.02
_SCREEN_IS_THERE_SECONDS: Final = 1.0


class OutwardPlan(msgspec.Struct, frozen=True):
    """What is wanted: `metrics` at an address and port, messages to `notify`, `on_end` run, the
    terminal's bell, and a notification that the terminal shows.
    """

    metrics: tuple[str, int] | None = None
    notify: tuple[Destination, ...] = ()
    on_end: str | None = None
    bell: bool = False
    notify_terminal: str = "off"


class Around(msgspec.Struct, frozen=True):
    """What it needs of a watch besides the scene: `warn` says a problem, `failed` hears of an error
    of ours, `signal` gives the terminal a sequence, `bus` is its own, and `real` tells real time.
    """

    warn: Callable[[str], None]
    failed: Callable[[Exception], None]
    signal: Callable[[str], None]
    bus: EventBus
    real: Clock


class Outward:
    """`attach` it to a watch inside a running loop; before the end `settle` and `leave` it, and
    `close` it in any case.
    """

    def __init__(
        self,
        endpoint: "Endpoint | None",
        places: dict[str, Send],
        on_end: OnEnd | None,
        terminal: TerminalSignal,
    ) -> None:
        self._endpoint, self._places, self._on_end = endpoint, places, on_end
        self._terminal = terminal
        self._alerting: Alerting | None = None
        self._settling: Settling | None = None

    def attach(self, scene: Scene, around: Around) -> None:
        """Show what happens from now on."""
        alerts = self._places or self._on_end or self._terminal.is_wanted
        if not (self._endpoint or alerts):
            return
        loop = asyncio.get_running_loop()
        ends = SettledEnds(scene.watch)
        self._settling = Settling(scene.watch, scene.clock, ends, lambda: around.bus.come_until)

        def failed(error: Exception) -> None:
            _from_thread(loop, partial(around.failed, error))

        if alerts:

            def tell(text: str) -> None:
                _from_thread(loop, partial(around.warn, text))

            signal = _signalling(self._terminal, scene, around)
            self._alerting = Alerting(self._places, self._on_end, tell, failed, signal)
            self._alerting.attach(ends, scene.watch, around.real)
        if self._endpoint is not None:
            recorded = scene.headline.keeping is Keeping.RECORDED
            self._endpoint.serve(_collector(scene, ends, around, recorded=recorded), failed)
            scene.narration.say(f"ftpwatch: metrics at {self._endpoint.url}")

    def settle(self) -> None:
        """Nothing more comes."""
        if self._settling is not None:
            self._settling.end()
        if self._alerting is not None:
            self._alerting.settle()

    async def leave(self, scene: Scene) -> None:
        """Let what is on its way arrive, for some seconds, unless somebody insists on the end."""
        if self._alerting is None:
            return
        looks = round(LEAVING_SECONDS / _LOOK_SECONDS)
        while self._alerting.unfinished and looks and not scene.stopping.is_insisted:
            await asyncio.sleep(_LOOK_SECONDS)
            looks -= 1
        if left := self._alerting.unfinished:
            what = counted(left, "alert was", "alerts were")
            scene.narration.say(f"ftpwatch: {what} not sent or worked off before the end")

    def close(self) -> None:
        """Listen no more, send no more, kill what runs."""
        if self._endpoint is not None:
            self._endpoint.close()
        if self._alerting is not None:
            self._alerting.end()


@contextmanager
def outward(plan: OutwardPlan) -> Iterator[Outward]:
    """Opened as `plan` says. Raises UserError where it cannot be."""
    places = senders(plan.notify)
    on_end = OnEnd(plan.on_end, child_environment()) if plan.on_end is not None else None
    endpoint = _endpoint(*plan.metrics) if plan.metrics is not None else None
    terminal = terminal_signal(plan.bell, plan.notify_terminal, os.environ)
    out = Outward(endpoint, places, on_end, terminal)
    try:
        yield out
    finally:
        out.close()


def _signalling(
    terminal: TerminalSignal, scene: Scene, around: Around
) -> Callable[[Alert], None] | None:
    """What shows an alert on the terminal; None where nobody wants that, or there is none."""
    if not terminal.is_wanted:
        return None
    if not scene.narration.is_terminal:
        scene.narration.say("ftpwatch: stderr is no terminal: no bell rings, and none notifies")
        return None
    if terminal.problem is not None:
        loop, problem = asyncio.get_running_loop(), f"ftpwatch: {terminal.problem}"
        loop.call_later(_SCREEN_IS_THERE_SECONDS, around.warn, problem)
    return lambda alert: around.signal(terminal.sequence(alert))


def _endpoint(host: str, port: int) -> "Endpoint":
    try:
        from ftpwatch.metrics.endpoint import Endpoint
    except ModuleNotFoundError as error:
        raise UserError(
            "metrics are made by prometheus_client, which is not installed: "
            "pip install 'ftpwatch[metrics]'"
        ) from error
    return Endpoint(host, port)


def _collector(
    scene: Scene, ends: SettledEnds, around: Around, *, recorded: bool
) -> "WatchCollector":
    from ftpwatch.metrics.collector import WatchCollector
    from ftpwatch.metrics.observer import Observer

    observer = Observer(scene.watch, ends)
    return WatchCollector(lambda: observer.seen, lambda: around.bus.unkept, recorded=recorded)


def _from_thread(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop has ended already
        loop.call_soon_threadsafe(call)
