"""What a row that stands for others says of them, as far as they are seen. Pure."""

from typing import Final

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import CommandSent, InReplyTo, ReplyReceived
from ftpwatch.core.journal.folding import MOST_OF_A_LOGIN, PREPARING
from ftpwatch.core.journal.vocabulary import Role

__all__ = ["Folded", "FoldedSum", "is_of_keep_alives"]

_MOST_CODES: Final = 5


class Folded(msgspec.Struct, frozen=True):
    """What stands behind a row: how many `rows` with it, the `last` entry, and of a login or an end
    the `members`; of keep-alives the `verb`, the `codes` of the answers, and how long they took, at
    `least` and at `most`, in seconds.
    """

    rows: int
    last: Entry
    members: tuple[Entry, ...] = ()
    verb: str = ""
    codes: tuple[int, ...] = ()
    least: float | None = None
    most: float | None = None


def is_of_keep_alives(head: Entry) -> bool:
    """It stands for keep-alives, which only their answers are needed to tell of."""
    return isinstance(head.event, CommandSent)


class FoldedSum:
    """Behind the row of `head`. `add` what is folded into it, in the order of the seqs."""

    def __init__(self, head: Entry) -> None:
        self._head, self._last, self._rows = head, head, 0
        self._members: list[Entry] = []
        self._verb, self._codes = "", list[int]()
        self._least: float | None = None
        self._most: float | None = None

    def add(self, entry: Entry) -> None:
        """One more."""
        if not is_of_keep_alives(self._head):
            self._rows, self._last = self._rows + 1, entry
            if len(self._members) < MOST_OF_A_LOGIN:
                self._members.append(entry)
        elif isinstance(entry.event, ReplyReceived) and entry.event.role is Role.FINAL:
            self._answer(entry, entry.event)

    def _answer(self, entry: Entry, reply: ReplyReceived) -> None:
        answered, took = reply.in_reply_to, reply.latency_seconds
        if not isinstance(answered, InReplyTo) or answered.verb in PREPARING:
            return
        self._rows, self._last, self._verb = self._rows + 1, entry, answered.verb
        if reply.code is not None and reply.code not in self._codes:
            self._codes = [*self._codes, reply.code][:_MOST_CODES]
        if took is not None:
            self._least = took if self._least is None else min(self._least, took)
            self._most = took if self._most is None else max(self._most, took)

    @property
    def value(self) -> Folded | None:
        """So far; None where the row stands for nothing but itself."""
        keeps_alive = is_of_keep_alives(self._head)
        if self._rows < (2 if keeps_alive else 1):
            return None
        return Folded(
            rows=self._rows if keeps_alive else self._rows + 1,
            last=self._last,
            members=tuple(self._members),
            verb=self._verb,
            codes=tuple(self._codes),
            least=self._least,
            most=self._most,
        )
