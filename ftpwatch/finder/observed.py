"""What was seen of one twin, as far as conclusions need it. Lengths of time are seconds."""

import msgspec

from ftpwatch.core.ftp.reply import code_text
from ftpwatch.core.journal.events import ConnectionClosed
from ftpwatch.core.journal.vocabulary import Manner
from ftpwatch.core.state.explanation import Explanation
from ftpwatch.core.state.limits import Twin
from ftpwatch.core.state.state import SessionState
from ftpwatch.core.text.neutral import visible

__all__ = ["Observed"]

_AT_ONCE_SECONDS = 1.0


class Observed(msgspec.Struct, frozen=True):
    """A twin with its session's facts, and how its end is explained."""

    name: str
    command: str | None
    session: SessionState | None = None
    ended: Explanation | None = None
    silent_from: float | None = None

    @property
    def verb(self) -> str | None:
        """The verb it keeps sending."""
        return self.command

    @property
    def ready_at(self) -> float | None:
        """When it was logged in."""
        facts = self.session.connection if self.session else None
        return facts.ready_at if facts else None

    @property
    def closed(self) -> ConnectionClosed | None:
        """Its close, where it ended after its login, and not by us."""
        facts = self.session.connection if self.session else None
        if facts is None or facts.closure is None or facts.ready_at is None:
            return None
        event = facts.closure.event
        return None if event.by_us or event.solicited else event

    @property
    def failed(self) -> bool:
        """It never got ready and will not."""
        facts = self.session.connection if self.session else None
        if facts is None or facts.ready_at is not None:
            return False
        return facts.closure is not None or (facts.failure is not None and facts.opened_at is None)

    @property
    def ended_at(self) -> float | None:
        """When it ended."""
        facts = self.session.connection if self.session else None
        return facts.closure.at if facts and facts.closure else None

    def lived(self, now: float) -> float:
        """Since its login, until its end or now."""
        if self.ready_at is None:
            return 0.0
        return (self.ended_at if self.ended_at is not None else now) - self.ready_at

    def quiet(self, now: float) -> float:
        """Since its last command, until its end, our QUIT or now."""
        facts = self.session.connection if self.session else None
        if facts is None or facts.last_command_at is None:
            return 0.0
        if facts.quit_sent:
            return facts.last_command_at - (facts.command_before_at or facts.last_command_at)
        if self.closed is not None and self.closed.idle_seconds is not None:
            return self.closed.idle_seconds
        return now - facts.last_command_at

    @property
    def answered_its_last(self) -> bool:
        """Its end answered a keep-alive: the limit lies between that and the one before."""
        closed = self.closed
        idle = closed.idle_seconds if closed is not None else None
        return self.command is not None and idle is not None and idle < _AT_ONCE_SECONDS

    @property
    def is_refused(self) -> bool:
        """The server does not take its command as a keep-alive."""
        facts = self.session.connection if self.session else None
        off = self.session is not None and self.session.target.keep_alive_seconds is None
        return self.command is not None and (off or bool(facts and facts.keep_alives_refused))

    @property
    def without_a_word(self) -> bool:
        """Nothing announced its end."""
        return self.closed is not None and self.closed.announced_by is None

    @property
    def broken(self) -> bool:
        """RST or nothing at all: no server's goodbye."""
        closed = self.closed
        return closed is not None and closed.manner in (Manner.RESET, Manner.TIMEOUT)

    @property
    def round_trip(self) -> float:
        """The least time an answer took."""
        facts = self.session.connection if self.session else None
        return (facts.least_rtt if facts else None) or 0.0

    @property
    def longest_gap(self) -> float:
        """The longest silence after which it was still answered."""
        facts = self.session.connection if self.session else None
        return facts.longest_gap if facts else 0.0

    def shown(self) -> Twin:
        """As views show it."""
        facts = self.session.connection if self.session else None
        ended_at = self.ended_at
        if self.failed and facts is not None and ended_at is None:
            ended_at = facts.opening_at
        outlived = self.closed is None and self.ready_at is not None and ended_at is not None
        return Twin(
            session=self.name,
            command=self.command,
            ready_at=self.ready_at,
            ended_at=ended_at,
            ending=self._ending(),
            outlived_all=outlived,
        )

    def _ending(self) -> str:
        facts = self.session.connection if self.session else None
        if facts is None or (facts.closure is None and not self.failed):
            return ""
        reply = facts.last_reply
        if facts.closure is None or facts.closure.event.by_us:
            alive = "alive to the end of the run"
            return alive if facts.failure is None else visible(facts.failure.problem)
        if facts.closure.event.announced_by is not None and reply is not None:
            return visible(f"{code_text(reply.code)} {' '.join(reply.lines)}".rstrip())
        return f"{facts.closure.event.manner} without a word"
