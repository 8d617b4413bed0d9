"""What belongs to a row of the dialogue: its command or its reply, what was known of its session at
its moment, and the rows around it. Everything is asked of the past; nothing later than `upto` is.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import CommandSent, ConnectionClosed, ReplyReceived
from ftpwatch.core.journal.filter import Filter, Term
from ftpwatch.core.journal.history import Row
from ftpwatch.core.journal.vocabulary import Role
from ftpwatch.core.judgement.inspection import Inspection, Pair, inspected
from ftpwatch.core.state.state import WatchState
from ftpwatch.tui.inputs import Sources
from ftpwatch.tui.widgets.inspector_text import Inspected

__all__ = ["RowFacts", "of_session"]

_NEAR: Final = 60
_SPEAKING: Final = frozenset("*?[,")


def of_session(name: str) -> tuple[Term, ...]:
    """The terms for rows of the session `name`; none where its name would be read as a pattern."""
    return () if _SPEAKING & set(name) else (Term("session", name),)


class RowFacts:
    """Asks `sources`."""

    def __init__(self, sources: Sources) -> None:
        self._sources, self._history, self._watch = sources, sources.history, sources.watch

    async def of(self, row: Row, upto: int, key: str) -> Inspected:
        """All that is shown of `row`; `key` is the one that unfolds."""
        pair = await self._pair(row, upto)
        state = await self._state(pair.moment.seq)
        explained = self._watch.explanation_at(pair.moment)
        session = state.sessions.get(row.entry.session or "") if state is not None else None
        said = state.host_of(session).said if state is not None and session is not None else {}
        defaults = self._watch.clocks(said) if said else ()
        inspection: Inspection = inspected(pair, state, explained, defaults)
        code = _code_of(pair)
        return Inspected(
            row=row,
            inspection=inspection,
            meaning=None if code is None else self._watch.compare(code, code).left,
            server=self._watch.server(said) if said else None,
            key=key,
        )

    async def _state(self, seq: int) -> WatchState | None:
        """What was known after the entry `seq`."""
        if seq == self._watch.state.seq:
            return self._watch.state
        ask = self._sources.state_after
        return None if ask is None else await ask(seq)

    # --- command and reply ---------------------------------------------------------------------

    async def _pair(self, row: Row, upto: int) -> Pair:
        event, answer = row.entry.event, row.answer
        if isinstance(event, CommandSent):
            own = answer is not None and answer.session == row.entry.session
            reply = answer if own else await self._reply_to(row.entry, event, upto)
            return Pair(row.entry, command=row.entry, reply=reply)
        if isinstance(event, ReplyReceived):
            asked = event.in_reply_to
            number = asked.number if asked is not None else 0
            command = await self._command(row.entry, number, upto) if number else None
            unseen = bool(number) and command is None
            return Pair(row.entry, command=command, reply=row.entry, command_unseen=unseen)
        return Pair(row.entry)

    async def _reply_to(self, sent: Entry, command: CommandSent, upto: int) -> Entry | None:
        """Its final reply, or else the first that came."""
        rows = await self._history.after(sent.seq, _NEAR, upto, _lines_of(sent))
        answers = [
            entry
            for entry in _entries(rows, sent)
            if isinstance(entry.event, ReplyReceived)
            and entry.event.in_reply_to is not None
            and entry.event.in_reply_to.number == command.number
        ]
        finals = [a for a in answers if getattr(a.event, "role", None) is Role.FINAL]
        return next(iter(finals or answers), None)

    async def _command(self, reply: Entry, number: int, upto: int) -> Entry | None:
        rows = await self._history.before(reply.seq, _NEAR, upto, _lines_of(reply))
        commands = (
            entry
            for entry in _entries(rows, reply)
            if isinstance(entry.event, CommandSent) and entry.event.number == number
        )
        return next(commands, None)


def _code_of(pair: Pair) -> int | None:
    """That of the reply, or of the one that announced an end."""
    match pair.reply.event if pair.reply is not None else pair.entry.event:
        case ReplyReceived(code=code) | ConnectionClosed(announced_by=code):
            return code
        case _:
            return None


def _lines_of(entry: Entry) -> Filter:
    """What went over the wire in the session of `entry`."""
    spoken = Term("event", "command_sent,reply_received")
    return Filter((*of_session(entry.session or ""), spoken))


def _entries(rows: Iterable[Row], of: Entry) -> Iterator[Entry]:
    """Those of the same connection."""
    for row in rows:
        for entry in (row.entry, row.answer):
            same = entry is not None and entry.session == of.session
            if entry is not None and same and entry.connection == of.connection:
                yield entry
