"""Jitter without chance: the same inputs give the same share, so a replay sees the same waits."""

from zlib import crc32

__all__ = ["share"]


def share(session: str, connection: int, number: int) -> float:
    """A number in 0..1 that spreads equal waits of different sessions."""
    return crc32(f"{session}\0{connection}\0{number}".encode()) / 0xFFFF_FFFF
