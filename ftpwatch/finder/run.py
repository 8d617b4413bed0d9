"""One limits run: twins side by side, one silent, the others each with a command of its own.

They are opened one after the other, as few as the server takes; a refusal that is no matter of
places ends the run. Nothing is opened twice, so there are never more logins than twins. One file,
as opening, steering and ending are one order of events.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import msgspec

from ftpwatch.core.clock import Clock
from ftpwatch.core.controls import Controls, Refused
from ftpwatch.core.journal.events import LimitKnown
from ftpwatch.core.journal.vocabulary import Cause, ChangedBy, ClockName, LimitSource
from ftpwatch.core.judgement.watch import Update, Watch
from ftpwatch.core.state.limits import ClockFound, Found, Twin
from ftpwatch.core.state.state import ClockLimit, HostFacts, host_key
from ftpwatch.finder.conclude import Seen, clocks_of, is_decided, stopped_together
from ftpwatch.finder.observed import Observed
from ftpwatch.finder.recommend import recommend

__all__ = ["COMMANDS", "MOST_TWINS", "Finder"]

COMMANDS: Final = (None, "NOOP", "STAT", "LIST")
MOST_TWINS: Final = len(COMMANDS)
_STEPS: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0)
_TURN_SECONDS: Final = 0.5
_OPENING_SECONDS: Final = 60.0
_PROBE_SECONDS: Final = 5.0
_SETTLE_SECONDS: Final = 2.0
_OUR_OWN: Final = (Cause.CLIENT_QUIT, Cause.LOCAL)
_NOT_WELCOME: Final = (
    Cause.KICKED,
    Cause.LOGIN_ABUSE,
    Cause.ADDRESS_REFUSED,
    Cause.SERVER_SHUTDOWN,
)
_NO_PLACE: Final = (
    Cause.TOO_MANY_CONNECTIONS,
    Cause.TOO_MANY_CONNECTIONS_FROM_ADDRESS,
    Cause.TOO_MANY_SESSIONS_FOR_USER,
)


class Finder:
    """Implements LimitsRun. Subscribe `receive` to the Watch, then `run`."""

    def __init__(
        self,
        of: str,
        watch: Watch,
        controls: Controls,
        clock: Clock,
        *,
        max_wait_seconds: float,
        twins: int = MOST_TWINS,
    ) -> None:
        self._of, self._watch, self._controls, self._clock = of, watch, controls, clock
        self._max_wait = max_wait_seconds
        self._wanted = COMMANDS[:twins]
        self._twins: dict[str, Observed] = {}
        self._steps: dict[str, float] = {}
        self._news, self._stop = asyncio.Event(), asyncio.Event()
        self._problem: str | None = None
        self._dead_after: float | None = None
        self._found: Found | None = None

    @property
    def of(self) -> str:
        return self._of

    @property
    def twins(self) -> tuple[Twin, ...]:
        return tuple(twin.shown() for twin in self._twins.values())

    @property
    def max_wait_seconds(self) -> float:
        return self._max_wait

    @property
    def found(self) -> Found | None:
        return self._found

    def stop(self) -> None:
        self._stop.set()
        self._news.set()

    def receive(self, update: Update) -> None:
        """What happens to the twins."""
        for explained in update.explained:
            self._note_explained(explained.session)
        entry = update.entry
        name = entry.session or "" if entry is not None else ""
        if name in self._twins and entry is not None and not isinstance(entry.event, LimitKnown):
            self._note_explained(name)
            session = update.state.sessions.get(name)
            if session is not None:
                self._twins[name] = msgspec.structs.replace(self._twins[name], session=session)
            self._news.set()

    def _note_explained(self, name: str) -> None:
        """The newest explanation of the twin's end."""
        twin = self._twins.get(name)
        if twin is None:
            return
        ends = [
            explained
            for explained in self._watch.explanations()
            if explained.session == name and explained.explanation.cause not in _OUR_OWN
        ]
        if ends:
            self._twins[name] = msgspec.structs.replace(twin, ended=ends[-1].explanation)

    # --- the run -------------------------------------------------------------------------------

    async def run(self) -> Found:
        """Open the twins, wait for what ends them, conclude, and end the rest."""
        await self._open_all()
        while not self._is_over():
            self._steer()
            await self._wait(_TURN_SECONDS)
        await self._settle()
        self._found = self._concluded(self._seen())
        for clock in self._found.clocks:
            self._remember(clock)
        self._leave()
        return self._found

    async def _open_all(self) -> None:
        for command in self._wanted:
            if self._stop.is_set() or self._problem is not None:
                return
            try:
                name = self._controls.open_twin(self._of, command or "silent", command, _STEPS[0])
            except Refused as refused:
                if not self._twins:  # else there are fewer
                    self._problem = str(refused)
                return
            self._twins[name] = Observed(name, command)
            state = self._watch.state.sessions.get(name)
            if state is not None:
                self._twins[name] = Observed(name, command, state)
            end = self._clock.elapsed() + max(self._max_wait, _OPENING_SECONDS)
            while not self._is_settled(name) and not self._stop.is_set():
                self._steer()
                await self._wait(_TURN_SECONDS)
                if self._clock.elapsed() > end:
                    self._problem = f"{command or 'the silent test session'} did not get ready"
                    return
            if self._twins[name].failed:
                await self._wait(_TURN_SECONDS)  # its explanation may still be revised
                self._after_refusal(self._twins[name])
                return

    def _is_settled(self, name: str) -> bool:
        twin = self._twins[name]
        return twin.ready_at is not None or twin.failed

    def _after_refusal(self, twin: Observed) -> None:
        """Fewer twins where the server has no more places; else the run is over."""
        cause = twin.ended.cause if twin.ended is not None else None
        others = any(other.ready_at is not None for other in self._twins.values())
        if cause in _NO_PLACE and others:
            return
        self._problem = f"{cause or 'unknown'}: {twin.shown().ending or 'the login failed'}"

    def _is_over(self) -> bool:
        if self._stop.is_set() or self._problem is not None:
            return True
        seen = self._seen()
        ready = [twin.ready_at for twin in seen.twins if twin.ready_at is not None]
        if not ready or seen.now - max(ready) >= self._max_wait:
            return True
        for twin in seen.twins:
            if twin.ended is not None and twin.ended.cause in _NOT_WELCOME and twin.closed:
                self._problem = f"the server ended a twin: {twin.ended.cause}"
                return True
        return is_decided(seen)

    def _steer(self) -> None:
        """Keep-alives often enough to hold against an idle limit not yet known: at a quarter of
        the age, at a third of the limit once it is known.
        """
        now, known = self._clock.elapsed(), self._host().limit(ClockName.IDLE)
        silent = self._seen().silent()
        limits = [known.limit_seconds] if known is not None else []
        if silent is not None and silent.closed is not None:
            limits.append(silent.quiet(now))
        for name, twin in self._twins.items():
            if twin.command is None or not twin.shown().lives or twin.is_refused:
                continue
            most = min([twin.lived(now) / 4, *(limit / 3 for limit in limits)])
            step = max((step for step in _STEPS if step <= most), default=_STEPS[0])
            if self._steps.get(name, _STEPS[0]) != step:
                self._steps[name] = step
                with suppress(Refused):
                    self._controls.set_keep_alive(name, step, by=ChangedBy.AUTO)

    async def _settle(self) -> None:
        """Explanations may be revised shortly after a close; a silent twin that still stands may
        stand on our side only.
        """
        silent = self._seen().silent()
        if silent is not None and silent.shown().lives and self._problem is None:
            quiet = silent.quiet(self._clock.elapsed())
            if not await self._answers(silent):
                self._dead_after = quiet
        elif self._problem is None:
            await self._wait_until(self._clock.elapsed() + _SETTLE_SECONDS, lambda: False)

    async def _answers(self, silent: Observed) -> bool:
        """Whether a silent twin is alive: one NOOP tells."""
        with suppress(Refused):
            self._controls.keep_alive_now(silent.name)
        end = self._clock.elapsed() + _PROBE_SECONDS

        def settled() -> bool:
            twin = self._twins[silent.name]
            facts = twin.session.connection if twin.session else None
            return twin.ended_at is not None or bool(facts and facts.keep_alives_answered)

        await self._wait_until(end, settled)
        facts = self._twins[silent.name].session
        return bool(facts and facts.connection and facts.connection.keep_alives_answered)

    def broke(self, error: Exception) -> None:
        """An error of ours ended the run."""
        problem = f"an error of ftpwatch: {type(error).__name__}: {error}"
        self._found = Found(
            host=self._of,
            port=0,
            server=None,
            clocks=(),
            recommended=None,
            logins=0,
            why="nothing was concluded",
            problem=problem,
        )

    def conclusion(self) -> Found:
        """What is known by now; nothing is remembered of it."""
        if self._found is None and self._problem is None:
            self._problem = "interrupted before its end"
        return self._found or self._concluded(self._seen())

    # --- its end -------------------------------------------------------------------------------

    def _seen(self) -> Seen:
        known = tuple(self._watch.clocks(self._host().said))
        return Seen(tuple(self._twins.values()), self._clock.elapsed(), known, self._dead_after)

    def _host(self) -> HostFacts:
        sessions = [twin.session for twin in self._twins.values() if twin.session is not None]
        return self._watch.state.host_of(sessions[0]) if sessions else HostFacts()

    def _concluded(self, seen: Seen) -> Found:
        if self._problem is None and stopped_together(seen.twins):
            self._problem = (
                "all test sessions ended in one moment: the server or the path was stopped"
            )
        measured = any(twin.ready_at is not None for twin in seen.twins)
        clocks = clocks_of(seen) if measured else ()
        recommended, why = recommend(clocks, seen.twins)
        sessions = [twin.session for twin in seen.twins if twin.session is not None]
        host, port = host_key(sessions[0]) if sessions else (self._of, 0)
        logins = sum(1 for twin in seen.twins if _logged_in(twin))
        server = self._watch.server(self._host().said)
        return Found(
            host=host,
            port=port,
            server=server,
            clocks=clocks,
            recommended=recommended,
            logins=logins,
            why=why,
            problem=self._problem or ("stopped before its end" if self._stop.is_set() else None),
        )

    def _remember(self, clock: ClockFound) -> None:
        name = next(iter(self._twins))
        if clock.limit_seconds is not None:
            reset_by = clock.reset_by if clock.clock != ClockName.PATH else ()
            known = ClockLimit(clock.clock, clock.limit_seconds, LimitSource.MEASURED, reset_by)
            with suppress(Refused):
                self._controls.know_limit(name, known)

    def _leave(self) -> None:
        for name in self._twins:
            with suppress(Refused):  # the user removed it
                self._controls.remove(name)

    # --- waiting -------------------------------------------------------------------------------

    async def _wait(self, seconds: float) -> None:
        """Until something is new, at most `seconds`."""
        self._news.clear()
        waits = [
            asyncio.ensure_future(self._news.wait()),
            asyncio.ensure_future(self._clock.sleep_until(self._clock.elapsed() + seconds)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _wait_until(self, end: float, condition: Callable[[], bool]) -> None:
        while not condition() and (left := end - self._clock.elapsed()) > 0:
            await self._wait(left)


def _logged_in(twin: Observed) -> bool:
    facts = twin.session.connection if twin.session is not None else None
    return facts is not None and "USER" in facts.sent_at
