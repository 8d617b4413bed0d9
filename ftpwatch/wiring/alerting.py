"""Alerts of a watch on their way out: to those who get messages, and to the command of --on-end.

What goes wrong there is a line, ever more rarely where it goes wrong again and again; the watch
goes on.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from ftpwatch.alerts.commands import OnEnd
from ftpwatch.core.clock import Clock
from ftpwatch.core.errors import UserError
from ftpwatch.core.judgement.alerts import MOST_A_MINUTE, AlertRate, Alerts
from ftpwatch.core.judgement.settled_ends import SettledEnds
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.state.alert import Alert, Destination
from ftpwatch.core.text.neutral import visible
from ftpwatch.wiring.settling import Settling
from ftpwatch.wiring.workers import Workers

__all__ = ["Alerting", "Send", "senders"]

COMMANDS_AT_ONCE: Final = 4
COMMANDS_A_MINUTE: Final = 60
MOST_WAITING: Final = 100
Send = Callable[[Alert], str | None]
Failed = Callable[[Exception], None]


def senders(destinations: Sequence[Destination]) -> dict[str, Send]:
    """What sends to each of `destinations`, by name. Raises UserError."""
    if not destinations:
        return {}
    try:
        from ftpwatch.alerts.messages import Messages
    except ModuleNotFoundError as error:
        raise UserError(
            "messages are sent by apprise, which is not installed: pip install 'ftpwatch[notify]'"
        ) from error
    messages = [Messages(destination) for destination in destinations]
    return {one.name: one.send for one in messages}


class Alerting:
    """Every place has a thread of its own, the command a few; the places and `signal`, which shows
    an alert here and now, share one rate, the command has another. `tell` says what went wrong,
    `failed` hears of errors of ours, both in those threads. `end` it.
    """

    def __init__(
        self, places: dict[str, Send], on_end: OnEnd | None, tell: Callable[[str], None],
        failed: Failed, signal: Callable[[Alert], None] | None = None,
    ) -> None:  # fmt: skip
        self._on_end, self._tell, self._signal = on_end, tell, signal
        self._problems: Counter[str] = Counter()
        self._outlets: list[tuple[str, Send, Workers]] = [
            (name, send, Workers("notify", 1, MOST_WAITING, _hushed(failed)))
            for name, send in places.items()
        ]
        if on_end is not None:
            commands = Workers("on-end", COMMANDS_AT_ONCE, MOST_WAITING, failed)
            self._command = ("--on-end", on_end.run, commands)
        self._settling: list[Settling] = []

    def attach(self, ends: SettledEnds, watch: Watch, clock: Clock) -> None:
        """Hear of alerts from now on; `clock` is that of the real minute."""
        alerts = Alerts(ends)

        def bound(hear: Callable[[Alert], None], most: int) -> None:
            rate = AlertRate(hear, clock.elapsed, most)
            settling = Settling(watch, clock, rate)
            self._settling.append(settling)
            alerts.subscribe(rate.receive)
            alerts.subscribe(lambda _: settling.look())

        if self._on_end is not None:
            bound(partial(self._hand_to, [self._command]), COMMANDS_A_MINUTE)
        if self._outlets or self._signal is not None:
            bound(self._tell_places, MOST_A_MINUTE)

    def _tell_places(self, alert: Alert) -> None:
        self._hand_to(self._outlets, alert)
        if self._signal is not None:
            self._signal(alert)

    def settle(self) -> None:
        """No more alerts come: hand on what is held."""
        for settling in self._settling:
            settling.end()

    @property
    def unfinished(self) -> int:
        """How many messages and commands are not done."""
        return sum(workers.unfinished for _, _, workers in self._all())

    def end(self) -> None:
        """Send no more, and kill what runs."""
        for _, _, workers in self._all():
            workers.end()
        if self._on_end is not None:
            self._on_end.end()

    def _all(self) -> list[tuple[str, Send, Workers]]:
        return [*self._outlets, *([self._command] if self._on_end is not None else [])]

    def _hand_to(self, outlets: Sequence[tuple[str, Send, Workers]], alert: Alert) -> None:
        for name, send, workers in outlets:
            if not workers.put(partial(self._do, name, send, alert)):
                self._note(name, f"{name}: too many alerts wait; this one is left out")

    def _do(self, name: str, send: Send, alert: Alert) -> None:
        problem = send(alert)
        if problem is not None:
            self._note(name, problem)

    def _note(self, name: str, problem: str) -> None:
        self._problems[name] += 1
        times = self._problems[name]
        if times & (times - 1) == 0:  # the 1st, 2nd, 4th, 8th ... is told
            again = "" if times == 1 else f" ({times} times by now)"
            self._tell(visible(f"ftpwatch: {problem}{again}"))


def _hushed(failed: Failed) -> Failed:
    """The words of what a service raises may hold its URL."""
    return lambda error: failed(RuntimeError(f"a message was not sent for {type(error).__name__}"))
