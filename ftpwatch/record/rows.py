"""Entries as rows of a recording, and which of them share a row on the screen: a keep-alive with
its answers, and the ends of an incident, and the reconnects after it, with the first of them; and
which row stands for it where what is normal is folded.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from ftpwatch.core.journal.entry import UNTIMED, Entry, encode_event, kind_of, utc_text
from ftpwatch.core.journal.events import (
    AnyEvent,
    CommandSent,
    ConnectionClosed,
    ConnectionOpened,
    ReconnectAbandoned,
    ReconnectScheduled,
    ReplyReceived,
    SessionRemoved,
)
from ftpwatch.core.journal.folding import Folding
from ftpwatch.core.journal.vocabulary import Role
from ftpwatch.core.judgement.context import TOGETHER_SECONDS
from ftpwatch.core.state.state import ANNOUNCING_CODES
from ftpwatch.core.text.matching import hosts_of, is_problem, searchable
from ftpwatch.record.kinds import kind_number, purpose_number
from ftpwatch.record.together import Together

__all__ = ["Batch", "Rows", "Values"]

Values = tuple[
    int, str, float, str | None, int | None, int, int | None, int | None, bool, int | None,
    int | None, int | None, str, bytes,
]  # fmt: skip

_RETURN_SECONDS: Final = 10.0
_REMEMBERED: Final = 20_000


class Batch(msgspec.Struct, frozen=True):
    """Rows to keep, pairs of rows written before (the first, and one that shares it now), and what
    hosts sessions are known by; `released` are rows written before that are folded no longer.
    """

    rows: list[Values]
    joins: list[tuple[int, int]]
    hosts: frozenset[tuple[str, str]] = frozenset()
    released: tuple[int, ...] = ()

    @property
    def has_problems(self) -> bool:
        """There are ends, refusals or failures among them."""
        return any(row[8] for row in self.rows)

    @property
    def reach(self) -> int:
        """How far the furthest of these entries is from the row that it shares."""
        return max((row[0] - row[9] for row in self.rows if row[9] is not None), default=0)

    def alone(self, first: int) -> "Batch":
        """Without what they share with rows before the seq `first`, which another file has."""
        joins = [(row, seq) for row, seq in self.joins if row >= first]
        rows = [_alone(row, first) for row in self.rows]
        return Batch(rows, joins, self.hosts, self.released)


def _is_from(first: int, seq: int | None) -> bool:
    return seq is None or seq >= first


def _alone(row: Values, first: int) -> Values:
    answers, together, fold = row[9:12]
    if _is_from(first, answers) and _is_from(first, together):
        if _is_from(first, fold):
            return row
    else:
        answers = together = None
    return (*row[:9], answers, together, None, *row[12:])


def _unfolded(row: Values) -> Values:
    return (*row[:11], None, *row[12:])


class Rows:
    """Remembers what it needs of earlier entries."""

    def __init__(self) -> None:
        self._asked: dict[tuple[str | None, int | None], dict[int, int]] = {}
        self._hosts: dict[str | None, str] = {}
        self._goodbyes: dict[str, Together] = {}
        self._ends: dict[str, Together] = {}
        self._returns: dict[str, Together] = {}
        self._joins: dict[int, int] = {}
        self._rows: dict[int, int | None] = {}
        self._folding = Folding()
        self._folded: dict[int, int | None] = {}
        self._released: dict[int, None] = {}

    def begin_part(self) -> None:
        """What is in another file is not joined with what comes."""
        for remembered in (
            self._asked,
            self._goodbyes,
            self._ends,
            self._returns,
            self._joins,
        ):
            remembered.clear()
        self._folding.begin_anew()

    def of(self, entries: Sequence[Entry]) -> Batch:
        """A row for each of `entries`; the same where one is offered again."""
        rows = [self._row(entry) for entry in entries]
        if self._released:
            rows = [row if row[0] not in self._released else _unfolded(row) for row in rows]
        while len(self._folded) > _REMEMBERED:
            del self._folded[next(iter(self._folded))]
        hosts = {(e.session, host) for e in entries if e.session for host in ("", *hosts_of(e))}
        joins = [(first, seq) for seq, first in self._joins.items()]
        return Batch(rows, joins, frozenset(hosts), tuple(self._released))

    def joined(self, batch: Batch) -> None:
        """`batch` is committed."""
        for _, seq in batch.joins:
            self._joins.pop(seq, None)
        for seq in batch.released:
            self._released.pop(seq, None)
        for row in batch.rows:  # none of which is offered again
            self._folded.pop(row[0], None)

    def _row(self, entry: Entry) -> Values:
        event = entry.event
        together = self._joined(entry)
        self._fold(entry, together)
        return (
            entry.seq,
            utc_text(entry.at) if entry.timed else UNTIMED,
            entry.elapsed_seconds,
            entry.session,
            entry.connection,
            kind_number(kind_of(event)),
            event.code if isinstance(event, ReplyReceived) else None,
            _purpose(event),
            is_problem(entry),
            self._answered(entry),
            together,
            self._folded.get(entry.seq),
            searchable(entry),
            encode_event(event),
        )

    def _fold(self, entry: Entry, together: int | None) -> None:
        """What comes back together with others has a row of its own."""
        if entry.seq in self._folded:
            return  # offered again
        row, released = self._folding.add(entry)
        self._folded[entry.seq] = row if together is None else None
        if together is not None:
            released = (*released, together)
        for seq in released:
            if self._folded.get(seq, 0) is not None:
                self._released[seq] = None
            if seq in self._folded:
                self._folded[seq] = None

    def _answered(self, entry: Entry) -> int | None:
        """The seq of the keep-alive that `entry` answers."""
        mine = (entry.session, entry.connection)
        match entry.event:
            case CommandSent(number=number) as sent:
                if sent.is_keep_alive:
                    self._asked.setdefault(mine, {})[number] = entry.seq
            case ReplyReceived(in_reply_to=answered, role=role) if answered is not None:
                asked = self._asked.get(mine, {})
                question = asked.get(answered.number)
                if role is Role.FINAL:
                    for number in [n for n in asked if n < answered.number]:
                        del asked[number]
                return question
            case ConnectionClosed():
                self._asked.pop(mine, None)
            case _:
                pass
        return None

    def _joined(self, entry: Entry) -> int | None:
        """The seq of the first of the ends, or reconnects, that `entry` belongs together with."""
        match entry.event:
            case CommandSent():
                pass
            case ReplyReceived(code=code, role=role):
                if code in ANNOUNCING_CODES and role is Role.SPONTANEOUS:
                    return self._together(entry, self._goodbyes, TOGETHER_SECONDS)
            case ConnectionOpened(peer=peer):
                self._hosts[entry.session] = peer.rpartition(":")[0]
            case ConnectionClosed(solicited=False):
                return self._together(entry, self._ends, TOGETHER_SECONDS)
            case ReconnectScheduled() | ReconnectAbandoned():
                return self._together(entry, self._returns, _RETURN_SECONDS)
            case SessionRemoved():
                self._hosts.pop(entry.session, None)
            case _:
                pass
        return None

    def _together(self, entry: Entry, groups: dict[str, Together], seconds: float) -> int | None:
        if entry.seq in self._rows:
            return self._rows[entry.seq]  # offered again
        host = self._hosts.get(entry.session, "")
        first, earlier = groups.setdefault(host, Together(seconds)).add(entry)
        self._joins.update(dict.fromkeys(earlier, first or 0))
        self._rows[entry.seq] = first
        while len(self._rows) > _REMEMBERED:
            del self._rows[next(iter(self._rows))]
        return first


def _purpose(event: AnyEvent) -> int | None:
    match event:
        case CommandSent(purpose=purpose):
            return purpose_number(purpose)
        case ReplyReceived(in_reply_to=answered) if answered is not None:
            return purpose_number(answered.purpose)
        case _:
            return None
