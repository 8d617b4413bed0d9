"""One direction of a TCP connection, put together again: what came twice counts once, what came
early waits, what was lost is passed over as soon as the other side has acknowledged it.
"""

from collections.abc import Iterator
from typing import Final

__all__ = ["Stream"]

_WRAP: Final = 2**32
_WINDOW: Final = 2**24
_EARLY_AT_MOST: Final = 1024 * 1024
_HOLES_AT_MOST: Final = 256


class Stream:
    """Segments in, bytes out. `again` counts bytes that came twice since anything new came,
    `lost` what is missing in all; `is_short` where the other side has got more of it than the
    capture; `ttls` are those that its packets came with.
    """

    def __init__(self) -> None:
        self._next: int | None = None
        self._early: dict[int, bytes] = {}
        self.repeats = 0
        self.lost = 0
        self.is_short = False
        self.ttls: set[int] = set()
        self._fin_at: int | None = None

    def begin(self, seq: int) -> None:
        """Its SYN has this number."""
        self._next = (seq + 1) % _WRAP

    def end(self, seq: int) -> None:
        """Its FIN has this number: that of the byte behind the last."""
        self._fin_at = seq % _WRAP

    @property
    def has_ended(self) -> bool:
        """All before its FIN is there, or lost."""
        if self._fin_at is None or self._early:
            return False
        return self._next is None or _distance(self._fin_at, self._next) <= 0

    def may_reset(self, seq: int) -> bool:
        """An RST of this number is one that the other side heeds (RFC 5961 §3.2): near the place
        where the stream is.
        """
        return self._next is None or -_WINDOW < _distance(seq, self._next) <= _WINDOW

    def take(self, seq: int, payload: bytes) -> Iterator[bytes]:
        """Bytes that are in their place now."""
        if not payload:
            return
        if self._next is None:
            self._next = seq
        ahead = _distance(seq, self._next)
        if ahead > 0:
            self._keep_early(seq, payload)
            return
        fresh = payload[-ahead:] if -ahead < len(payload) else b""
        if not fresh:
            self.repeats += 1
            return
        self.repeats = 0
        yield from self._advance(fresh)

    def acknowledged(self, ack: int) -> Iterator[bytes]:
        """The other side has all before `ack`: what this capture lacks of it is lost."""
        if self._next is not None and _distance(ack, self._next) >= 0:
            self.repeats = 0
        self.is_short = self._next is not None and _distance(ack, self._next) > 0
        while self._early and self._next is not None and _distance(ack, self._next) > 0:
            first = min(self._early, key=lambda seq: _distance(seq, self._next or 0))
            if _distance(first, ack) >= 0:
                break
            self.lost += _distance(first, self._next)
            self._next = first
            yield from self._advance(self._early.pop(first))
        if self._fin_at is not None and not self._early and _distance(ack, self._fin_at) > 0:
            self._next = self._fin_at

    def _advance(self, fresh: bytes) -> Iterator[bytes]:
        assert self._next is not None
        self._next = (self._next + len(fresh)) % _WRAP
        yield fresh
        while self._early:
            ready = [seq for seq in self._early if _distance(seq, self._next) <= 0]
            if not ready:
                return
            payload = self._early.pop(ready[0])
            behind = -_distance(ready[0], self._next)
            if behind < len(payload):
                more = payload[behind:]
                self._next = (self._next + len(more)) % _WRAP
                yield more

    def _keep_early(self, seq: int, payload: bytes) -> None:
        known = self._early.get(seq, b"")
        if len(payload) > len(known) and len(self._early) < _HOLES_AT_MOST:
            held = sum(map(len, self._early.values()))
            if held + len(payload) <= _EARLY_AT_MOST:
                self._early[seq] = payload


def _distance(seq: int, since: int) -> int:
    """From `since` to `seq`, over the end of the numbers."""
    return (seq - since + _WRAP // 2) % _WRAP - _WRAP // 2
