"""Jitter without chance: the same inputs give the same share, so a replay sees the same waits."""

from zlib import crc32

__all__ = ["next_interval", "share"]


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
