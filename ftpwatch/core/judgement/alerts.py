"""Which ends somebody should hear of who looks elsewhere: those against our will, one alert for all
that ended together.

Attempts that do not come about again and again are told once for each cause, until a session of
the host had logged in. Pure.
"""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from msgspec.structs import replace

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.judgement.settled_ends import Ended, SettledEnds
from ftpwatch.core.state.alert import Alert
from ftpwatch.core.state.explanation import Confidence
from ftpwatch.core.text.phrasing import phrase

__all__ = ["AlertRate", "Alerts", "is_unexpected"]

NAMED: Final = 5
MOST_A_MINUTE: Final = 6
_MINUTE: Final = 60.0
_OUR_OWN: Final = (Cause.LOCAL, Cause.CLIENT_QUIT)
_REMEMBERED: Final = 1_000
Hear = Callable[[Alert], None]
K = TypeVar("K")
V = TypeVar("V")


def is_unexpected(ended: Ended) -> bool:
    """It ended, or did not come about, and neither we nor our user wanted that."""
    explained = ended.explained
    ends = explained is None or explained.explanation.cause is not None
    return ends and ended.cause not in _OUR_OWN


class Alerts:
    """Makes alerts of `ends`; each goes to all that subscribed."""

    def __init__(self, ends: SettledEnds) -> None:
        self._hearers: list[Hear] = []
        self._incidents: dict[int, None] = {}
        self._not_reached: dict[tuple[str, int], set[Cause]] = {}
        ends.subscribe(self._receive)

    def subscribe(self, hear: Hear) -> None:
        """`hear` is told every alert from now on."""
        self._hearers.append(hear)

    def _receive(self, ends: Sequence[Ended]) -> None:
        news = [ended for ended in ends if is_unexpected(ended) and self._is_new(ended)]
        for ended in ends:
            self._remember(ended)
        if news:
            alert = _alert(news)
            for hear in self._hearers:
                hear(alert)

    def _is_new(self, ended: Ended) -> bool:
        explained = ended.explained
        if explained is not None and explained.incident in self._incidents:
            return False
        told = self._not_reached.get(_aim(ended), set())
        return ended.was_ready or ended.cause not in told

    def _remember(self, ended: Ended) -> None:
        if ended.explained is not None and ended.explained.incident is not None:
            self._incidents[ended.explained.incident] = None
            _forget(self._incidents)
        if ended.was_ready:
            self._not_reached.pop(_aim(ended), None)
        elif is_unexpected(ended):
            self._not_reached.setdefault(_aim(ended), set()).add(ended.cause)
            _forget(self._not_reached)


class AlertRate:
    """Hands on `most` alerts a minute; of those above, the last, saying how many more there were,
    once there is room again. Call `settle` when `settles_at` has come.
    """

    def __init__(self, hear: Hear, elapsed: Callable[[], float], most: int = MOST_A_MINUTE) -> None:
        self._hear, self._elapsed, self._most = hear, elapsed, most
        self._sent: deque[float] = deque(maxlen=most)
        self._held: Alert | None = None

    def receive(self, alert: Alert) -> None:
        """Hand `alert` on, or hold it."""
        if self._held is not None:
            self._held = replace(alert, more=self._held.more + 1)
        elif self._is_full(self._elapsed()):
            self._held = alert
        else:
            self._send(alert)

    @property
    def settles_at(self) -> float | None:
        """The moment of the watch at which `settle` has something to do."""
        return None if self._held is None else self._sent[0] + _MINUTE

    def settle(self, now: float) -> None:
        """Hand on what is held, where there is room by the moment `now`."""
        if self._held is not None and not self._is_full(now):
            held, self._held = self._held, None
            self._send(held)

    def _is_full(self, now: float) -> bool:
        return len(self._sent) == self._most and now < self._sent[0] + _MINUTE

    def _send(self, alert: Alert) -> None:
        self._sent.append(self._elapsed())
        self._hear(alert)


def _alert(ends: Sequence[Ended]) -> Alert:
    causes = Counter(ended.cause for ended in ends).most_common()
    first = ends[0]
    typical = next(ended for ended in ends if ended.cause == causes[0][0])
    names = tuple(dict.fromkeys(ended.session.name for ended in ends))
    alert = Alert(
        seq=first.entry.seq,
        at=first.entry.at,
        sessions=names[:NAMED],
        count=len(names),
        host=first.session.target.host,
        port=first.session.target.port,
        was_ready=any(ended.was_ready for ended in ends),
        causes=tuple(causes),
        confidence=Confidence.POSSIBLE,
        summary="It is not known why it ended.",
        heading=phrase(typical.entry).words,
    )
    if typical.explained is None:
        return alert
    why = typical.explained.explanation
    return replace(
        alert,
        confidence=why.confidence,
        summary=why.summary,
        heading=why.heading,
        code=why.code,
        explained=typical.explained,
        cure=next(iter(why.advice.client), None) or next(iter(why.advice.server), None),
    )


def _aim(ended: Ended) -> tuple[str, int]:
    return ended.session.target.host, ended.session.target.port


def _forget(remembered: dict[K, V]) -> None:
    while len(remembered) > _REMEMBERED:
        del remembered[next(iter(remembered))]
