"""Pairs replies with commands by counting, and names each reply's part (RFC 959 §5.4).

The first reply that is not preliminary is the greeting. After it, every final reply answers the
oldest command still owed one; a reply when nothing is owed is spontaneous. So a 421 in the
segment of a 200 is spontaneous, and a 421 that crosses a NOOP counts as its answer.
"""

import msgspec

from ftpwatch.core.ftp.command import Command, Purpose
from ftpwatch.core.ftp.reply import Reply, ReplyClass, reply_class
from ftpwatch.core.journal.events import CommandSent, InReplyTo, ReplyReceived
from ftpwatch.core.journal.vocabulary import Role

__all__ = ["Dialogue", "Owed"]


class Owed(msgspec.Struct, frozen=True, gc=False):
    """A command that waits for its final reply; `sent_at` in seconds of the watch."""

    command: InReplyTo
    sent_at: float


class Dialogue:
    """The conversation of one control connection. Times are seconds, given by the caller."""

    def __init__(self) -> None:
        self._owed: list[Owed] = []  # few, and an empty deque takes more room than all of this
        self._sent = 0
        self.greeted = False

    @property
    def owed(self) -> Owed | None:
        """The oldest command without a final reply."""
        return self._owed[0] if self._owed else None

    def send(self, command: Command, purpose: Purpose, at: float) -> CommandSent:
        """`command` goes out now: it is owed a final reply."""
        self._sent += 1
        self._owed.append(Owed(InReplyTo(self._sent, command.verb, purpose), at))
        return CommandSent(self._sent, command.verb, command.shown_argument, purpose)

    def receive(self, reply: Reply, at: float) -> ReplyReceived:
        """`reply` arrived: which part it plays, and what it answers."""
        role = self._role(reply)
        answers = self._owed[0] if role in (Role.PRELIMINARY, Role.FINAL) and self._owed else None
        if role is Role.FINAL:
            del self._owed[0]
        elif role is Role.GREETING:
            self.greeted = True
        return ReplyReceived(
            code=reply.code,
            lines=reply.lines,
            encoding=reply.encoding,
            raw=reply.raw,
            truncated_bytes=reply.truncated_bytes,
            role=role,
            in_reply_to=None if answers is None else answers.command,
            latency_seconds=None if answers is None else max(0.0, at - answers.sent_at),
        )

    def _role(self, reply: Reply) -> Role:
        preliminary = reply_class(reply.code) is ReplyClass.PRELIMINARY
        if not self.greeted:
            return Role.PRELIMINARY if preliminary else Role.GREETING
        if not self._owed:
            return Role.SPONTANEOUS
        return Role.PRELIMINARY if preliminary else Role.FINAL
