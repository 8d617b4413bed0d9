"""One session: a target watched across connections, in a task of its own.

A connection is opened step by step, then held: keep-alives when they are due and nothing is owed,
replies that stay away reported, an announced end watched until it comes. Wishes nudge the task;
it looks at what is wanted and what is due, and waits for the earlier of the two. Long, as the life
of a connection is read best from its opening to its end.
"""

import asyncio
import ssl
from functools import partial
from typing import Final

import aioftp

from ftpwatch.core.ftp.command import Command, Purpose
from ftpwatch.core.ftp.target import Target, TlsMode
from ftpwatch.core.journal.events import LEFT_BY_US, AnyEvent, ConnectionOpening, KeepAliveSkipped
from ftpwatch.core.journal.vocabulary import Stage
from ftpwatch.core.state.closure import LIVES_ON_SECONDS
from ftpwatch.engine.control_connection import ConnectionEnded, ControlConnection, NoAccount
from ftpwatch.engine.keeping import Keeping
from ftpwatch.engine.listing import list_briefly
from ftpwatch.engine.logins import LoginNotTried, Logins
from ftpwatch.engine.outside import Outside
from ftpwatch.engine.problems import problem_of_attempt
from ftpwatch.engine.retry import Comeback
from ftpwatch.transport.waiting import Overdue, unless, within

__all__ = ["QUIT_SECONDS", "Session"]

QUIT_SECONDS: Final = 3.0
LASTED_SECONDS: Final = 10.0
_CLOSE_AFTER_REFUSAL_SECONDS: Final = 1.0
_FAILURES_AT_MOST: Final = 10
_OPENING_ERRORS: Final = (
    OSError,
    ssl.SSLError,
    Overdue,
    aioftp.StatusCodeError,
    ConnectionEnded,
    NoAccount,
    LoginNotTried,
)


class Session:
    """Run it once; steer it by `leave`, `quit`, `drop`, `reconnect`, `keep_alive_now`."""

    def __init__(
        self,
        target: Target,
        outside: Outside,
        comeback: Comeback,
        logins: Logins,
    ) -> None:
        self.target = target
        self.comeback, self._logins = comeback, logins
        self._publish = partial(outside.publish, session=target.name)
        self._outside, self._clock = outside, outside.clock
        self._keeping = Keeping(target, self._tell)
        self._nudge = asyncio.Event()
        self._stop = asyncio.Event()
        self._leaving = False
        self._polite = True
        self._comes_back = False
        self._keep_alive_wanted = False
        self._connection: ControlConnection | None = None
        self._number = 0
        self._failed = False

    # --- wishes ------------------------------------------------------------------------------

    def leave(self) -> None:
        """QUIT and end the task."""
        self._leaving = True
        self.comeback.at_once()
        self._end_connection(polite=True)

    def quit(self) -> None:
        """QUIT and stay away until asked to reconnect."""
        self.comeback.stay_away()
        self._end_connection(polite=True)

    def drop(self) -> None:
        """Close without a word and stay away until asked to reconnect."""
        self.comeback.stay_away()
        self._end_connection(polite=False)

    def reconnect(self) -> None:
        """Connect now; a connection that stands is left first."""
        self._logins.try_anew(self.target)
        self.comeback.at_once()
        self._end_connection(polite=True)

    def keep_alive_now(self) -> None:
        """Send one keep-alive as soon as nothing is owed."""
        self._keep_alive_wanted = True
        self._nudge.set()

    def change_keep_alive(
        self, *, interval: float | None, command: str | None = None, by: str = "user"
    ) -> None:
        """Another interval in seconds (None is off), which counts from the last command, or
        another command or preset. Raises ValueError for a command that is none.
        """
        self._keeping.change(interval=interval, command=command, by=by)
        self.target = self._keeping.as_target(self.target)
        self._nudge.set()

    def _tell(self, event: AnyEvent) -> None:
        self._publish(event, connection=self._number or None)

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
                if self._outside.failed is None:
                    raise
                self._outside.failed(self.target.name, self._number or None, error)
                self._rest_after_failure()
        self.comeback.rests = True

    async def _run(self, slots: asyncio.Semaphore) -> None:
        if self._failed:
            await self.comeback.wait(self._number, lasted=False)
        while not self._leaving:
            self._number += 1
            lasted = await self._connect_and_hold(slots)
            if not self._leaving:
                await self.comeback.wait(self._number, lasted=lasted)

    def _rest_after_failure(self) -> None:
        self._failed = True
        if not self._leaving:
            self.comeback.stay_away()
        if self._connection is not None:
            self._connection.intake.close_local()

    async def _connect_and_hold(self, slots: asyncio.Semaphore) -> bool:
        self._stop.clear()
        publish = partial(self._outside.publish, session=self.target.name, connection=self._number)
        failed = self._outside.failed
        connection = ControlConnection(
            self.target,
            publish,
            self._nudge.set,
            self._clock,
            self._outside.connect,
            None if failed is None else partial(failed, self.target.name, self._number),
            self._outside.turns,
        )
        self._connection = connection
        self._keeping.begin(self._number)
        async with slots:
            opened = bool(await unless(self._stop, self._open(connection)))
        since = self._clock.elapsed()
        if opened:
            await self._hold(connection)
        await self._leave_connection(connection, opened=opened)
        return opened and self._clock.elapsed() - since >= LASTED_SECONDS

    async def _open(self, connection: ControlConnection) -> bool:
        target, intake = connection.target, connection.intake
        opening = ConnectionOpening(target.host, target.port, self.comeback.attempt)
        self._publish(opening, connection=self._number)
        try:
            await self._steps(connection)
        except _OPENING_ERRORS as error:
            stage = intake.stage
            intake.fail(problem_of_attempt(error, stage, target), stage)
            if stage is Stage.TLS or (stage is Stage.REPLY and isinstance(error, Overdue)):
                intake.close_local()
            return False
        return True

    async def _steps(self, connection: ControlConnection) -> None:
        tls = connection.target.tls
        await connection.open()
        if tls is TlsMode.IMPLICIT:
            await connection.secure_at_once()
        said = {"GREETING": await connection.greet()}
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
            _, said[verb] = await connection.command(verb, "xxx", "1xx")
        if self._outside.asks:
            for verb in self._outside.advisor.questions(said):
                await connection.command(verb, "xxx", "1xx")

    # --- holding -----------------------------------------------------------------------------

    async def _hold(self, connection: ControlConnection) -> None:
        intake = connection.intake
        while not intake.ended.is_set() and not self._stop.is_set():
            self._nudge.clear()
            try:
                await self._act(connection)
            except ConnectionEnded:
                return
            if intake.ended.is_set() or self._stop.is_set() or self._nudge.is_set():
                continue
            await self._wait_until(self._next_moment(connection))

    async def _wait_until(self, due: float) -> None:
        """Until `due`, or a nudge. One task and no more: many sessions wake in the same moment."""
        timer = asyncio.ensure_future(self._clock.sleep_until(due))
        timer.add_done_callback(lambda done: None if done.cancelled() else self._nudge.set())
        try:
            await self._nudge.wait()
            if timer.done():
                self._keeping.woke(due, self._clock.elapsed())
        finally:
            timer.cancel()

    async def _act(self, connection: ControlConnection) -> None:
        """Do what is due now."""
        intake, now = connection.intake, self._clock.elapsed()
        if intake.keep_alive_code is not None:
            self._keeping.answered(intake.keep_alive_code)
            self.target = self._keeping.as_target(self.target)
            intake.keep_alive_code = None
        if intake.dialogue.owed is not None:
            self._skip_keep_alive()
            if now >= self._overdue_at(connection) and connection.report_overdue():
                intake.close_local()
        elif intake.words.announced is not None:
            if now >= intake.words.last_at + LIVES_ON_SECONDS:
                await connection.send(Command("NOOP"), Purpose.PROBE)
        elif self._keep_alive_wanted or now >= self._keep_alive_due(connection):
            self._keep_alive_wanted = False
            await self._keep_alive(connection)
        elif now >= self._keeping.leaves_at(intake.last_real_at):
            self._tell(KeepAliveSkipped("as the client that is imitated does, it leaves now"))
            self.quit()

    async def _keep_alive(self, connection: ControlConnection) -> None:
        command = self._keeping.next_command()
        if command.verb != "LIST":
            await connection.send(command, Purpose.KEEP_ALIVE)
            return
        try:
            listed = await unless(self._stop, list_briefly(connection))
        except Overdue:
            connection.intake.close_local()
            return
        if listed is not None:
            self._keeping.answered(listed.code, listed.verb)
            self.target = self._keeping.as_target(self.target)

    def _skip_keep_alive(self) -> None:
        if self._keep_alive_wanted:
            self._keep_alive_wanted = False
            self._publish(KeepAliveSkipped("a reply is owed"), connection=self._number)

    def _next_moment(self, connection: ControlConnection) -> float:
        intake = connection.intake
        if intake.dialogue.owed is not None:
            return self._overdue_at(connection)
        if intake.words.announced is not None:
            return intake.words.last_at + LIVES_ON_SECONDS
        leaves = self._keeping.leaves_at(intake.last_real_at)
        return min(leaves, self._keep_alive_due(connection))

    def _overdue_at(self, connection: ControlConnection) -> float:
        owed = connection.intake.dialogue.owed
        assert owed is not None
        waits = connection.intake.overdue + 1
        return owed.sent_at + waits * connection.target.timeout_seconds

    def _keep_alive_due(self, connection: ControlConnection) -> float:
        last = connection.intake.last_command_at
        assert last is not None  # USER at least was sent
        return self._keeping.due_at(last, connection.intake.last_real_at)

    # --- leaving -----------------------------------------------------------------------------

    async def _leave_connection(self, connection: ControlConnection, *, opened: bool) -> None:
        intake = connection.intake
        if not intake.is_open:
            if not opened:
                intake.fail(LEFT_BY_US)
            return
        if self._stop.is_set():
            await self._stop_connection(connection)
            return
        if not intake.dialogue.greeted:
            intake.close_local()
            return
        announced = intake.words.announced is not None
        patience = LIVES_ON_SECONDS if announced else _CLOSE_AFTER_REFUSAL_SECONDS
        try:
            await within(self._clock, patience, unless(self._stop, intake.ended.wait()))
        except Overdue:
            await connection.quit_within(QUIT_SECONDS)
        if not intake.ended.is_set():
            await self._stop_connection(connection)

    async def _stop_connection(self, connection: ControlConnection) -> None:
        if self._polite and connection.intake.dialogue.greeted:
            await connection.quit_within(QUIT_SECONDS)
        else:
            connection.intake.close_local()
