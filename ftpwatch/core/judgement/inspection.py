"""One row of the dialogue, with all that was known of its session at that moment: what went over
the wire, the command with its reply, the clocks. Pure.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import CommandSent, ReplyReceived, SourceOpened
from ftpwatch.core.journal.vocabulary import ClockName
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.explanation import ClockDefault, Explained
from ftpwatch.core.state.state import (
    ANNOUNCING_CODES,
    ClockLimit,
    ConnectionFacts,
    HostFacts,
    SessionState,
    WatchState,
)

__all__ = ["ClockReading", "Inspection", "Pair", "inspected"]

_ALWAYS: Final = (ClockName.LOGIN, ClockName.IDLE, ClockName.NO_TRANSFER, ClockName.SESSION)


class Pair(msgspec.Struct, frozen=True):
    """The row's own `entry`, and as far as they are known the command and the reply that belong to
    it or are it. `command_unseen` where there is one, and it is not at hand.
    """

    entry: Entry
    command: Entry | None = None
    reply: Entry | None = None
    command_unseen: bool = False

    @property
    def moment(self) -> Entry:
        """The entry that the row ends with: what was known is what was known then."""
        event = self.entry.event
        shares = isinstance(event, CommandSent) and event.is_keep_alive
        return self.reply if shares and self.reply is not None else self.entry

    @property
    def seconds(self) -> float | None:
        """From the command to its reply; None where that is not known."""
        if self.command is None or self.reply is None:
            return None
        reply = self.reply.event
        if isinstance(reply, ReplyReceived) and reply.latency_seconds is not None:
            return reply.latency_seconds
        if not (self.command.timed and self.reply.timed):
            return None
        return max(0.0, self.reply.elapsed_seconds - self.command.elapsed_seconds)


class ClockReading(msgspec.Struct, frozen=True):
    """Where a clock stood, None where that is not known; whether it `runs`; what is known of its
    limit here and of its server's default; whether it `struck`, at `struck_seconds` by what the
    server says. `since` says what it counts from.
    """

    clock: ClockName
    since: str
    seconds: float | None
    runs: bool = True
    limit: ClockLimit | None = None
    default: ClockDefault | None = None
    struck: bool = False
    struck_seconds: float | None = None


class Inspection(msgspec.Struct, frozen=True):
    """`session`, `facts` and `host` as they were known then; None where that cannot be read, and
    for an entry of no session. `explained` is the end that the row is part of.
    """

    pair: Pair
    session: SessionState | None = None
    facts: ConnectionFacts | None = None
    host: HostFacts = HostFacts()
    source: SourceOpened | None = None
    clocks: tuple[ClockReading, ...] = ()
    explained: Explained | None = None


def inspected(
    pair: Pair,
    state: WatchState | None,
    explained: Explained | None,
    defaults: Sequence[ClockDefault],
) -> Inspection:
    """`pair` in the `state` of its moment; `defaults` are the clocks of its server."""
    entry = pair.moment
    session = state.sessions.get(entry.session or "") if state is not None else None
    source = state.source if state is not None else None
    if state is None or session is None:
        return Inspection(pair, explained=explained, source=source)
    facts, host = session.connection, state.host_of(session)
    if facts is None or (entry.connection is not None and facts.number != entry.connection):
        return Inspection(pair, session=session, host=host, source=source, explained=explained)
    context = Context(
        session=session,
        connection=facts,
        host=host,
        at=entry.elapsed_seconds,
        phase=session.phase,
        reply=entry.event if isinstance(entry.event, ReplyReceived) else None,
        closure=facts.closure,
        source=source,
    )
    of_it = explained is not None and explained.connection == facts.number
    of_it = of_it and explained is not None and explained.session == session.name
    return Inspection(
        pair=pair,
        session=session,
        facts=facts,
        host=host,
        source=source,
        clocks=_readings(context, _counted_to(pair), explained if of_it else None, defaults),
        explained=explained,
    )


def _counted_to(pair: Pair) -> Entry:
    """What the idle clock is read at: of a keep-alive its command, unless its reply is an end."""
    reply = pair.moment.event
    ends = isinstance(reply, ReplyReceived) and reply.code in ANNOUNCING_CODES
    return pair.moment if ends else pair.entry


def _readings(
    context: Context, entry: Entry, explained: Explained | None, defaults: Sequence[ClockDefault]
) -> tuple[ClockReading, ...]:
    """Those that always run, and others of which a limit or an end tells."""
    by_clock = {default.clock: default for default in defaults}
    struck = explained.explanation if explained is not None else None
    readings = []
    for clock in ClockName:
        hit = struck is not None and struck.clock == clock
        limit = context.limit(clock)
        if clock not in _ALWAYS and limit is None and not hit:
            continue
        since, seconds, runs = _reading(clock, context, entry)
        readings.append(
            ClockReading(
                clock=clock,
                since=since,
                seconds=seconds,
                runs=runs,
                limit=limit,
                default=by_clock.get(clock),
                struck=hit,
                struck_seconds=struck.limit_seconds if hit and struck is not None else None,
            )
        )
    return tuple(readings)


def _reading(clock: ClockName, context: Context, entry: Entry) -> tuple[str, float | None, bool]:
    """What it counts from, where it stands, and whether it runs."""
    facts = context.connection
    match clock:
        case ClockName.LOGIN:
            return _login(context)
        case ClockName.IDLE | ClockName.PATH:
            if isinstance(entry.event, CommandSent):
                return "the command before, until this one", _before(context, entry), True
            return "the last command", context.idle_seconds, True
        case ClockName.NO_TRANSFER:
            began, ended = facts.transfer_began_at, facts.transfer_ended_at
            if began is not None and began > (-1.0 if ended is None else ended):
                return "a transfer is under way", None, False
            if facts.ready_at is None:
                return "runs from the login on", None, False
            since = "the last transfer" if ended is not None else "the login, no transfer yet"
            return since, context.seconds_since_transfer, True
        case ClockName.SESSION:
            return "the connection stood", context.open_seconds, True
        case ClockName.DATA:
            opened = facts.data_opened_at if facts.data_closed is None else None
            stood = None if opened is None or not context.timed else context.at - opened
            return "the data connection stood", stood, opened is not None


def _login(context: Context) -> tuple[str, float | None, bool]:
    facts = context.connection
    if facts.ready_at is None:
        return "the connection stood", context.open_seconds, True
    if not context.timed or facts.opened_at is None:
        return "logged in", None, False
    return "logged in after", max(0.0, facts.ready_at - facts.opened_at), False


def _before(context: Context, sent: Entry) -> float | None:
    """The silence that a command ends."""
    facts = context.connection
    since = facts.command_before_at if facts.command_before_at is not None else facts.opened_at
    return None if since is None or not context.timed else max(0.0, sent.elapsed_seconds - since)
