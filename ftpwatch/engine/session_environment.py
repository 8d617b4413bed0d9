"""What a session has of the world around it."""

from collections.abc import Awaitable, Callable

import msgspec

from ftpwatch.core.clock import Clock
from ftpwatch.core.journal.events import ClockJumped
from ftpwatch.core.journal.keeper import Publish
from ftpwatch.core.judgement.advisor import Advisor
from ftpwatch.core.state.folded_ahead import FoldedAhead
from ftpwatch.engine.turns import Turns
from ftpwatch.transport.dialing import Connect

__all__ = ["SessionEnvironment"]


class SessionEnvironment(msgspec.Struct, frozen=True):
    """The bus, the clock, the network and the Advisor; `asks` allows questions after login,
    `wait_jump` returns at each gap in time. `failed` hears of an error of ours in a session, by
    name and connection; without it such an error is raised. `turns` are shared by all connections.
    The Watch takes what sessions folded `ahead`; without it, it folds everything itself.
    """

    publish: Publish
    clock: Clock
    connect: Connect
    advisor: Advisor
    asks: bool = True
    wait_jump: Callable[[], Awaitable[ClockJumped]] | None = None
    failed: Callable[[str, int | None, Exception], None] | None = None
    turns: Turns = msgspec.field(default_factory=Turns)
    ahead: FoldedAhead | None = None
