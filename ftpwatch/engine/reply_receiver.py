"""Everything that arrives on one control connection, and how it ends.

Bytes go to the parser and replies to the dialogue the moment they arrive; every fact is published
here, the close exactly once. A flood is taken in portions, so that other sessions and the keys
are served in between. Between a 234 and TLS any plain byte is an injection (CVE-2021-22947).
One class, though long: taking in and ending are one order of events, and must be read together.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from typing import Final

from msgspec.structs import replace

from ftpwatch.core.clock import Clock
from ftpwatch.core.conversation.conversation import Conversation
from ftpwatch.core.ftp.command import Command, Purpose, Scrubber
from ftpwatch.core.ftp.reply import Reply
from ftpwatch.core.ftp.reply_parser import Malformed
from ftpwatch.core.journal.events import MalformedReply, ReplyReceived
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner, Role, Stage
from ftpwatch.core.state.closure import Ending, closed
from ftpwatch.core.state.fold_connection import answers_quit
from ftpwatch.engine.answers import Answers
from ftpwatch.engine.attempt import Attempt
from ftpwatch.engine.flood_sampling import FloodSampling
from ftpwatch.engine.own_state import OwnConnection
from ftpwatch.engine.turns import Turns
from ftpwatch.transport.kernel import RoundTrip
from ftpwatch.transport.waiting import Signal
from ftpwatch.transport.wire import ending_of, fin_ending, left_in_kernel

__all__ = ["ReplyReceiver"]

ITEMS_PER_TURN: Final = 25
PIECE_BYTES: Final = 8_192
MOST_WAITING: Final = 8  # pieces
# What answers instead of FTP: SSH, HTTP, IMAP, POP3, a TLS alert or handshake.
_FOREIGN: Final = (b"SSH-", b"HTTP/", b"* OK", b"+OK", b"\x15\x03", b"\x16\x03")
_OWED: Final = (Role.GREETING, Role.FINAL)
_END: Final = object()
LOCAL: Final = Ending(ClosedBy.USER_PI, Manner.LOCAL)


class ReplyReceiver:
    """Nobody else writes here: what is known of the connection is in `own`, how far its opening has
    come in `attempt`. `failed` hears of an error of ours, which costs this connection; without it,
    it is raised.
    """

    def __init__(
        self,
        own: OwnConnection,
        attempt: Attempt,
        clock: Clock,
        scrub: Scrubber,
        turns: Turns,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        self._own, self._attempt = own, attempt
        self._failed, self._turns = failed, turns
        self._is_due = False
        self._clock, self._conversation = clock, Conversation(scrub)
        self._waiting: list[bytes] = []
        self._items: Iterator[Reply | Malformed | None] | None = None
        self._ending: Ending | None = None
        self._transport: asyncio.WriteTransport | None = None
        self._tcp: asyncio.Transport | None = None
        self._protocol: asyncio.BaseProtocol | None = None
        self._awaited: set[int] = set()
        self._round_trip = RoundTrip()
        self.answers = Answers(clock)
        self.ended = Signal()
        self._securing = False
        self._skipping = FloodSampling(own.publish, clock, self._guard)

    def stands(self, transport: asyncio.Transport, protocol: asyncio.BaseProtocol) -> None:
        """The TCP connection is there."""
        self._transport = self._tcp = transport
        self._protocol = protocol
        self._attempt.reach(Stage.GREETING)
        if self._waiting or self._ending is not None:
            # It spoke or ended before asyncio handed it over: what stands is told first.
            asyncio.get_running_loop().call_soon(self._come)

    @property
    def transport(self) -> asyncio.BaseTransport | None:
        """What it arrives over, once that stands."""
        return self._transport

    @property
    def is_open(self) -> bool:
        """There is a transport that has not ended."""
        return self._transport is not None and not self.ended.is_set()

    def sending(self, command: Command, purpose: Purpose, *, awaited: bool) -> None:
        """`command` goes out now. Where somebody waits for its replies, they go to `answers`."""
        sent = self._conversation.send(command, purpose, self._clock.elapsed())
        if awaited:
            self._awaited.add(sent.number)
        self._own.publish(sent)

    def hide(self, scrub: Scrubber) -> None:
        """From now on mask by `scrub` what the server sends back."""
        self._conversation.scrub = scrub

    def secure_from_here(self) -> None:
        """Only TLS may arrive from now on."""
        self._securing = True

    def secured(self, transport: asyncio.WriteTransport) -> None:
        """TLS stands, over `transport`."""
        self._transport, self._securing = transport, False
        if self._waiting or self._ending is not None:
            # It spoke or ended under TLS before asyncio told us that TLS stands.
            asyncio.get_running_loop().call_soon(self._come)

    # --- what the wire says ----------------------------------------------------------------

    def bytes_received(self, data: bytes) -> None:
        self._guard(lambda: self._receive(data))

    def fin_received(self) -> None:
        tls = self._transport.get_extra_info("ssl_object") if self._transport else None
        self._guard(lambda: self._end(fin_ending(tls)))

    def connection_broken(self, error: Exception) -> None:
        self._guard(lambda: self._break(error))

    def _guard(self, step: Callable[[], None]) -> None:
        """asyncio would take an error of ours for one of the network."""
        try:
            step()
        except Exception as error:
            if self._failed is None:
                raise
            self._failed(error)
            self._abandon()

    def abandon(self) -> None:
        """Close from our side, whatever of ours fails in it."""
        self._guard(self.close_local)

    def _abandon(self) -> None:
        try:
            self.close_local()
        except Exception as error:  # noqa: BLE001 one error of ours was told, and here is another
            if self._failed is not None:
                self._failed(error)
        finally:
            if self._transport is not None and not self.ended.is_set():
                self.ended.set()
                self._attempt.end()
                self._skipping.drop()
                self._transport.abort()
                self.answers.put(None)
                self._own.nudge()

    def _receive(self, data: bytes) -> None:
        if self.ended.is_set():
            return
        if self._securing and self._is_plain():
            self._refuse_injection(len(data))
            return
        if len(data) <= PIECE_BYTES:
            self._waiting.append(data)
        else:
            starts = range(0, len(data), PIECE_BYTES)
            self._waiting.extend(data[start : start + PIECE_BYTES] for start in starts)
        if self._transport is not None and not self._securing:
            self._come()

    def _come(self) -> None:
        """Get a turn; until then no more is read than a little."""
        if not self._is_due:
            self._is_due = True
            self._turns.add(self.take_now)
        if len(self._waiting) > MOST_WAITING:
            self._pause(wanted=True)

    def take_now(self) -> None:
        """Take in what waits, without a turn."""
        if self._is_due:
            self._is_due = False
            self._guard(self._take)

    def _break(self, error: Exception) -> None:
        if self._transport is not None and self._ending is None:
            if not isinstance(error, ssl.SSLError) and self._is_plain():
                self._receive(left_in_kernel(self._transport))
            own_refusal = self._securing and isinstance(error, ssl.SSLError)
            self._end(LOCAL if own_refusal else ending_of(error))

    def _is_plain(self) -> bool:
        """Bytes come from TCP itself: no TLS layer has taken the socket over."""
        return self._tcp is not None and self._tcp.get_protocol() is self._protocol

    def _end(self, ending: Ending) -> None:
        self._ending = self._ending or ending
        self._attempt.see_end()
        # An end inside a handshake is told by start_tls, with the reason.
        taken = self._items is None and not self._is_due
        if taken and not self._securing and self._transport is not None:
            self._finish()

    # --- taking in -------------------------------------------------------------------------

    def _take(self) -> None:
        if self.ended.is_set():
            return
        items = self._items = self._items or self._read()
        for _ in range(ITEMS_PER_TURN):
            item = next(items, _END)
            if not isinstance(item, Reply | Malformed):
                self._items = None if item is _END or not self._waiting else items
                break
            self._accept(item)
            if self.ended.is_set():
                return
        if self._items is not None:
            self._pause(wanted=True)
            asyncio.get_running_loop().call_soon(self._come)
            return
        self._pause(wanted=False)
        if self._securing and not self._conversation.is_between_replies:
            self._refuse_injection(1)
        elif self._ending is not None:
            self._finish()

    def _read(self) -> Iterator[Reply | Malformed | None]:
        """Items, and None after each piece: bytes without an end of line take time too."""
        while self._waiting:
            yield from self._conversation.read(self._waiting.pop(0))
            yield None

    def _pause(self, *, wanted: bool) -> None:
        tcp = self._tcp
        if tcp is None or tcp.is_closing():
            return
        if wanted:
            tcp.pause_reading()
        elif not tcp.is_reading():
            tcp.resume_reading()

    def _accept(self, item: Reply | Malformed) -> None:
        if self._securing:
            self._refuse_injection(1)
            return
        now = self._clock.elapsed()
        event = self._conversation.accept(item, now)
        if isinstance(event, ReplyReceived) and isinstance(item, Reply):
            self._accept_reply(item, event, now)
        elif isinstance(event, MalformedReply):
            self._accept_malformed(event, item.raw or b"")

    def _accept_reply(self, reply: Reply, received: ReplyReceived, now: float) -> None:
        answered = received.in_reply_to
        if received.role in _OWED:
            seconds = self._round_trip.seconds(self._tcp, now)
            self._own.publish(replace(received, rtt_seconds=seconds))
        else:
            self._skipping.take(received, _size(reply))
        if reply.code == 234 and answered is not None and answered.verb == "AUTH":
            self._securing = True
        if self._is_awaited(received):
            self.answers.put(reply)
        if answers_quit(received) and received.role is Role.FINAL and received.code == 221:
            self.close_local()

    def _is_awaited(self, reply: ReplyReceived) -> bool:
        """Somebody waits for it: for the greeting, or for all replies to a command."""
        if reply.role is Role.SPONTANEOUS:
            return False
        if reply.in_reply_to is None:
            return True
        number = reply.in_reply_to.number
        waits = number in self._awaited
        if reply.role is Role.FINAL:
            self._awaited.discard(number)
        return waits

    def _accept_malformed(self, malformed: MalformedReply, raw: bytes) -> None:
        self._skipping.take(malformed, len(raw))
        if not self._conversation.greeted and raw.startswith(_FOREIGN):
            first = raw.split(b"\r")[0][:60].decode("latin-1")
            self._attempt.fail(f"what answers there is not an FTP server: {first}")
            self.close_local()
        elif self._conversation.exhausted:
            self._attempt.fail(malformed.problem)
            self.close_local()

    def close_open_reply(self, problem: str) -> None:
        """End a multi-line reply that its server does not end."""
        for item in self._conversation.close_open_reply(problem):
            self._accept(item)

    def _refuse_injection(self, size: int) -> None:
        self._attempt.fail(
            f"the server sent {size} bytes or more in clear after agreeing to TLS: refused"
        )
        self.close_local()

    # --- the end ---------------------------------------------------------------------------

    def close_local(self) -> None:
        """Close from our side, now."""
        if self.is_open:
            self._ending = self._ending or LOCAL
            self._attempt.see_end()
            self._publish_close()

    def _finish(self) -> None:
        """The stream is over and read to its end."""
        if self.ended.is_set():
            return
        for item in self._conversation.finish():
            self._accept(item)
        if not self.ended.is_set():
            self._publish_close()

    def _publish_close(self) -> None:
        assert self._ending is not None and self._transport is not None
        if self._ending is not LOCAL and not self._own.facts.quit_sent:
            self._attempt.fail()
        self._attempt.end()
        self._skipping.end()
        self.ended.set()
        try:
            self._own.publish(closed(self._ending, self._own.facts, self._clock.elapsed()))
        finally:
            self._transport.close()
            self.answers.put(None)
            self._own.nudge()


def _size(reply: Reply) -> int:
    """About how many bytes it takes."""
    return sum(map(len, reply.lines)) + len(reply.raw or b"")
