"""All sessions of a watch, in one TaskGroup: adds, steers and ends them. Implements Controls, whose
every wish is a method here: it is long for that.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from functools import partial
from typing import Any, Final

from msgspec.structs import replace

from ftpwatch.core.controls import PasswordWanted, Refused
from ftpwatch.core.errors import NoPassword
from ftpwatch.core.ftp.command import Command, Secret
from ftpwatch.core.ftp.keep_alive_policy import is_too_fast
from ftpwatch.core.ftp.target import Reconnect, Target
from ftpwatch.core.journal.events import (
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    MarkSet,
    SessionAdded,
    SessionRemoved,
)
from ftpwatch.core.journal.vocabulary import ChangedBy
from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.fold_session import new_session
from ftpwatch.core.state.state import ClockLimit, WatchState, host_key
from ftpwatch.engine.auto_keep_alive import AutoKeepAlive
from ftpwatch.engine.by_hand import why_unsendable
from ftpwatch.engine.checks import Checks
from ftpwatch.engine.hosts import Hosts
from ftpwatch.engine.limits_seen import LimitsSeen
from ftpwatch.engine.logins import Logins
from ftpwatch.engine.own_state import OwnState
from ftpwatch.engine.reconnect_schedule import ReconnectSchedule
from ftpwatch.engine.session import Session
from ftpwatch.engine.session_environment import SessionEnvironment
from ftpwatch.engine.spreading import limits_told, spread

__all__ = ["OPENING_AT_ONCE", "Monitor"]

OPENING_AT_ONCE: Final = 8
_USUAL_INTERVAL: Final = 30.0


class Monitor:
    """`find_targets` turns what a user typed into Targets; it raises ValueError with the reason."""

    def __init__(
        self,
        environment: SessionEnvironment,
        find_targets: Callable[[str, Secret | None], Sequence[Target]],
    ) -> None:
        self._environment, self._find_targets = environment, find_targets
        self._publish = environment.publish
        self._hosts = Hosts()
        self._logins = Logins(environment.clock)
        self._choosing = AutoKeepAlive(environment.advisor)
        self._limits = LimitsSeen(environment.advisor, environment.publish, environment.clock)
        # Per host: one that does not answer shall not delay the others.
        self._slots: dict[tuple[str, int], asyncio.Semaphore] = {}
        self._sessions: dict[str, Session] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None
        self._state = WatchState()
        self._checking: set[str] = set()
        self._resting: set[str] = set()
        self._stop = asyncio.Event()
        self._news = asyncio.Event()

    @property
    def why_not(self) -> str | None:
        """Each wish is looked at."""
        return None

    async def run(self, targets: Iterable[Target]) -> None:
        """Watch `targets`, and what is added, until `stop`; then QUIT to all and return."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            for target in spread(targets):
                self.watch(target)
            beside = [self._tell_jumps(), self._limits.run()]
            helpers = [group.create_task(self._fenced(None, work)) for work in beside]
            await self._stop.wait()
            for session in self._sessions.values():
                session.leave()
            if self._tasks:
                await asyncio.wait(self._tasks.values())
            for helper in helpers:
                helper.cancel()

    async def _tell_jumps(self) -> None:
        while self._environment.wait_jump is not None:
            self._publish(await self._environment.wait_jump())

    async def _fenced(self, session: str | None, work: Coroutine[Any, Any, None]) -> None:
        """What runs beside the sessions: an error of ours there ends it, and nothing else."""
        try:
            await work
        except Exception as error:
            if self._environment.failed is None:
                raise
            self._environment.failed(session or "", None, error)

    def stop(self) -> None:
        """End the watch: QUIT to all, at most three seconds."""
        self._stop.set()

    def drop_all(self) -> None:
        """Close every connection now, without a word."""
        for session in self._sessions.values():
            session.drop()

    def conclude(self) -> None:
        """All entries of the sessions have been seen: publish what is known by now."""
        self._limits.conclude()

    async def wait_nothing_left(self) -> None:
        """Return when no session is connected, connecting or waiting to reconnect."""
        while len(self._resting) < len(self._sessions):
            self._news.clear()
            await self._news.wait()

    def _note_rest(self, session: str, *, rests: bool) -> None:
        """`session` waits for nothing but its user, or does so no more."""
        (self._resting.add if rests else self._resting.discard)(session)
        self._wake()

    def _wake(self) -> None:
        # A turn later: what its session published last is seen first.
        asyncio.get_running_loop().call_soon(self._news.set)

    def receive(self, update: Update) -> None:
        """The Watch's judgement of a close goes to its session, which asks how to go on."""
        self._state = update.state
        event = update.entry.event if update.entry is not None else None
        self._hosts.receive(update)
        if isinstance(event, CommandSent):
            return  # what we say teaches nothing
        if update.explained or update.judgement is not None:
            self._judge(update)
        for name, seconds in limits_told(update).items():
            if name in self._sessions:
                self._sessions[name].know_limit(seconds)
        self._limits.receive(update)
        self._choose_keep_alives(update)

    def _judge(self, update: Update) -> None:
        event = update.entry.event if update.entry is not None else None
        ended = isinstance(event, (ConnectionClosed, ConnectionFailed))
        judged = [update.judgement] if ended and update.judgement is not None else []
        for explained in (*update.explained, *judged):
            if explained.session in self._sessions:
                session, why = self._sessions[explained.session], explained.explanation
                session.schedule.judge(
                    explained.connection, explained.of, why.cause, passes=why.passes
                )
                self._logins.was_refused(explained.session, session.target, why.cause)

    def _choose_keep_alives(self, update: Update) -> None:
        for name, advice in self._choosing.receive(update):
            if name in self._sessions:
                self._sessions[name].change_keep_alive(
                    interval=advice.interval_seconds, command=advice.command, by=ChangedBy.AUTO
                )

    # --- Controls ----------------------------------------------------------------------------

    def watch(self, target: Target) -> None:
        """Watch one target more; its name gets a number where it is taken."""
        if self._stop.is_set():
            raise Refused("the watch is ending")
        target = replace(target, name=self._free_name(target.name))
        own = self._added(target)
        rest = partial(self._note_rest, target.name)
        schedule = ReconnectSchedule(target, self._environment, own, self._hosts, rest)
        session = Session(target, self._environment, own, schedule, self._logins)
        self._sessions[target.name] = session
        key = (target.host, target.port)
        slots = self._slots.setdefault(key, asyncio.Semaphore(OPENING_AT_ONCE))
        assert self._group is not None, "a target was added before the watch ran"
        run = self._fenced(target.name, session.run(slots))
        self._tasks[target.name] = self._group.create_task(run)

    def _added(self, target: Target) -> OwnState:
        facts, ahead = target.facts(), self._environment.ahead
        added = self._publish(SessionAdded(facts), target.name)
        session = new_session(facts, added.seq)
        if ahead is not None:
            ahead.put(None, added, session)
        return OwnState(session, self._publish, ahead)

    def add(self, target: str, password: Secret | None = None) -> None:
        try:
            for each in self._find_targets(target, password):
                self.watch(each)
        except ValueError as error:
            kind = PasswordWanted if isinstance(error, NoPassword) else Refused
            raise kind(str(error)) from error

    def remove(self, session: str) -> None:
        leaving = self._find(session)
        del self._sessions[session]
        self._note_rest(session, rests=False)
        leaving.leave()
        self._tasks[session].add_done_callback(lambda _: self._forget(session))

    def reconnect(self, session: str) -> None:
        self._find(session).reconnect()

    def quit(self, session: str) -> None:
        self._find(session).quit()

    def drop(self, session: str) -> None:
        self._find(session).drop()

    def keep_alive_now(self, session: str) -> None:
        self._find(session).keep_alive_now()

    def send(self, session: str, command: Command, unsent: Callable[[str], None]) -> None:
        sender = self._find(session)
        if (why := why_unsendable(sender.state, command)) is not None:
            raise Refused(why)
        sender.by_hand.add(command, unsent)

    def set_keep_alive(
        self, session: str, interval_seconds: float | None, by: ChangedBy = ChangedBy.USER
    ) -> None:
        steered = self._find(session)
        if is_too_fast(interval_seconds, steered.target.host) and not steered.target.forced:
            raise Refused(f"an interval under 1 s burdens {steered.target.host}: --force allows it")
        steered.change_keep_alive(interval=interval_seconds, by=by)

    def set_keep_alive_command(self, session: str, command: str) -> None:
        steered = self._find(session)
        try:
            steered.change_keep_alive(
                interval=steered.state.target.keep_alive_seconds or _USUAL_INTERVAL,
                command=command,
            )
        except ValueError as error:
            raise Refused(str(error)) from error

    def open_twin(
        self, of: str, name: str, command: str | None, interval_seconds: float | None
    ) -> str:
        known = self._sessions.get(of)
        try:
            target = known.target if known is not None else self._find_targets(of, None)[0]
        except ValueError as error:
            raise Refused(str(error)) from error
        if not self._hosts.has_place(target):
            takes = self._hosts.budget(target)
            raise Refused(f"{target.host} takes {takes} of our sessions, and so many are open")
        twin = replace(
            target,
            name=self._free_name(f"{target.name}~{name}"),
            keep_alive_seconds=None if command is None else interval_seconds,
            keep_alive_command=command or "NOOP",
            keep_alive_jitter=0.0,
            keep_alive_head_start=0.0,
            reconnect=Reconnect.NEVER,
            twin=True,
        )
        self.watch(twin)
        return twin.name

    def know_limit(self, session: str, limit: ClockLimit) -> None:
        state = self._state.sessions.get(session)
        if state is None:
            raise Refused(f"no session is called {session}")
        self._publish(limit.as_event(*host_key(state)), session, state.connections or None)

    def check(self, session: str) -> None:
        target, state = self._find(session).target, self._state.sessions.get(session)
        if state is None or self._group is None or session in self._checking:
            raise Refused(f"checks of {session} are under way")
        publish = partial(self._publish, session=session, connection=state.connections or None)
        checks = Checks(target, state, publish, self._environment.clock)
        self._checking.add(session)
        run = checks.run(has_place=self._hosts.has_place(target))
        task = self._group.create_task(self._fenced(session, run))
        task.add_done_callback(lambda _: self._checking.discard(session))

    def mark(self, text: str) -> None:
        self._publish(MarkSet(text))

    def _forget(self, session: str) -> None:
        del self._tasks[session]
        self._publish(SessionRemoved(), session)

    def _find(self, session: str) -> Session:
        if session not in self._sessions:
            raise Refused(f"no session is called {session}")
        return self._sessions[session]

    def _free_name(self, name: str) -> str:
        if name not in self._tasks:
            return name
        return next(f"{name}#{n}" for n in range(2, 10_000) if f"{name}#{n}" not in self._tasks)
