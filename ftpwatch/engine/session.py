"""One session: a target watched across connections, in a task of its own.

A connection is opened step by step, then held: keep-alives when they are due and nothing is owed,
replies that stay away reported, an announced end watched until it comes. Wishes nudge the task;
it looks at what is wanted and what is due, and waits for the earlier of the two. Long, as the life
of a connection is read best from its opening to its end.
"""

import asyncio
from functools import partial
from math import inf
from typing import Final, assert_never

from msgspec.structs import replace

from ftpwatch.core.ftp.command import Command, Purpose
from ftpwatch.core.ftp.target import Target, TlsMode
from ftpwatch.core.journal.events import (
    LEFT_BY_US,
    ConnectionOpening,
    KeepAliveChanged,
    KeepAliveSkipped,
)
from ftpwatch.core.journal.vocabulary import ChangedBy, Stage
from ftpwatch.core.state.closure import LIVES_ON_SECONDS
from ftpwatch.core.state.keep_alive import KeepAliveEnd, changed_keep_alive, spread_until
from ftpwatch.core.state.next_step import (
    Act,
    Close,
    Leave,
    ReportOverdue,
    Send,
    SessionWishes,
    SkipKeepAlive,
    Wait,
    next_step,
)
from ftpwatch.core.state.state import SessionState
from ftpwatch.engine.by_hand import ByHand, send_by_hand
from ftpwatch.engine.control_connection import ConnectionEnded, ControlConnection
from ftpwatch.engine.listing import list_briefly
from ftpwatch.engine.logins import Logins
from ftpwatch.engine.own_state import OwnState
from ftpwatch.engine.problems import OPENING_ERRORS, fail_attempt
from ftpwatch.engine.reconnect_schedule import ReconnectSchedule
from ftpwatch.engine.session_environment import SessionEnvironment
from ftpwatch.transport.waiting import Overdue, Signal, unless, within

__all__ = ["QUIT_SECONDS", "Session"]

QUIT_SECONDS: Final = 3.0
LASTED_SECONDS: Final = 10.0
_CLOSE_AFTER_REFUSAL_SECONDS: Final = 1.0
_FAILURES_AT_MOST: Final = 10


class Session:
    """Run it once; steer it by `leave`, `quit`, `drop`, `reconnect`, `keep_alive_now`."""

    def __init__(
        self,
        target: Target,
        environment: SessionEnvironment,
        own: OwnState,
        schedule: ReconnectSchedule,
        logins: Logins,
    ) -> None:
        self.target, self.schedule = target, schedule
        self._own, self._logins = own, logins
        self._environment, self._clock = environment, environment.clock
        self._nudge = own.news
        self._stop = Signal()
        self._leaving = False
        self._polite = True
        self._wishes = SessionWishes(target.timeout_seconds)
        self.by_hand = ByHand(self._nudge)
        self._connection: ControlConnection | None = None
        self._number, self._limit_seconds = 0, inf
        self._failed = False

    @property
    def state(self) -> SessionState:
        """As its own events make it."""
        return self._own.session

    # --- wishes ------------------------------------------------------------------------------

    def leave(self) -> None:
        """QUIT and end the task."""
        self._leaving = True
        self.schedule.at_once()
        self._end_connection(polite=True)

    def quit(self) -> None:
        """QUIT and stay away until asked to reconnect."""
        self._stay_away()
        self._end_connection(polite=True)

    def drop(self) -> None:
        """Close without a word, or while the answer to our QUIT is waited for, and stay away until
        asked to reconnect.
        """
        self._stay_away()
        self._end_connection(polite=False)
        facts, connection = self.state.connection, self._connection
        if connection is not None and facts is not None and facts.quit_sent:
            connection.receiver.abandon()

    def _stay_away(self) -> None:
        if not self._leaving:
            self.schedule.stay_away()

    def reconnect(self) -> None:
        """Connect now; a connection that stands is left first."""
        self._logins.try_anew(self.target)
        self.schedule.at_once()
        self._end_connection(polite=True)

    def keep_alive_now(self) -> None:
        """Send one keep-alive as soon as nothing is owed."""
        self._wish(keep_alive_now=True)
        self._nudge.set()

    def change_keep_alive(
        self, *, interval: float | None, command: str | None = None, by: ChangedBy = ChangedBy.USER
    ) -> None:
        """Another interval in seconds (None is off), which counts from the last command, or
        another command or preset. Raises ValueError for a command that is none.
        """
        changed = changed_keep_alive(self.state, interval=interval, command=command, by=by)
        self._wish(knows_of_rest=False)
        self._own.publish(changed, self._number or None)

    def know_limit(self, seconds: float) -> None:
        """So long the host lets it idle."""
        self._limit_seconds = seconds
        self._nudge.set()

    def _wish(self, **wishes: object) -> None:
        self._wishes = replace(self._wishes, **wishes)

    def _end_connection(self, *, polite: bool) -> None:
        self._polite = polite
        self._stop.set()
        self._nudge.set()

    # --- the task ----------------------------------------------------------------------------

    async def run(self, slots: asyncio.Semaphore) -> None:
        """Connect, hold, come back, until told to leave. `slots` bounds how many open at once.

        An error of ours costs the connection; the session rests until somebody wants it again.
        """
        for _ in range(_FAILURES_AT_MOST):
            try:
                await self._run(slots)
                return
            except Exception as error:
                if self._environment.failed is None:
                    raise
                self._environment.failed(self.target.name, self._number or None, error)
                self._rest_after_failure()
        self.schedule.rest()

    async def _run(self, slots: asyncio.Semaphore) -> None:
        if self._failed:
            await self.schedule.wait(self._number, lasted=False)
        while not self._leaving:
            self._number += 1
            lasted = await self._connect_and_hold(slots)
            if not self._leaving:
                await self.schedule.wait(self._number, lasted=lasted)

    def _rest_after_failure(self) -> None:
        self._failed = True
        self.by_hand.drop()
        if not self._leaving:
            self.schedule.stay_away()
        if self._connection is not None:
            self._connection.receiver.abandon()

    async def _connect_and_hold(self, slots: asyncio.Semaphore) -> bool:
        self._stop.clear()
        failed = self._environment.failed
        connection = ControlConnection(
            self.target,
            self._own.connection(self._number),
            self._clock,
            self._environment.connect,
            None if failed is None else partial(failed, self.target.name, self._number),
            self._environment.turns,
        )
        self._connection = connection
        self._wishes = SessionWishes(self.target.timeout_seconds)
        opened = bool(await unless(self._stop, self._open_in_turn(slots, connection)))
        since = self._clock.elapsed()
        if opened:
            await self._hold(connection)
        self.by_hand.drop()
        await self._leave_connection(connection, opened=opened)
        return opened and self._clock.elapsed() - since >= LASTED_SECONDS

    async def _open_in_turn(self, slots: asyncio.Semaphore, connection: ControlConnection) -> bool:
        async with slots:
            return not self._stop.is_set() and await self._open(connection)

    async def _open(self, connection: ControlConnection) -> bool:
        target = connection.target
        opening = ConnectionOpening(target.host, target.port, self.schedule.attempt)
        connection.own.publish(opening)
        try:
            await self._steps(connection)
        except OPENING_ERRORS as error:
            fail_attempt(connection, error)
            return False
        return True

    async def _steps(self, connection: ControlConnection) -> None:
        tls = connection.target.tls
        await connection.open()
        if tls is TlsMode.IMPLICIT:
            await connection.secure_at_once()
        statements = {"GREETING": await connection.greet()}
        if tls is TlsMode.IMPLICIT:
            await connection.protect_data()
        elif tls is TlsMode.EXPLICIT:
            await connection.secure()
        elif tls is TlsMode.TRY:
            await connection.secure_if_offered()
        await self._logins.wait_turn(self.target.name, self.target)
        await connection.log_in()
        self._logins.was_taken(self.target.name, self.target)
        for verb in ("SYST", "FEAT"):
            _, statements[verb] = await connection.ask(Command(verb), Purpose.SETUP)
        if self._environment.asks:
            for question in self._environment.advisor.questions(statements):
                verb, _, argument = question.partition(" ")
                await connection.ask(Command(verb, argument or None), Purpose.SETUP)

    # --- holding -----------------------------------------------------------------------------

    async def _hold(self, connection: ControlConnection) -> None:
        while not connection.receiver.ended.is_set():
            self._nudge.clear()
            wishes = replace(
                self._wishes,
                leave=self._stop.is_set(),
                command=self.by_hand.next_command,
                limit_seconds=self._limit_seconds,
            )
            step = next_step(self.state, wishes, self._clock.elapsed())
            if isinstance(step, Leave):
                self._leave_as_client_does(step, connection)
                return
            try:
                if isinstance(step, Send):
                    await connection.read_what_waits()
                    if next_step(self.state, wishes, self._clock.elapsed()) != step:
                        continue
                await self._take(step, connection)
            except ConnectionEnded:
                return

    def _leave_as_client_does(self, step: Leave, connection: ControlConnection) -> None:
        if step.why is not None:
            connection.own.publish(KeepAliveSkipped(step.why))
            self.quit()

    async def _take(self, step: Act, connection: ControlConnection) -> None:
        match step:
            case Wait(until):
                await self._wait_until(until)
            case Send(command, Purpose.KEEP_ALIVE):
                self._wish(keep_alive_now=False)
                await self._send_keep_alive(command, connection)
            case Send(command, Purpose.USER):
                await send_by_hand(command, connection)
                self.by_hand.was_sent()
            case Send(command, purpose):
                await connection.send(command, purpose)
            case SkipKeepAlive(why, rests):
                self._wish(keep_alive_now=False, knows_of_rest=self._wishes.knows_of_rest or rests)
                connection.own.publish(KeepAliveSkipped(why))
            case KeepAliveEnd(why, interval, command):
                connection.own.publish(KeepAliveSkipped(why))
                connection.own.publish(KeepAliveChanged(interval, command, ChangedBy.AUTO))
            case ReportOverdue():
                await connection.report_overdue()
            case Close():
                connection.receiver.close_local()
            case _:
                assert_never(step)

    async def _send_keep_alive(self, command: Command, connection: ControlConnection) -> None:
        if command.verb != "LIST":
            await connection.send(command, Purpose.KEEP_ALIVE)
            return
        try:
            await unless(self._stop, list_briefly(connection))
        except Overdue:
            connection.receiver.close_local()

    async def _wait_until(self, due: float) -> None:
        """Until `due`, or a nudge. No task: many sessions wake in the same moment."""
        alarm = self._clock.call_at(due, self._nudge.set)
        try:
            await self._nudge.wait()
        finally:
            alarm.cancel()
        if (now := self._clock.elapsed()) >= due:
            self._wish(not_before=spread_until(self.state, due, now))

    # --- leaving -----------------------------------------------------------------------------

    async def _leave_connection(self, connection: ControlConnection, *, opened: bool) -> None:
        receiver = connection.receiver
        if not receiver.is_open:
            if not opened and self.state.connections == self._number:
                connection.attempt.fail(LEFT_BY_US)
            return
        if self._stop.is_set():
            await self._stop_connection(connection)
            return
        if connection.own.facts.greeting_at is None:
            receiver.close_local()
            return
        announced = connection.own.facts.announcement is not None
        patience = LIVES_ON_SECONDS if announced else _CLOSE_AFTER_REFUSAL_SECONDS
        try:
            await within(self._clock, patience, unless(self._stop, receiver.ended.wait()))
        except Overdue:
            await connection.quit_within(QUIT_SECONDS)
        if not receiver.ended.is_set():
            await self._stop_connection(connection)

    async def _stop_connection(self, connection: ControlConnection) -> None:
        in_handshake = connection.attempt.stage is Stage.TLS
        greeted = connection.own.facts.greeting_at is not None
        if self._polite and greeted and not in_handshake:
            await connection.quit_within(QUIT_SECONDS)
        else:
            connection.receiver.close_local()
