"""Packets of a capture as TCP segments. What is hostile or cut in a capture ends the reading of it
with a sentence, what is no TCP is passed over.
"""

import ipaddress
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final, Protocol

import dpkt
import msgspec

from ftpwatch.core.errors import UserError

__all__ = ["Readable", "Segment", "segments"]

_LARGEST: Final = 1024 * 1024
_PCAPNG: Final = b"\x0a\x0d\x0d\x0a"
_RAW: Final = (12, 14, 101, 228, 229)
_LATEST: Final = 32_503_680_000.0  # the year 3000


class Segment(msgspec.Struct, frozen=True):
    """A TCP segment: which packet of the capture it is, when it went by, between which ends
    (address and port), its numbers and flags, and the TTL or hop limit with which it came by.
    """

    number: int
    at: datetime
    source: tuple[str, int]
    target: tuple[str, int]
    seq: int
    ack: int
    syn: bool
    fin: bool
    rst: bool
    acks: bool
    ttl: int
    payload: bytes


class Readable(Protocol):
    """What a capture is read from; it may have to wait for more."""

    def read(self, count: int, /) -> bytes:
        """At most `count` bytes, fewer at the end only."""
        ...


class _Bounded:
    """A stream of which nobody reads more at once than any packet has."""

    def __init__(self, stream: Readable, read: Callable[[int], object]) -> None:
        self._stream, self._note = stream, read
        self._head = b""
        self._count = 0

    def peek(self, count: int) -> bytes:
        """The first bytes, which are read again."""
        self._head = self._stream.read(count)
        return self._head

    def read(self, count: int) -> bytes:
        if not 0 <= count <= _LARGEST:
            raise ValueError(f"a packet of {count} bytes")
        head, self._head = self._head[:count], self._head[count:]
        data = head + self._stream.read(count - len(head))
        self._count += len(data)
        self._note(self._count)
        return data


def segments(
    stream: Readable, name: str, progress: Callable[[int], object] = lambda _: None
) -> Iterator[Segment]:
    """The TCP segments of the capture, in its order; `progress` hears of the bytes read. Raises
    UserError where it is not a capture. One that is cut gives what it has.
    """
    bounded = _Bounded(stream, progress)
    is_pcapng = bounded.peek(len(_PCAPNG)) == _PCAPNG
    try:
        reader = dpkt.pcapng.Reader(bounded) if is_pcapng else dpkt.pcap.Reader(bounded)
    except (ValueError, dpkt.Error, OSError) as error:
        raise UserError(f"{name} is not a capture that can be read: {error}") from error
    decode = _decoder(reader.datalink(), name)
    packets, number = iter(reader), 0
    while True:
        number += 1
        try:
            moment, packet = next(packets)
        except (StopIteration, ValueError, dpkt.Error, OSError, ArithmeticError):
            return
        segment = _segment(number, float(moment), packet, decode)
        if segment is not None:
            yield segment


def _decoder(link: int, name: str) -> Callable[[bytes], object]:
    """What takes the link layer off; gives an IP packet, or something else."""
    decoders: dict[int, Callable[[bytes], object]] = {
        dpkt.pcap.DLT_EN10MB: lambda packet: dpkt.ethernet.Ethernet(packet).data,
        dpkt.pcap.DLT_LINUX_SLL: lambda packet: dpkt.sll.SLL(packet).data,
        dpkt.pcap.DLT_LINUX_SLL2: lambda packet: dpkt.sll2.SLL2(packet).data,
        dpkt.pcap.DLT_NULL: lambda packet: dpkt.loopback.Loopback(packet).data,
        dpkt.pcap.DLT_LOOP: lambda packet: dpkt.loopback.Loopback(packet).data,
        **dict.fromkeys(_RAW, _raw),
    }
    if link not in decoders:
        raise UserError(
            f"{name} is a capture of link type {link}, which is not read: capture Ethernet, Linux "
            f"cooked, loopback or raw IP"
        )
    return decoders[link]


def _raw(packet: bytes) -> object:
    is_six = packet[:1] and packet[0] >> 4 == 6
    return dpkt.ip6.IP6(packet) if is_six else dpkt.ip.IP(packet)


def _segment(
    number: int, moment: float, packet: bytes, decode: Callable[[bytes], object]
) -> Segment | None:
    try:
        ip = decode(packet)
        tcp = getattr(ip, "data", None)
        if not isinstance(ip, dpkt.ip.IP | dpkt.ip6.IP6) or not isinstance(tcp, dpkt.tcp.TCP):
            return None
        if not 0 <= moment <= _LATEST:
            return None
        flags = int(tcp.flags)
        return Segment(
            number=number,
            at=datetime.fromtimestamp(moment, UTC),
            source=(str(ipaddress.ip_address(ip.src)), int(tcp.sport)),
            target=(str(ipaddress.ip_address(ip.dst)), int(tcp.dport)),
            seq=int(tcp.seq),
            ack=int(tcp.ack),
            syn=bool(flags & dpkt.tcp.TH_SYN),
            fin=bool(flags & dpkt.tcp.TH_FIN),
            rst=bool(flags & dpkt.tcp.TH_RST),
            acks=bool(flags & dpkt.tcp.TH_ACK),
            ttl=int(ip.ttl if isinstance(ip, dpkt.ip.IP) else ip.hlim),
            payload=bytes(tcp.data),
        )
    except (dpkt.Error, ValueError, TypeError, AttributeError, IndexError, OSError):
        return None
