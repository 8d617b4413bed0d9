"""What a session has of the world around it."""

import msgspec

from ftpwatch.core.protocols import Advisor, Clock, Publish
from ftpwatch.engine.wire import Connect

__all__ = ["Outside"]


class Outside(msgspec.Struct, frozen=True):
    """The bus, the clock, the network and the Advisor; `asks` allows questions after login."""

    publish: Publish
    clock: Clock
    connect: Connect
    advisor: Advisor
    asks: bool = True
