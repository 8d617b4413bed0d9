"""One control connection's conversation, without sockets: what both sides say goes in with its
moment, events come out. Our own control connection, a log and a capture differ only in who owns the
input.

Replies are paired with commands by counting. In a conversation that is heard from its middle on, or
whose log hides the commands, the reply code says what was asked (RFC 959 §5.4).
"""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from ftpwatch.core.conversation.dialogue import Dialogue
from ftpwatch.core.ftp.command import RAW_MASK, Command, Purpose, Scrubber, Secret, scrubber_of
from ftpwatch.core.ftp.command_parser import CommandParser
from ftpwatch.core.ftp.reply import Reply
from ftpwatch.core.ftp.reply_parser import Malformed, ReplyParser
from ftpwatch.core.journal.events import CommandSent, InReplyTo, MalformedReply, ReplyReceived
from ftpwatch.core.journal.vocabulary import Role
from ftpwatch.core.state.phases import UNSEEN_TRANSFER

__all__ = ["Conversation", "HeardSecrets", "OverheardConversation"]

_UNSEEN: Final = {
    **dict.fromkeys((331, 332), "USER"),
    **dict.fromkeys((230, 232), "PASS"),
    **dict.fromkeys((125, 150, 226, 425, 426, 451, 452, 552), UNSEEN_TRANSFER),
    211: "FEAT", 215: "SYST", 221: "QUIT", 227: "PASV", 229: "EPSV", 234: "AUTH", 257: "PWD",
}  # fmt: skip
# RFC 959 §5.3.1, RFC 2228, RFC 2389, RFC 2428, RFC 3659, RFC 7151, and what clients try.
_VERBS: Final = frozenset((
    "USER", "PASS", "ACCT", "CWD", "CDUP", "SMNT", "QUIT", "REIN", "PORT", "PASV", "TYPE", "STRU",
    "MODE", "RETR", "STOR", "STOU", "APPE", "ALLO", "REST", "RNFR", "RNTO", "ABOR", "DELE", "RMD",
    "MKD", "PWD", "LIST", "NLST", "SITE", "SYST", "STAT", "HELP", "NOOP", "XCUP", "XCWD", "XMKD",
    "XPWD", "XRMD", "AUTH", "ADAT", "PROT", "PBSZ", "CCC", "MIC", "CONF", "ENC", "FEAT", "OPTS",
    "EPRT", "EPSV", "MDTM", "MLSD", "MLST", "SIZE", "HOST", "LANG", "CLNT", "MFMT", "MFCT", "MFF",
    "HASH", "XCRC", "AVBL", "CSID", "THMB",
))  # fmt: skip
_PRELIMINARY: Final = (125, 150)
_SECRETS_KEPT: Final = 20
_LOGIN_FAILED: Final = (430, 530)


class Conversation:
    """Of a control connection; moments are seconds of the watch. `scrub` masks the secrets that a
    server sends back.
    """

    def __init__(self, scrub: Scrubber) -> None:
        self.scrub = scrub
        self._parser, self._dialogue = ReplyParser(), Dialogue()

    @property
    def greeted(self) -> bool:
        """The greeting has come."""
        return self._dialogue.greeted

    def join(self) -> None:
        """It is heard from its middle on: nothing that comes is the greeting."""
        self._dialogue.greeted = True

    @property
    def is_between_replies(self) -> bool:
        """Nothing of a reply is buffered."""
        return self._parser.is_between_replies

    @property
    def exhausted(self) -> bool:
        """What came had no end: the parser gave up."""
        return self._parser.exhausted

    def send(self, command: Command, purpose: Purpose, at: float) -> CommandSent:
        """`command` goes out."""
        return self._dialogue.send(command, purpose, at)

    def read(self, data: bytes) -> Iterator[Reply | Malformed]:
        """What the server's `data` completes; iterate it to the end, and `accept` each."""
        return self._parser.feed(data)

    def finish(self) -> Iterator[Reply | Malformed]:
        """What is left as the server's stream ends."""
        return self._parser.finish()

    def close_open_reply(self, problem: str) -> Iterator[Reply | Malformed]:
        """End a multi-line reply that its server does not end."""
        return self._parser.close_open_reply(problem)

    def accept(self, item: Reply | Malformed, at: float) -> ReplyReceived | MalformedReply:
        """The event of what was read, with what it answers."""
        if isinstance(item, Malformed):
            return MalformedReply(self.scrub.raw(item.raw), item.problem)
        return self._dialogue.receive(self._scrubbed(item), at)

    def _scrubbed(self, reply: Reply) -> Reply:
        lines = self.scrub.lines(reply.lines)
        raw = None if reply.raw is None else self.scrub.raw(reply.raw)
        if raw is None and lines == reply.lines:
            return reply
        return Reply(
            code=reply.code,
            lines=lines,
            encoding=reply.encoding,
            raw=raw,
            truncated_bytes=reply.truncated_bytes,
        )


class HeardSecrets:
    """The passwords that a source shows in clear, of all its sessions the last few: what they are
    in one they may be in the next, and in an error message behind both.
    """

    def __init__(self) -> None:
        self._secrets: dict[Secret, None] = {}
        self.scrubber = scrubber_of("")

    def learn(self, command: Command) -> None:
        """One more, where `command` has one."""
        secret = command.argument
        if isinstance(secret, Secret) and secret not in self._secrets:
            self._secrets[secret] = None
            while len(self._secrets) > _SECRETS_KEPT:
                del self._secrets[next(iter(self._secrets))]
            self.scrubber = Scrubber(self._secrets)


class OverheardConversation:
    """Somebody else's: both directions are heard, from its middle on where it was not seen to
    begin. Where it is not `timed`, nothing is said of how long an answer took.
    """

    def __init__(
        self, *, from_start: bool, timed: bool = True, secrets: HeardSecrets | None = None
    ) -> None:
        self._timed = timed
        self._secrets = secrets if secrets is not None else HeardSecrets()
        self._conversation, self._commands = Conversation(scrubber_of("")), CommandParser()
        if not from_start:
            self._conversation.join()
        self._may_be_cut = not from_start
        self._shows_commands = False
        self._last_code: int | None = None

    @property
    def is_between_replies(self) -> bool:
        """Nothing of a reply is buffered."""
        return self._conversation.is_between_replies

    def scrub(self, text: str) -> str:
        """`text` without the secrets that were heard so far."""
        return self._secrets.scrubber.text(text)

    def server_said(self, data: bytes, at: float) -> Iterator[ReplyReceived | MalformedReply]:
        """Events of bytes from the server."""
        self._conversation.scrub = self._secrets.scrubber
        for item in self._conversation.read(data):
            yield self._accept(item, at)

    def server_ended(self, at: float) -> Iterator[ReplyReceived | MalformedReply]:
        """Events of what is left as its stream ends."""
        for item in self._conversation.finish():
            yield self._accept(item, at)

    def close_open_reply(self, problem: str, at: float) -> Iterator[ReplyReceived | MalformedReply]:
        """A multi-line reply will not be ended."""
        for item in self._conversation.close_open_reply(problem):
            yield self._accept(item, at)

    def client_said(self, data: bytes, at: float) -> Iterator[CommandSent | MalformedReply]:
        """Events of bytes from the client; an argument of PASS or ACCT is not in them."""
        for item in self._commands.feed(data):
            may_be_cut, self._may_be_cut = self._may_be_cut, False
            if isinstance(item, Malformed):
                raw = RAW_MASK if may_be_cut else self._secrets.scrubber.raw(item.raw)
                yield MalformedReply(raw, item.problem)
                continue
            if may_be_cut and item.verb not in _VERBS:
                yield MalformedReply(RAW_MASK, "what may be the rest of a command: a password, too")
                continue
            self._secrets.learn(item)
            self._shows_commands = True
            self._conversation.join()  # a log may leave the greeting out
            yield self._conversation.send(item, Purpose.CLIENT, at)

    def words(self, text: str, at: float) -> ReplyReceived:
        """A reply of which a log shows the words and not the code: a refusal or an end."""
        self._conversation.scrub = self._secrets.scrubber
        reply = self._conversation.accept(Reply(0, tuple(text.split("\n"))), at)
        assert isinstance(reply, ReplyReceived)
        return replace(reply, code=None, latency_seconds=None)

    def _accept(self, item: Reply | Malformed, at: float) -> ReplyReceived | MalformedReply:
        event = self._conversation.accept(item, at)
        if isinstance(event, ReplyReceived):
            event = self._answering(event)
            self._last_code = event.code
            return event if self._timed else replace(event, latency_seconds=None)
        return event

    def _answering(self, reply: ReplyReceived) -> ReplyReceived:
        """`reply` with the command that its code names, where no command is shown."""
        if reply.role is not Role.SPONTANEOUS or self._shows_commands or reply.code is None:
            return reply
        verb = _UNSEEN.get(reply.code)
        if reply.code in _LOGIN_FAILED and self._last_code in (331, 332):
            verb = "PASS"
        if verb is None:
            return reply
        role = Role.PRELIMINARY if reply.code in _PRELIMINARY else Role.FINAL
        return replace(reply, role=role, in_reply_to=InReplyTo(0, verb, Purpose.CLIENT))
