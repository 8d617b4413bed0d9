"""What the kernel knows of a TCP connection. Linux tells; elsewhere nothing is known."""

import asyncio
import socket
import struct
import sys
from math import inf
from typing import Final

__all__ = ["RoundTrip", "round_trip_seconds"]

ASKED_EVERY_SECONDS: Final = 0.05

# struct tcp_info of linux/tcp.h: eight bytes, then 32-bit numbers; tcpi_rtt is the 16th of them,
# the smoothed round-trip time (RFC 6298 §2) in microseconds.
_RTT: Final = struct.Struct("=68xI")


def round_trip_seconds(transport: asyncio.BaseTransport | None) -> float | None:
    """The smoothed round-trip time of the connection under `transport`, as the kernel measures it;
    None where it does not say.
    """
    wrapped = transport.get_extra_info("socket") if transport is not None else None
    if sys.platform != "linux" or wrapped is None:
        return None
    try:
        told = wrapped.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _RTT.size)
    except (OSError, ValueError):
        return None
    if len(told) < _RTT.size:
        return None
    (microseconds,) = _RTT.unpack(told)
    return microseconds / 1e6 if microseconds else None


class RoundTrip:
    """The smoothed round-trip time of one connection. Replies that come within 0.05 s of another,
    as in a login nearby or a flood, share one question to the kernel.
    """

    __slots__ = ("_asked_at", "_seconds")

    def __init__(self) -> None:
        self._asked_at = -inf
        self._seconds: float | None = None

    def seconds(self, transport: asyncio.BaseTransport | None, now: float) -> float | None:
        """As it is at the moment `now`; None where the kernel does not say."""
        if self._seconds is None or now - self._asked_at >= ASKED_EVERY_SECONDS:
            self._asked_at, self._seconds = now, round_trip_seconds(transport)
        return self._seconds
