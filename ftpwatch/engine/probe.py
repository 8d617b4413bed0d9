"""A probe: one connection to one target, opened, asked and left, each step timed; one login at
most, and no second try.

It goes the way of a watched session and publishes the same events, so that the Watch judges what
ends it. What it asks is Purpose.PROBE.
"""

import asyncio
import ssl
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, tzinfo
from typing import Any, Final, TypeVar

import msgspec
from msgspec.structs import replace

from ftpwatch.core.clock import Clock
from ftpwatch.core.ftp.command import Command, Purpose
from ftpwatch.core.ftp.reply import ReplyClass, code_text, reply_class
from ftpwatch.core.ftp.target import Target, TlsMode
from ftpwatch.core.journal.events import (
    ConnectionOpening,
    DataConnectionClosed,
    ReplyReceived,
    SessionAdded,
)
from ftpwatch.core.journal.keeper import Publish
from ftpwatch.core.state.fold_session import new_session
from ftpwatch.core.state.probed import Probed, Questions, Step
from ftpwatch.core.text.neutral import shortened
from ftpwatch.engine.control_connection import ConnectionEnded, ControlConnection
from ftpwatch.engine.file_probe import FileNotSeen, look_at_file
from ftpwatch.engine.listing import Entries, NotListed, read_listing
from ftpwatch.engine.own_state import OwnState
from ftpwatch.engine.problems import OPENING_ERRORS, fail_attempt, problem_of_attempt
from ftpwatch.transport.dialing import Connect
from ftpwatch.transport.tls import expiry
from ftpwatch.transport.waiting import Overdue, within

__all__ = ["Probe", "ProbeEnvironment"]

T = TypeVar("T")
_LATE_WORD_SECONDS: Final = 1.0
_LEAVING_SECONDS: Final = 0.5
_SHOWN: Final = 60


class ProbeEnvironment(msgspec.Struct, frozen=True):
    """The bus, the clock and the network; `zone` is that of listings that name none."""

    publish: Publish
    clock: Clock
    connect: Connect
    zone: tzinfo = UTC


class _Unmet(Exception):
    """What was asked for is not so, in our words; None where the server's own say it."""

    def __init__(self, problem: str | None) -> None:
        super().__init__(problem)
        self.problem = problem


class Probe:
    """Run it once; `probed` is how far it came, also where `run` was cancelled."""

    def __init__(self, target: Target, asked: Questions, environment: ProbeEnvironment) -> None:
        self.target, self._asked = target, asked
        self._clock, self._zone = environment.clock, environment.zone
        self._seconds: dict[Step, float] = {}
        self._step: Step | None = None
        self.probed = Probed(target.name, target.user, environment.clock.now())
        environment.publish(SessionAdded(target.facts()), target.name)
        own = OwnState(new_session(target.facts()), environment.publish)
        self._connection = ControlConnection(
            target, own.connection(1), environment.clock, environment.connect, self.broke
        )

    def broke(self, error: Exception) -> None:
        """An error of ours costs this probe, and no other."""
        self._know(own_error=f"{type(error).__name__}: {error}")

    async def run(self) -> None:
        """All steps, or up to the first that fails."""
        connection, began = self._connection, self._clock.elapsed()
        connection.own.publish(ConnectionOpening(self.target.host, self.target.port, 1))
        try:
            await self._open()
            await self._ask()
            await self._take(Step.QUIT, self._quit())
            self._know(total_seconds=self._clock.elapsed() - began)
            self._step = None
        except NotListed as error:
            if error.problem is not None:
                connection.own.publish(_no_data(error.problem))
            await self._leave_early(error.problem)
        except (FileNotSeen, _Unmet) as error:
            await self._leave_early(error.problem)
        except OPENING_ERRORS as error:
            await self._leave_early(self._fail(error))
        except asyncio.CancelledError:
            self._know(cut=True)
            raise
        finally:
            self._know(failed=self._step)
            await self._let_go()

    def _know(self, **facts: Any) -> None:
        self.probed = replace(self.probed, at=self._clock.now(), **facts)

    async def _take(self, step: Step, work: Coroutine[Any, Any, T]) -> T:
        """Do the work of `step`, which several pieces of work may share."""
        self._step, began = step, self._clock.elapsed()
        result = await work
        seconds = self._seconds.get(step, 0.0) + self._clock.elapsed() - began
        self._seconds[step] = seconds
        self._know(steps=tuple(self._seconds.items()))
        return result

    # --- the steps ---------------------------------------------------------------------------

    async def _open(self) -> None:
        connection, tls = self._connection, self.target.tls
        await self._take(Step.CONNECT, connection.open())
        if tls is TlsMode.IMPLICIT:
            await self._take(Step.TLS, connection.secure_at_once())
        await self._take(Step.GREETING, connection.greet())
        self._look_for_expected()
        if tls is TlsMode.IMPLICIT:
            await self._take(Step.TLS, connection.protect_data())
        elif tls is not TlsMode.OFF:
            offered = tls is TlsMode.TRY
            secure = connection.secure_if_offered if offered else connection.secure
            await self._take(Step.TLS, secure())
        self._note_tls()
        await self._take(Step.LOGIN, connection.log_in())

    def _look_for_expected(self) -> None:
        """Before any password goes out: it is no business of another server."""
        wanted, greeting = self._asked.expect, self._connection.own.facts.last_reply
        text = _words(greeting) if greeting is not None else ""
        if wanted is not None and wanted not in text:
            said = shortened(text, _SHOWN)
            raise _Unmet(f"{wanted!r} is not in {said!r}, and the login was not tried")

    def _note_tls(self) -> None:
        tls = self._connection.own.facts.tls
        wire = self._connection.stream.writer.get_extra_info("ssl_object")
        if tls is not None and isinstance(wire, ssl.SSLObject):
            self._know(tls=tls.protocol, is_verified=tls.verified, expires_at=expiry(wire))
        elif self.target.facts().is_in_clear:
            self._know(in_clear=True)

    async def _ask(self) -> None:
        await self._take(Step.NOOP, self._noop())
        if self._asked.lists:
            await self._take(Step.LIST, self._listing())
        if self._asked.file is not None:
            await self._take(Step.FILE, self._file(self._asked.file))

    async def _noop(self) -> None:
        code, lines = await self._connection.ask(Command("NOOP"), Purpose.PROBE)
        match reply_class(code):
            case ReplyClass.COMPLETION:
                return
            case ReplyClass.PERMANENT_NEGATIVE:
                said = shortened(" ".join((code_text(code), *lines)), _SHOWN)
                self._remark(f"it lives, but refuses NOOP: {said}")
            case _:
                raise _Unmet(None)

    async def _listing(self) -> None:
        entries = Entries()
        await read_listing(self._connection, Command("LIST"), entries.take)
        self._know(entries=entries.count)

    async def _file(self, path: str) -> None:
        self._know(file=await look_at_file(self._connection, path, self._zone))

    async def _quit(self) -> None:
        await self._connection.quit_within(self.target.timeout_seconds)
        facts = self._connection.own.facts
        if not facts.quit_sent:
            raise ConnectionEnded
        closed_by_us = facts.closure is not None and facts.closure.event.by_us
        if closed_by_us and "QUIT" not in facts.answered:
            self._remark(f"QUIT was not answered within {self.target.timeout_seconds:g} s")

    def _remark(self, text: str) -> None:
        self._know(remarks=(*self.probed.remarks, text))

    def _fail(self, error: Exception) -> str | None:
        """Why: as the attempt to log in has it, or what came after."""
        connection = self._connection
        problem = problem_of_attempt(error, connection.attempt.stage, self.target)
        fail_attempt(connection, error)
        if isinstance(error, Overdue):
            connection.receiver.close_local()
        failure = connection.own.facts.failure
        return problem if failure is None else failure.problem

    # --- leaving early -----------------------------------------------------------------------

    async def _leave_early(self, problem: str | None) -> None:
        """What the server has to say of it may come a little later; then QUIT."""
        self._know(problem=problem)
        connection = self._connection
        if not connection.receiver.is_open or connection.own.facts.greeting_at is None:
            return
        if connection.own.facts.announcement is not None:
            with suppress(Overdue):
                ended = connection.receiver.ended.wait()
                await within(self._clock, _LATE_WORD_SECONDS, ended)
        if connection.receiver.is_open:
            await connection.quit_within(_LATE_WORD_SECONDS)

    async def _let_go(self) -> None:
        """Whatever happened, nothing stays open."""
        connection = self._connection
        if not connection.receiver.is_open:
            return
        if connection.own.facts.ready_at is not None and not connection.own.facts.owed:
            await connection.quit_within(_LEAVING_SECONDS)
        connection.receiver.close_local()


def _words(reply: ReplyReceived) -> str:
    return " ".join((code_text(reply.code), *reply.lines))


def _no_data(problem: str) -> DataConnectionClosed:
    return DataConnectionClosed(number=0, problem=problem)
