"""Which entries say nothing but that all is well, and the row that stands for them.

A login is one row, told by the entry that began it; keep-alives that follow each other in a
session and are answered well are one, told by the first; when a session comes back is told by the
row of its end. What is not as it should be is a row of its own, and so is all that belonged to it:
a login that fails is seen whole. Entry by entry, and what is remembered has bounds.
"""

from typing import Final

import msgspec

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import (
    AnyEvent,
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    DataConnectionClosed,
    DataConnectionOpened,
    InReplyTo,
    LimitKnown,
    MalformedReply,
    ReconnectScheduled,
    ReplyOverdue,
    ReplyReceived,
    SessionRemoved,
    TlsEstablished,
)
from ftpwatch.core.journal.vocabulary import LimitSource, Role

__all__ = ["MOST_KEEP_ALIVES", "MOST_OF_A_LOGIN", "PREPARING", "Folding"]

MOST_KEEP_ALIVES: Final = 200
MOST_OF_A_LOGIN: Final = 80
# What goes before a listing that keeps alive.
PREPARING: Final = frozenset({"PASV", "EPSV", "PORT", "EPRT", "TYPE"})
_MOST_PLACES: Final = 20_000
_LOGGED_IN: Final = (230, 232)
_OPENING: Final = (Purpose.LOGIN, Purpose.SETUP)
_OPENING_VERBS: Final = frozenset({
    "USER", "PASS", "ACCT", "AUTH", "ADAT", "PBSZ", "PROT", "HOST", "SYST", "FEAT", "OPTS", "CLNT",
    "LANG", "PWD", "XPWD",
})  # fmt: skip
_Place = tuple[str, int | None]


class _Login(msgspec.Struct):
    head: int
    members: list[int]
    stands: bool = False


class _Run(msgspec.Struct):
    """Keep-alives: `owed` is the number of the command whose answer is not complete, `last` that of
    the newest command; `pending` are seqs of what has no good answer yet.
    """

    head: int
    verb: str | None
    owed: int | None = None
    last: int = 0
    is_complete: bool = False
    answered: int = 0
    pending: list[int] = msgspec.field(default_factory=list)

    def take(self, seq: int) -> int:
        """`seq` belongs to it."""
        if seq != self.head and not self.is_complete:
            self.pending.append(seq)
        return self.head


class Folding:
    """`add` each entry, in the order of their seqs."""

    def __init__(self) -> None:
        self._logins: dict[_Place, _Login] = {}
        self._runs: dict[_Place, _Run] = {}
        self._ended: dict[str, int] = {}
        self._released: list[int] = []

    def begin_anew(self) -> None:
        """What comes is not folded into what was."""
        for remembered in (self._logins, self._runs, self._ended):
            remembered.clear()

    def add(self, entry: Entry) -> tuple[int | None, tuple[int, ...]]:
        """The seq of the row that stands for `entry`, None where it stands for itself; and the seqs
        of earlier entries that stand for themselves from now on.
        """
        self._released = []
        row = None
        if entry.session is None:
            self._end_runs(0)  # a mark, a sleep: what was before and after it is told apart
        else:
            row = self._placed(entry, (entry.session, entry.connection))
        if len(self._runs) + len(self._logins) + len(self._ended) > _MOST_PLACES:
            self._forget_oldest()
        return row, tuple(self._released)

    def _forget_oldest(self) -> None:
        self._end_runs(_MOST_PLACES)
        while len(self._logins) > _MOST_PLACES:
            oldest = next(iter(self._logins))
            self._fail_login(oldest)
            self._logins.pop(oldest, None)
        while len(self._ended) > _MOST_PLACES:
            del self._ended[next(iter(self._ended))]

    def _placed(self, entry: Entry, place: _Place) -> int | None:
        event = entry.event
        match event:
            case CommandSent():
                if _keeps_alive(event):
                    return self._keep_alive(entry.seq, event, place)
            case ReplyReceived(in_reply_to=answered):
                if answered is not None and _keeps_alive(answered):
                    return self._kept_alive(entry.seq, event, place)
            case (
                DataConnectionOpened(number=number)
                | DataConnectionClosed(number=number, problem=None)
            ) if place in self._runs and self._runs[place].last == number:
                return self._runs[place].take(entry.seq)
            case ReconnectScheduled():
                return self._ended.pop(place[0], None)
            case _:
                pass
        self._end_run(place)
        if _opens(event):
            return self._opening(entry, place)
        self._end_login(entry, place)
        return None

    # --- a login -------------------------------------------------------------------------------

    def _end_login(self, entry: Entry, place: _Place) -> None:
        """What is no part of it comes."""
        match entry.event:
            case ConnectionClosed() | ConnectionFailed():
                self._fail_login(place)
                self._logins.pop(place, None)
                self._ended[place[0]] = entry.seq
            case MalformedReply() | ReplyOverdue() | ReplyReceived(role=Role.SPONTANEOUS):
                self._fail_login(place)
            case CommandSent():
                self._logins.pop(place, None)
            case SessionRemoved():
                self._ended.pop(place[0], None)
            case _:
                pass

    def _opening(self, entry: Entry, place: _Place) -> int | None:
        login, event = self._logins.get(place), entry.event
        if login is None:
            if isinstance(event, ConnectionOpening | ConnectionOpened):
                self._ended.pop(place[0], None)
                self._logins[place] = _Login(entry.seq, [])
            return None
        if isinstance(event, ReplyReceived):
            if event.is_negative and not event.declines_a_question:
                self._fail_login(place)
                return None
            login.stands |= event.code in _LOGGED_IN
        if len(login.members) >= MOST_OF_A_LOGIN:
            return None
        login.members.append(entry.seq)
        return login.head

    def _fail_login(self, place: _Place) -> None:
        """One that stands already stays folded."""
        login = self._logins.get(place)
        if login is not None and not login.stands:
            self._released += login.members
            del self._logins[place]

    # --- keep-alives ---------------------------------------------------------------------------

    def _keep_alive(self, seq: int, sent: CommandSent, place: _Place) -> int | None:
        self._logins.pop(place, None)
        run, verb = self._runs.get(place), None if sent.verb in PREPARING else sent.verb
        begins = (
            run is None
            or run.owed is not None
            or run.answered >= MOST_KEEP_ALIVES
            or (verb is not None and run.verb not in (None, verb))
        )
        if run is None or begins:
            self._end_run(place)
            run = self._runs[place] = _Run(seq, verb)
        run.owed = run.last = sent.number
        run.verb, run.is_complete = run.verb or verb, False
        head = run.take(seq)
        return None if begins else head

    def _kept_alive(self, seq: int, reply: ReplyReceived, place: _Place) -> int | None:
        run, answered = self._runs.get(place), reply.in_reply_to
        if run is None or answered is None or run.owed != answered.number:
            return None
        if reply.is_negative:
            self._end_run(place)
            return None
        head = run.take(seq)
        if reply.role is Role.FINAL:
            run.owed = None
            if answered.verb not in PREPARING:
                run.answered, run.is_complete = run.answered + 1, True
                run.pending.clear()
        return head

    def _end_runs(self, left: int) -> None:
        """The oldest, until so many are left."""
        while len(self._runs) > left:
            self._end_run(next(iter(self._runs)))

    def _end_run(self, place: _Place) -> None:
        """A command that is not answered, or not well, is seen."""
        run = self._runs.pop(place, None)
        if run is not None:
            self._released += run.pending


def _opens(event: AnyEvent) -> bool:
    """It may belong to a login, or to the questions that follow it."""
    match event:
        case CommandSent() as asked:
            return _asks(asked)
        case ReplyReceived(in_reply_to=answered, role=role):
            return role is Role.GREETING or (answered is not None and _asks(answered))
        case ConnectionOpening() | ConnectionOpened() | TlsEstablished():
            return True
        case LimitKnown(source=source):
            return source is LimitSource.ADVERTISED
        case _:
            return False


def _keeps_alive(asked: CommandSent | InReplyTo) -> bool:
    prepares = asked.purpose is Purpose.SETUP and asked.verb in PREPARING
    return prepares or asked.is_keep_alive


def _asks(asked: CommandSent | InReplyTo) -> bool:
    is_clients = asked.purpose is Purpose.CLIENT and asked.verb in _OPENING_VERBS
    return asked.purpose in _OPENING or is_clients
