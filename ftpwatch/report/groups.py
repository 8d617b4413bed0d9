"""Ends by host and cause: how many, how surely, since when, and examples of them.

A report keeps groups and a few examples of each, never all ends.
"""

from collections import Counter, deque
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.state.explanation import Confidence
from ftpwatch.report.ending import ORDERLY, Ending, surest
from ftpwatch.report.tallies import Distinct, Tally

__all__ = ["OTHER_HOSTS", "Group", "Groups", "Range", "count_of"]

OTHER_HOSTS: Final = "other hosts"
_MOST_GROUPS: Final = 300
_EXAMPLES: Final = 3


class Group:
    """The ends of one host for one cause."""

    def __init__(self, host: str, cause: Cause) -> None:
        self.host, self.cause = host, cause
        self.count = self.logged_in = self.opened = 0
        self.sessions = Distinct()
        self.users, self.locals = Tally[str](50), Tally[str](50)
        self.confidence: Counter[Confidence] = Counter()
        self.incidents = Distinct()
        self.stated, self.observed = Range(), Range()
        self.first: Ending | None = None
        self.newest: deque[Ending] = deque(maxlen=_EXAMPLES)
        self._surest: Ending | None = None

    def add(self, ending: Ending) -> None:
        """One more."""
        self.count += 1
        self.logged_in += ending.seen.reached.logged_in
        self.opened += ending.seen.reached.opened
        self.sessions.add(ending.session)
        if ending.seen.user:
            self.users.add(ending.seen.user)
        if ending.seen.local:
            self.locals.add(ending.seen.local.rpartition(":")[0])
        self.confidence[ending.explanation.confidence] += 1
        if ending.incident is not None:
            self.incidents.add(str(ending.incident))
        self.stated.add(ending.explanation.limit_seconds)
        self.observed.add(ending.explanation.observed_seconds)
        self.first = self.first or ending
        self.newest.append(ending)
        self._surest = surest(iter([*filter(None, [self._surest]), ending]))

    @property
    def example(self) -> Ending:
        """The end by which the cause is told: the surest, of several the newest."""
        assert self._surest is not None
        return self._surest

    @property
    def last_at(self) -> datetime | None:
        """The newest of them."""
        return self.newest[-1].seen.at

    @property
    def last_order(self) -> float:
        """When the newest came, to compare."""
        return self.newest[-1].seen.order

    @property
    def is_orderly(self) -> bool:
        """Somebody wanted it."""
        return self.cause in ORDERLY


class Range:
    """The least and the most of numbers, in seconds."""

    def __init__(self) -> None:
        self.least: float | None = None
        self.most: float | None = None

    def add(self, number: float | None) -> None:
        """One more, if it is one."""
        if number is not None:
            self.least = number if self.least is None else min(self.least, number)
            self.most = number if self.most is None else max(self.most, number)


class Groups:
    """All of them; of more hosts than a report can name the rest together, as OTHER_HOSTS."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, Cause], Group] = {}

    def add(self, ending: Ending) -> None:
        """Into its group."""
        cause = ending.explanation.cause
        assert cause is not None
        key = ending.seen.host, cause
        if key not in self._groups and len(self._groups) >= _MOST_GROUPS:
            key = OTHER_HOSTS, cause
        if key not in self._groups:
            self._groups[key] = Group(*key)
        self._groups[key].add(ending)

    def ranked(self) -> list[Group]:
        """What nobody asked for first, the most frequent first, of equal ones the newest."""
        return sorted(self._groups.values(), key=lambda g: (g.is_orderly, -g.count, -g.last_order))


def count_of(groups: Iterable[Group]) -> int:
    """How many ends there are in `groups`."""
    return sum(group.count for group in groups)
