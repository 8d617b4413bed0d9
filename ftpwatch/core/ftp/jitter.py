"""Jitter without chance: the same inputs give the same share, so a replay sees the same waits."""

from typing import Final
from zlib import crc32

__all__ = ["MANY", "head_start", "next_interval", "share"]

MANY: Final = 10


def share(session: str, connection: int, number: int) -> float:
    """A number in 0..1 that spreads equal waits of different sessions."""
    return crc32(f"{session}\0{connection}\0{number}".encode()) / 0xFFFF_FFFF


def next_interval(
    interval_seconds: float, jitter: float, session: str, connection: int, sent: int
) -> float:
    """How long after the last command a keep-alive is due, where `sent` were sent before: the
    interval, less a share of it up to `jitter`.
    """
    return interval_seconds * (1.0 - jitter * share(session, connection, sent))


def head_start(number: int, count: int) -> float:
    """By which share of the interval session `number` (0, 1, ...) of the `count` that one host has
    sends its first keep-alive sooner: those of MANY and more are spread over it evenly.
    """
    return 0.0 if count < MANY else 1.0 - (number + 1) / (count + 1)
