"""How far the opening of a connection has come, and why it failed where it did."""

from ftpwatch.core.ftp.command import Scrubber
from ftpwatch.core.journal.events import ConnectionFailed
from ftpwatch.core.journal.vocabulary import Stage
from ftpwatch.core.state.closure import why_not_ready
from ftpwatch.engine.own_state import OwnConnection

__all__ = ["Attempt"]


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
            ended = self._stream_ended
            text = problem or why_not_ready(self._own.facts, self._stage, stream_ended=ended)
            self._own.publish(ConnectionFailed(stage or self._stage, self._scrub.text(text)))
