"""Checks beside a session: does the name resolve to the address it used, does the port answer,
what does the server say to a newcomer, and what is different since it worked.

Each is bounded in time and becomes an entry. The greeting is read once and left politely, and only
where the host may have a place for one more connection of ours.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, Final

from ftpwatch.core.clock import Clock
from ftpwatch.core.ftp.reply import Reply, code_text
from ftpwatch.core.ftp.reply_parser import ReplyParser
from ftpwatch.core.ftp.target import Target, TlsMode
from ftpwatch.core.journal.events import AnyEvent, CheckMade
from ftpwatch.core.state.state import SessionState
from ftpwatch.core.text.neutral import shortened, visible
from ftpwatch.transport.dialing import addresses_of
from ftpwatch.transport.problems import problem_in_words
from ftpwatch.transport.waiting import Overdue, within

__all__ = ["Checks"]

_SECONDS: Final = 5.0
_USUAL_PORTS: Final = (21, 990)
_Result = tuple[bool, str]


class Checks:
    """Run once for a session; `publish` is bound to it."""

    def __init__(
        self,
        target: Target,
        session: SessionState,
        publish: Callable[[AnyEvent], object],
        clock: Clock,
    ) -> None:
        self._target, self._session = target, session
        self._publish, self._clock = publish, clock
        self._addresses: list[str] = []
        self._greeting: str | None = None
        self._answers = self._welcome = True

    async def run(self, *, has_place: bool) -> None:
        """All checks, one after the other; `has_place` allows the one that takes a place."""
        await self._check("resolve", self._target.port, self._resolve())
        own = self._target.port
        if has_place:
            self._answers = await self._check(f"port {own}", own, self._knock(own))
        for port in (port for port in _USUAL_PORTS if port != own):
            await self._check(f"port {port}", port, self._knock(port))
        if self._target.tls is TlsMode.IMPLICIT:
            self._say("greeting", ok=True, result="not read: TLS comes first on this port")
        elif not has_place:
            result = "not read: the host is full for us, and this would take a place"
            self._say("greeting", ok=True, result=result)
        else:
            self._welcome = await self._check("greeting", own, self._read_greeting())
        differences = self._differences()
        text = "; ".join(differences) or "no difference found"
        self._say("since it worked", ok=not differences, result=text)

    async def _check(self, name: str, port: int, ask: Coroutine[Any, Any, _Result]) -> bool:
        began = self._clock.elapsed()
        try:
            ok, result = await within(self._clock, _SECONDS, ask)
        except Overdue:
            ok, result = False, f"no answer within {_SECONDS:g} s"
        except OSError as error:
            ok, result = False, problem_in_words(error, self._target, port)
        seconds = self._clock.elapsed() - began
        self._publish(
            CheckMade(
                check=name, host=self._target.host, port=port, ok=ok, seconds=seconds, result=result
            )
        )
        return ok

    def _say(self, name: str, *, ok: bool, result: str) -> None:
        self._publish(
            CheckMade(
                check=name,
                host=self._target.host,
                port=self._target.port,
                ok=ok,
                seconds=0.0,
                result=result,
            )
        )

    async def _resolve(self) -> _Result:
        addresses = await addresses_of(self._target.host, self._target.port)
        self._addresses = list(dict.fromkeys(str(address[4][0]) for address in addresses))
        used = _address_of(self._session)
        text = f"{self._target.host} is {', '.join(self._addresses)}"
        if used is None:
            return True, text
        same = used in self._addresses
        return (
            same,
            f"{text}; this session used {used}{'' if same else ', which is not among them'}",
        )

    async def _knock(self, port: int) -> _Result:
        _, writer = await asyncio.open_connection(self._target.host, port)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return True, "open"

    async def _read_greeting(self) -> _Result:
        reader, writer = await asyncio.open_connection(self._target.host, self._target.port)
        parser = ReplyParser()
        try:
            while data := await reader.read(4096):
                for item in parser.feed(data):
                    return self._greeted(item if isinstance(item, Reply) else None)
            last = next(iter(parser.finish()), None)
            return self._greeted(last if isinstance(last, Reply) else None)
        finally:
            with contextlib.suppress(OSError):
                writer.write(b"QUIT\r\n")
                writer.close()

    def _greeted(self, reply: Reply | None) -> _Result:
        if reply is None:
            return False, "closed without a greeting"
        self._greeting = " ".join(reply.lines)
        text = shortened(visible(f"{code_text(reply.code)} {self._greeting}"), 120)
        return 200 <= reply.code < 300, text

    def _differences(self) -> list[str]:
        worked = self._session.worked
        if worked is None:
            return ["this session has not worked in this watch, so there is nothing to compare"]
        differences = []
        if self._addresses and worked.address not in self._addresses:
            differences.append(f"the name no longer leads to {worked.address}")
        if not self._answers:
            differences.append("nobody answers at its port now")
        elif not self._welcome:
            differences.append("it does not welcome a newcomer now")
        before = " ".join(worked.greeting)
        if self._welcome and self._greeting is not None and self._greeting != before:
            differences.append(f"the greeting was {shortened(visible(before), 60)!r}")
        return differences


def _address_of(session: SessionState) -> str | None:
    facts = session.connection
    if facts is not None and facts.peer is not None:
        return facts.peer.rpartition(":")[0].strip("[]")
    return session.worked.address if session.worked is not None else None
