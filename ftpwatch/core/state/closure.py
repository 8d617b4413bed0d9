"""What is said of a close: who ended the connection, how, and whether it had been announced."""

from typing import Final

import msgspec

from ftpwatch.core.ftp.reply import ReplyClass, reply_class
from ftpwatch.core.journal.events import ConnectionClosed
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner

__all__ = ["IN_ONE_BREATH_SECONDS", "LIVES_ON_SECONDS", "Ending", "LastWords", "closed"]

LIVES_ON_SECONDS: Final = 5.0
IN_ONE_BREATH_SECONDS: Final = 2.0
_ANNOUNCING: Final = (421, 221)
_NOT_YET: Final = 120


class Ending(msgspec.Struct, frozen=True):
    """How the transport ended."""

    by: ClosedBy
    manner: Manner


class LastWords(msgspec.Struct, frozen=True):
    """What the server had said before a close; moments in seconds of the watch."""

    announced: int | None = None
    announced_at: float = 0.0
    last_code: int | None = None
    last_at: float = 0.0

    def after(self, code: int, at: float, *, refuses_greeting: bool) -> "LastWords":
        """The first announcement of a breath stands; any reply is the last one."""
        said, said_at = self.announced, self.announced_at
        if (code in _ANNOUNCING or refuses_greeting) and (
            said is None or at - said_at > IN_ONE_BREATH_SECONDS
        ):
            said, said_at = code, at
        return LastWords(said, said_at, code, at)

    def withdrawn(self) -> "LastWords":
        """The connection lives on: nothing is announced."""
        return LastWords(last_at=self.last_at)

    def announced_by(self, at: float) -> int | None:
        """The code that announced a close at `at`: 421, 221, a refusal right before it, or a 120
        that was not followed by the greeting it promised (RFC 959 §5.4).
        """
        if self.announced is not None or self.last_code in (None, _NOT_YET):
            return self.announced or self.last_code
        assert self.last_code is not None
        refused = reply_class(self.last_code) in (
            ReplyClass.TRANSIENT_NEGATIVE,
            ReplyClass.PERMANENT_NEGATIVE,
        )
        return self.last_code if refused and at - self.last_at <= IN_ONE_BREATH_SECONDS else None


def closed(
    ending: Ending,
    words: LastWords,
    at: float,
    *,
    opened_at: float,
    last_command_at: float | None,
    solicited: bool,
) -> ConnectionClosed:
    """The event of a close at `at`."""
    return ConnectionClosed(
        by=ending.by,
        manner=ending.manner,
        solicited=solicited,
        announced_by=words.announced_by(at),
        idle_seconds=None if last_command_at is None else at - last_command_at,
        open_seconds=at - opened_at,
    )
