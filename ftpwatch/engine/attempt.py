"""How far the opening of a connection has come, and why it failed where it did."""

from typing import Final

from ftpwatch.core.ftp.command import Scrubber
from ftpwatch.core.ftp.reply import ReplyClass, reply_class
from ftpwatch.core.journal.events import ConnectionFailed, ReplyReceived
from ftpwatch.core.journal.vocabulary import Stage
from ftpwatch.core.state.phases import LOGIN_VERBS
from ftpwatch.engine.own_state import OwnConnection

__all__ = ["Attempt"]

_BEFORE: Final = {
    Stage.RESOLVE: "it stood",
    Stage.CONNECT: "it stood",
    Stage.TLS: "TLS stood",
    Stage.GREETING: "a greeting",
    Stage.LOGIN: "the login was answered",
}


class Attempt:
    """From the first look at a name to the answered login, after which its stage is REPLY."""

    def __init__(self, own: OwnConnection, scrub: Scrubber) -> None:
        self._own, self._scrub = own, scrub
        self._stage = Stage.RESOLVE
        self._is_over = self._stream_ended = False

    @property
    def stage(self) -> Stage:
        """What is under way."""
        return self._stage

    def reach(self, stage: Stage) -> None:
        """`stage` begins."""
        self._stage = stage

    def see_end(self) -> None:
        """The server sends no more."""
        self._stream_ended = True

    def end(self) -> None:
        """The connection has ended: nothing fails any more."""
        self._is_over = True

    def fail(self, problem: str | None = None, stage: Stage | None = None) -> None:
        """It did not get ready: said once, and only before it is ready. Without a `problem` the
        server's last words are the reason.
        """
        if not self._is_over and self._stage is not Stage.REPLY:
            self._is_over = True
            text = problem if problem is not None else self._last_words()
            self._own.publish(ConnectionFailed(stage or self._stage, self._scrub.text(text)))

    def _last_words(self) -> str:
        reply = self._own.facts.last_reply
        if reply is not None and (reply.code == 221 or reply.is_negative):
            return f"{reply.code} {' '.join(reply.lines)}".rstrip()
        if reply is not None and not self._stream_ended:
            return f"{reply.code} {' '.join(reply.lines)}".rstrip() + " is no answer to go on with"
        if reply is not None and _logs_in(reply):
            return "the connection ended right after the login"
        return f"the connection ended before {_BEFORE[self._stage]}"


def _logs_in(reply: ReplyReceived) -> bool:
    verb = reply.in_reply_to.verb if reply.in_reply_to is not None else None
    return verb in LOGIN_VERBS and reply_class(reply.code) is ReplyClass.COMPLETION
