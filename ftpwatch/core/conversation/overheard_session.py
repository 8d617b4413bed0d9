"""One session of somebody else's client, heard: it is folded as it is heard, so that its end is
described as our own are. Long, as all that can be heard of a session stands here.
"""

import re
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from ftpwatch.core.conversation.conversation import HeardSecrets, OverheardConversation
from ftpwatch.core.conversation.stamps import Stamps
from ftpwatch.core.ftp.target import TargetFacts
from ftpwatch.core.journal.events import (
    NO_FTP,
    AnyEvent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    DataConnectionClosed,
    DataConnectionOpened,
    MalformedReply,
    ReplyOverdue,
    SessionAdded,
    SessionRemoved,
    TlsEstablished,
)
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner, Stage
from ftpwatch.core.state.closure import Ending, closed, why_not_ready
from ftpwatch.core.state.fold_session import new_session, next_session
from ftpwatch.core.state.phases import TRANSFER_VERBS, Phase
from ftpwatch.core.state.state import ConnectionFacts

__all__ = ["OverheardSession"]

_STAGES: Final = {Phase.GREETING: Stage.GREETING, Phase.TLS: Stage.TLS, Phase.LOGIN: Stage.LOGIN}
_GREETINGS: Final = (b"220", b"120")
_MAIL_GREETING: Final = re.compile(rb"220[ -][^\r\n]{0,200}\bE?SMTP\b")
_MAIL_COMMAND: Final = re.compile(rb"(?i)(?:EHLO|HELO|LHLO) ")


class OverheardSession:
    """One session of somebody else's client, across its connections."""

    def __init__(
        self, stamps: Stamps, secrets: HeardSecrets, name: str, host: str, port: int
    ) -> None:
        self._stamps, self._secrets, self._is_told = stamps, secrets, False
        self._target = TargetFacts(name, host, port, "", "off", None, "NOOP")
        self._state = new_session(self._target)
        self._conversation: OverheardConversation | None = None
        self._is_hidden = self._is_joined = self._is_foreign = False

    @property
    def name(self) -> str:
        """As the entries call it."""
        return self._target.name

    @property
    def facts(self) -> ConnectionFacts | None:
        """Of its connection, as far as it was heard."""
        return self._state.connection

    @property
    def is_open(self) -> bool:
        """A connection has begun and not ended."""
        return self._conversation is not None

    @property
    def is_inside_reply(self) -> bool:
        """A multi-line reply has not ended."""
        return self._conversation is not None and not self._conversation.is_between_replies

    def connecting(self, host: str, port: int, at: datetime | None) -> None:
        """An attempt begins; what was open before it has ended, nobody knows how."""
        self.ended(None, None, at)
        if not self._is_told and host:
            self._target = TargetFacts(self.name, host, port, "", "off", None, "NOOP")
            self._state = new_session(self._target)
        self._begin(host or self._target.host, port or self._target.port, at, from_start=True)

    def leave(self) -> None:
        """It is heard of no more."""
        if self._is_told:
            self._stamps.publish(SessionRemoved(), self.name, None, None)

    def joined(self, at: datetime | None) -> None:
        """It is heard of for the first time, from its middle or its end on."""
        if self.facts is None:
            self._talking(at)

    def opened(self, at: datetime | None, local: str = "", peer: str = "") -> None:
        """TCP stands."""
        if self._conversation is None:
            self._begin(self._target.host, self._target.port, at, from_start=True)
        facts = self._state.connection
        if facts is not None and facts.opened_at is None and facts.greeting_at is None:
            known = f"{facts.host}:{facts.port}" if facts.host else ""
            self._publish(ConnectionOpened(local, peer or known), at)

    def client_said(self, data: bytes, at: datetime | None) -> None:
        """Bytes of the client."""
        conversation = self._talking(at)
        if self._is_mail(_MAIL_COMMAND, data, at):
            return
        for event in conversation.client_said(data, self._stamps.seconds(at)):
            self._publish(event, at)

    def server_said(self, data: bytes, at: datetime | None) -> None:
        """Bytes of the server."""
        conversation = self._talking(at, greeting=data.startswith(_GREETINGS))
        if self._is_mail(_MAIL_GREETING, data, at):
            return
        for event in conversation.server_said(data, self._stamps.seconds(at)):
            self._publish(event, at)

    def server_worded(self, text: str, at: datetime | None) -> None:
        """A refusal or an end of which the source shows the words, not the code."""
        conversation = self._talking(at)
        self._publish(conversation.words(text, self._stamps.seconds(at)), at)

    def close_open_reply(self, problem: str, at: datetime | None) -> None:
        """A multi-line reply will not be ended."""
        if (conversation := self._conversation) is not None:
            for event in conversation.close_open_reply(problem, self._stamps.seconds(at)):
                self._publish(event, at)

    def secured(
        self, protocol: str, cipher: str, at: datetime | None, *, hidden: bool = False
    ) -> None:
        """TLS stands; what is said under it may be `hidden` from the source."""
        self._talking(at)
        self._is_hidden = hidden
        self._publish(TlsEstablished(protocol, cipher, False, None, None, None), at)

    def waited(self, seconds: float, at: datetime | None) -> None:
        """The client lost patience with a reply."""
        self._talking(at)
        facts = self.facts
        owed = facts.owing if facts is not None else None
        number, verb = (None, None) if owed is None else (owed.number, owed.verb)
        self._publish(ReplyOverdue(number, verb, self._stage() or Stage.REPLY, seconds), at)

    def failed(self, stage: Stage | None, problem: str, at: datetime | None) -> None:
        """An attempt did not get ready."""
        if self._conversation is None:
            self._begin(self._target.host, self._target.port, at, from_start=True)
        facts = self.facts
        if facts is not None and facts.failure is None and facts.ready_at is None:
            stage = stage or self._stage() or Stage.CONNECT
            self._publish(ConnectionFailed(stage, self._scrubbed(problem)), at)
            if facts.opened_at is None and facts.greeting_at is None and not facts.answered:
                self._conversation = None

    def _is_mail(self, sign: re.Pattern[bytes], data: bytes, at: datetime | None) -> bool:
        """SMTP (RFC 5321) speaks like FTP, but for its greeting and its HELO."""
        facts = self.facts
        if not self._is_foreign and sign.match(data) and facts is not None and not facts.ready_at:
            self.is_no_ftp(data.decode("latin-1").split("\n")[0].strip(), at)
        return self._is_foreign

    def is_no_ftp(self, line: str, at: datetime | None) -> None:
        """What was said is another protocol."""
        if self._conversation is None:
            self._begin(self._target.host, self._target.port, at, from_start=True)
        self.opened(at)
        self._is_foreign = True
        self._publish(MalformedReply(self._scrubbed(line).encode()[:200], NO_FTP), at)
        problem = f"what answers there is not an FTP server: {line[:60]}"
        self.failed(Stage.GREETING, problem, at)

    def data_opened(self, peer: str | None, by: ClosedBy | None, at: datetime | None) -> None:
        """A data connection stands."""
        self._talking(at)
        self._publish(DataConnectionOpened(self._transfer(), peer, by), at)

    def data_closed(self, closed: DataConnectionClosed, at: datetime | None) -> None:
        """A data connection ended, or came to nothing."""
        self._talking(at)
        number = closed.number or self._transfer()
        problem = None if closed.problem is None else self._scrubbed(closed.problem)
        self._publish(replace(closed, number=number, problem=problem), at)

    def ended(
        self,
        by: ClosedBy | None,
        manner: Manner | None,
        at: datetime | None,
        *,
        reset_ttl_differs: bool | None = None,
        idle_seconds: float | None = None,
    ) -> None:
        """The control connection ended; nothing where none was open. `idle_seconds` is known to who
        sees that something was sent, under TLS, and not what.
        """
        conversation, self._conversation = self._conversation, None
        facts = self._state.connection
        if conversation is None or facts is None:
            return
        for event in conversation.server_ended(self._stamps.seconds(at)):
            self._publish(event, at)
        facts = self._state.connection or facts
        nothing_said = facts.opened_at is None and not facts.answered and not facts.last_reply
        if nothing_said and facts.last_command_at is None and by is None:
            return
        stage = self._stage()
        unready = (
            not self._is_hidden
            and facts.ready_at is None
            and facts.failure is None
            and not facts.quit_sent
        )
        if stage is not None and unready and by is not ClosedBy.USER_PI:
            problem = why_not_ready(facts, stage, stream_ended=True)
            self._publish(ConnectionFailed(stage, problem), at)
        ending = Ending(by, manner, reset_ttl_differs)
        closing = self._closed(ending, self._state.connection or facts, at)
        if self.facts is not None and self.facts.tls is not None and idle_seconds is not None:
            closing = replace(closing, idle_seconds=idle_seconds)
        self._publish(closing, at)

    def _closed(
        self, ending: Ending, facts: ConnectionFacts, at: datetime | None
    ) -> ConnectionClosed:
        timed = at is not None
        return closed(ending, facts, self._stamps.seconds(at), timed=timed)

    def _talking(self, at: datetime | None, *, greeting: bool = False) -> OverheardConversation:
        """The conversation under way, which may have begun before the source did."""
        facts = self._state.connection
        unheard = facts is not None and facts.greeting_at is None and not facts.sent_at
        if self._conversation is not None and greeting and unheard and self._is_joined:
            self._conversation = self._new_conversation(from_start=True)
            self.opened(at)
        if self._conversation is None:
            self._begin(self._target.host, self._target.port, at, from_start=greeting)
            if greeting:
                self.opened(at)
        assert self._conversation is not None
        return self._conversation

    def _begin(self, host: str, port: int, at: datetime | None, *, from_start: bool) -> None:
        if not self._is_told:
            self._is_told = True
            self._stamps.publish(SessionAdded(self._target), self.name, None, at)
        self._conversation = self._new_conversation(from_start=from_start)
        self._is_hidden = self._is_foreign = False
        number = self._state.connections + 1
        self._publish(ConnectionOpening(host, port, 1), at, number)

    def _new_conversation(self, *, from_start: bool) -> OverheardConversation:
        self._is_joined = not from_start
        return OverheardConversation(
            from_start=from_start, timed=self._stamps.timed, secrets=self._secrets
        )

    def _publish(self, event: AnyEvent, at: datetime | None, connection: int | None = None) -> None:
        number = connection or self._state.connections
        entry = self._stamps.publish(event, self.name, number, at)
        self._state = next_session(self._state, entry)

    def _stage(self) -> Stage | None:
        return _STAGES.get(self._state.phase)

    def _transfer(self) -> int:
        """The number of the transfer under way; 0 where it is not shown."""
        facts = self.facts
        owed = facts.owed if facts is not None else ()
        return next((one.number for one in owed if one.verb in TRANSFER_VERBS), 0)

    def _scrubbed(self, text: str) -> str:
        return self._secrets.scrubber.text(text)
