"""Which entries a filter asks for, row by row, where they come one after the other: a keep-alive
and its answer are one row, so that a keep-alive waits for its answer.
"""

from collections.abc import Collection
from typing import Generic, TypeVar

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import CommandSent, ConnectionClosed, ReplyReceived, WatchStopped
from ftpwatch.core.journal.filter import Filter, Term
from ftpwatch.core.journal.vocabulary import Cause, Role
from ftpwatch.core.text.matching import Circumstances, hosts_of, matches

__all__ = ["RowFilter"]

T = TypeVar("T")
_Place = tuple[str | None, int | None, int]


class RowFilter(Generic[T]):
    """`take` each entry with what goes with it; gives what is asked for, in their order but for the
    keep-alives that waited.
    """

    def __init__(self, wanted: Filter) -> None:
        self._wanted = wanted
        self._hosts: dict[str, set[str]] = {}
        self._waiting: dict[_Place, tuple[Entry, T]] = {}

    def take(self, entry: Entry, cause: Cause | None, it: T) -> list[T]:
        """`it` is what stands for `entry`, which is explained by `cause`."""
        if entry.session is not None and (hosts := hosts_of(entry)):
            self._hosts.setdefault(entry.session, set()).update(hosts)
        match entry.event:
            case CommandSent(number=number) as sent if sent.is_keep_alive:
                self._waiting[entry.session, entry.connection, number] = entry, it
                return []
            case ReplyReceived(in_reply_to=answered, role=Role.FINAL) if answered is not None:
                place = entry.session, entry.connection, answered.number
                asked = self._waiting.pop(place, None)
                if asked is not None:
                    both = [(asked[0], None), (entry, cause)]
                    return [asked[1], it] if self._is_wanted(both) else []
            case ConnectionClosed() | WatchStopped():
                return [*self.unanswered(entry), *self._alone(entry, cause, it)]
            case _:
                pass
        return self._alone(entry, cause, it)

    def unanswered(self, of: Entry | None = None) -> list[T]:
        """Keep-alives that nothing answers any more: of the connection that `of` ends, or all."""
        gone = [
            place
            for place in self._waiting
            if of is None or of.session is None or place[:2] == (of.session, of.connection)
        ]
        taken = [self._waiting.pop(place) for place in gone]
        return [it for entry, it in taken if self._is_wanted([(entry, None)])]

    def asks_for(self, entry: Entry, cause: Cause | None) -> bool:
        """`entry` alone, explained by `cause`."""
        return self._is_wanted([(entry, cause)])

    def _alone(self, entry: Entry, cause: Cause | None, it: T) -> list[T]:
        return [it] if self._is_wanted([(entry, cause)]) else []

    def _is_wanted(self, row: list[tuple[Entry, Cause | None]]) -> bool:
        return all(self._holds(term, row) is not term.inverted for term in self._wanted.terms)

    def _holds(self, term: Term, row: list[tuple[Entry, Cause | None]]) -> bool:
        alone = Filter((Term(term.field, term.value),))
        members = row[:1] if term.field in ("since", "until") else row
        return any(
            matches(alone, entry, Circumstances(self._known(entry), cause))
            for entry, cause in members
        )

    def _known(self, entry: Entry) -> Collection[str]:
        return self._hosts.get(entry.session or "", ())
