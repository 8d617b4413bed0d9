"""One control connection: aioftp's client with its input taken over.

aioftp connects, logs in and starts TLS; what arrives goes to `ReplyReceiver`, and replies owed to a
command reach aioftp through `parse_response`. Waits are bounded by our Clock, never by aioftp.
Long, as it is one class of aioftp's that is taken over.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import aioftp

from ftpwatch.core.clock import Clock
from ftpwatch.core.ftp.command import Command, Purpose, scrubber_of
from ftpwatch.core.ftp.reply import Reply, ReplyClass, reply_class
from ftpwatch.core.ftp.target import Target
from ftpwatch.core.journal.events import ConnectionOpened, ReplyOverdue
from ftpwatch.core.journal.vocabulary import Stage
from ftpwatch.core.state.next_step import OVERDUE_AT_MOST
from ftpwatch.engine.attempt import Attempt
from ftpwatch.engine.own_state import OwnConnection
from ftpwatch.engine.reply_receiver import ReplyReceiver
from ftpwatch.engine.turns import Turns
from ftpwatch.transport.dialing import Connect
from ftpwatch.transport.tls import ResumingContext, context_for, describe
from ftpwatch.transport.waiting import Overdue, within
from ftpwatch.transport.wire import WireReader, something_waits

__all__ = ["ConnectionEnded", "ControlConnection", "NoAccount"]

_TURNS: Final = 3
_LOGIN_VERBS: Final = ("USER", "PASS", "ACCT", "AUTH")


class ConnectionEnded(Exception):
    """There is no connection any more; what happened is in the events."""


class NoAccount(Exception):
    """The server asks for an account (332, RFC 959 §4.2.2), and the target has none."""

    def __init__(self) -> None:
        super().__init__(
            "the server asks for an account (332), and none is given: netrc can hold it, as in "
            "machine HOST login USER account ACCOUNT password PASSWORD"
        )


class ControlConnection(aioftp.Client):
    """Open it step by step: `open`, `greet`, `secure`, `log_in`. Then `send` and watch `own`."""

    def __init__(
        self,
        target: Target,
        own: OwnConnection,
        clock: Clock,
        connect: Connect,
        failed: Callable[[Exception], None] | None = None,
        turns: Turns | None = None,
    ) -> None:
        super().__init__()
        self.target = target
        scrub = scrubber_of(target.user, target.password, target.account)
        self.own, self.attempt = own, Attempt(own, scrub)
        self.receiver = ReplyReceiver(own, self.attempt, clock, scrub, turns or Turns(), failed)
        self.clock, self._connect = clock, connect
        self.is_protected = False
        self._tls: ResumingContext | None = None
        self._passwords_sent = self._accounts_sent = 0

    async def open(self) -> None:
        """TCP to the first address that answers. Raises OSError or Overdue."""
        opening = aioftp.BaseClient.connect(self, self.target.host, self.target.port)
        await within(self.clock, self.target.timeout_seconds, opening)

    async def secure_at_once(self) -> None:
        """Implicit TLS, before the greeting. Raises OSError, ssl.SSLError or Overdue, and
        aioftp.StatusCodeError for a refusal in clear: vsftpd says on this port too that it is full.
        """
        if self.own.facts.greeting_at is not None:
            await self.greet()
        self.attempt.reach(Stage.TLS)
        self.receiver.secure_from_here()
        await self._start_tls()

    async def greet(self) -> list[str]:
        """Wait for the greeting; its lines. Raises aioftp.StatusCodeError where it refuses."""
        self.attempt.reach(Stage.GREETING)  # implicit TLS came before it
        _, lines = await self.command(None, "2xx", "1xx")
        self.attempt.reach(Stage.LOGIN)
        return list(lines)

    async def secure(self) -> None:
        """AUTH TLS, handshake, protection of data connections (RFC 4217 §4). Raises
        aioftp.StatusCodeError where the server will not, OSError, ssl.SSLError or Overdue.
        """
        self.attempt.reach(Stage.TLS)
        await self.command("AUTH TLS", "234")
        await self._start_tls()
        self.attempt.reach(Stage.LOGIN)
        await self.protect_data()

    async def protect_data(self) -> None:
        """Data connections under TLS too (RFC 4217 §8, §9)."""
        await self.ask(Command("PBSZ", "0"), Purpose.SETUP)
        code, _ = await self.ask(Command("PROT", "P"), Purpose.SETUP)
        self.is_protected = reply_class(code) is ReplyClass.COMPLETION

    async def secure_if_offered(self) -> None:
        """Like `secure`, but a server that will not do TLS is taken as it is."""
        try:
            await self.secure()
        except aioftp.StatusCodeError:
            self.attempt.reach(Stage.LOGIN)

    async def log_in(self) -> None:
        """USER, PASS and ACCT as the server asks; aioftp is given the masks only."""
        target = self.target
        await self.login(target.user, str(target.password), str(target.account))
        self.attempt.reach(Stage.REPLY)

    async def send(self, command: Command, purpose: Purpose, *, awaited: bool = False) -> None:
        """Send `command`. Its reply is folded into `own`; `parse_response` gives it too where it is
        `awaited`. Raises ConnectionEnded.
        """
        await self.read_what_waits()
        line = command.wire()
        self.receiver.sending(command, purpose, awaited=awaited)
        self.stream.writer.write(line)

    async def read_what_waits(self) -> None:
        """Take in what has arrived: a failing write would make asyncio drop a 421 that waits in the
        kernel, and what is to be sent may not be wanted any more. Raises ConnectionEnded.
        """
        if something_waits(self.receiver.transport):
            # Two passes of the selector.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        self.receiver.take_now()
        if not self.receiver.is_open:
            raise ConnectionEnded

    async def quit_within(self, seconds: float) -> None:
        """QUIT (RFC 959 §4.1.1), and close whatever comes of it after `seconds`."""
        try:
            await self.send(Command("QUIT"), Purpose.QUIT)
            await within(self.clock, seconds, self.receiver.ended.wait())
        except (ConnectionEnded, Overdue):
            self.receiver.close_local()

    async def report_overdue(self) -> None:
        """A reply has been owed for too long, unless it waits to be read, as after sleep, or one
        without an end can be taken as it. Raises ConnectionEnded.
        """
        owed, heard_at = self.own.facts.owing, self.own.facts.last_reply_at
        await self.read_what_waits()
        if heard_at != self.own.facts.last_reply_at:
            return
        self.receiver.close_open_reply("its last line has not come")
        if owed != self.own.facts.owing:
            return
        if owed is None:
            waited = (self.own.facts.overdue + 1) * self.target.timeout_seconds
            overdue = ReplyOverdue(None, None, self.attempt.stage, waited)
        else:
            waited = self.clock.elapsed() - owed.sent_at
            overdue = ReplyOverdue(owed.number, owed.verb, self.attempt.stage, waited)
        self.own.publish(overdue)

    async def _start_tls(self) -> None:
        tls = self._tls = context_for(self.target.trust)
        handshake = self.stream.start_tls(tls, self.target.host)
        try:
            await within(self.clock, self.target.timeout_seconds, handshake)
        except Overdue:
            self.own.publish(ReplyOverdue(None, None, Stage.TLS, self.target.timeout_seconds))
            raise
        except OSError:
            # What broke the handshake reaches the reader a turn later.
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            raise
        transport = self.stream.writer.transport
        self.receiver.secured(transport)
        self.own.publish(describe(transport.get_extra_info("ssl_object"), self.target.trust))

    async def protect(self, stream: aioftp.ThrottleStreamIO) -> None:
        """TLS on a data connection, continuing that of this one (RFC 4217 §7). Raises OSError or
        ssl.SSLError.
        """
        if self._tls is not None and self.is_protected:
            own = self.stream.writer.get_extra_info("ssl_object")
            self._tls.session = own.session
            await stream.start_tls(self._tls, self.target.host)

    # --- what aioftp calls -----------------------------------------------------------------

    async def _open_connection(self, host: str, port: int) -> Any:
        reader = WireReader(self.receiver)
        protocol = asyncio.StreamReaderProtocol(reader)
        transport = await self._connect(lambda: protocol, host, port, self._resolved)
        self.receiver.stands(transport, protocol)
        local, peer = (_address(transport.get_extra_info(n)) for n in ("sockname", "peername"))
        self.own.publish(ConnectionOpened(local, peer))
        loop = asyncio.get_running_loop()
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)

    def _resolved(self) -> None:
        self.attempt.reach(Stage.CONNECT)

    async def ask(
        self, command: Command, purpose: Purpose, *, past_preliminary: bool = True
    ) -> tuple[int, list[str]]:
        """Send `command` and wait for its reply, `past_preliminary` ones (1xx) or not. Raises
        ConnectionEnded, and Overdue where a reply was owed for too long.
        """
        await self.send(command, purpose, awaited=True)
        return await self.next_reply(past_preliminary=past_preliminary)

    async def next_reply(self, *, past_preliminary: bool = True) -> tuple[int, list[str]]:
        """The next reply to what was asked last; raises as `ask` does."""
        while True:
            reply = await self._next_answer()
            preliminary = reply_class(reply.code) is ReplyClass.PRELIMINARY
            if not (preliminary and past_preliminary):
                return reply.code, list(reply.lines)

    async def open_data(self, port: int) -> aioftp.ThrottleStreamIO:
        """A data connection to the address that answered on the control connection, whatever the
        server names: it cannot send us elsewhere, and a name with several addresses is not
        resolved again. Raises OSError or Overdue.
        """
        if not 0 < port < 65_536:
            raise OSError(f"{port} is not a port")
        assert self.receiver.transport is not None
        host = self.receiver.transport.get_extra_info("peername")[0]
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        opening = self._connect(lambda: protocol, host, port)
        transport = await within(self.clock, self.target.timeout_seconds, opening)
        loop = asyncio.get_running_loop()
        return aioftp.ThrottleStreamIO(
            reader, asyncio.StreamWriter(transport, protocol, reader, loop)
        )

    async def command(
        self,
        command: str | None = None,
        expected_codes: str | tuple[str, ...] = (),
        wait_codes: str | tuple[str, ...] = (),
        censor_after: int | None = None,
    ) -> Any:
        if command:
            verb, _, argument = command.partition(" ")
            purpose = Purpose.LOGIN if verb in _LOGIN_VERBS else Purpose.SETUP
            await self.send(self._with_secret(verb, argument or None), purpose, awaited=True)
        return await super().command(None, expected_codes, wait_codes)

    async def parse_response(self) -> tuple[aioftp.Code, list[str]]:
        reply = await self._next_answer()
        return aioftp.Code(f"{reply.code:03d}"), list(reply.lines)

    async def _next_answer(self) -> Reply:
        while True:
            try:
                seconds = self.target.timeout_seconds
                reply = await self.receiver.answers.get(seconds)
            except Overdue:
                await self.report_overdue()
                if self.own.facts.overdue >= OVERDUE_AT_MOST:
                    raise
                continue
            if reply is None:
                raise ConnectionEnded
            return reply

    def _with_secret(self, verb: str, argument: str | None) -> Command:
        match verb:
            case "PASS":
                self._passwords_sent += 1
                if self._passwords_sent > 1:
                    # aioftp answers an endless 331 with the same password for ever.
                    raise aioftp.StatusCodeError(
                        aioftp.Code("230"), aioftp.Code("331"), ["the password was asked for again"]
                    )
                return Command(verb, self.target.password)
            case "ACCT" if not self.target.account:
                raise NoAccount
            case "ACCT":
                self._accounts_sent += 1
                if self._accounts_sent > 1:
                    raise aioftp.StatusCodeError(
                        aioftp.Code("230"), aioftp.Code("332"), ["the account was asked for again"]
                    )
                return Command(verb, self.target.account)
            case _:
                return Command(verb, argument)


def _address(name: Any) -> str:
    """`host:port` of a socket name, IPv6 in brackets."""
    if not isinstance(name, tuple):
        return str(name or "")
    host = f"[{name[0]}]" if ":" in str(name[0]) else name[0]
    return f"{host}:{name[1]}"
