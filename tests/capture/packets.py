"""Captures made for a test: a conversation of packets, written as pcap or pcapng."""

import io
import ipaddress
from collections.abc import Callable

import dpkt

CLIENT, SERVER = "192.0.2.7", "198.51.100.1"
BEGAN = 1_772_359_200.0


class Wire:
    """Packets of TCP connections, each a tenth of a second after the one before unless told."""

    def __init__(self) -> None:
        self.packets: list[tuple[float, bytes]] = []
        self.now = BEGAN

    def connection(
        self, port: int = 40_000, server_port: int = 21, *, opened: bool = True, seq: int = 1_000
    ) -> "Connection":
        connection = Connection(self, port, server_port, seq)
        if opened:
            connection.open()
        return connection

    def send(self, source: tuple[str, int], target: tuple[str, int], **tcp: object) -> None:
        self.now += 0.1
        ttl = int(tcp.pop("ttl", 64))  # type: ignore[call-overload]
        segment = dpkt.tcp.TCP(sport=source[1], dport=target[1], **tcp)
        address = ipaddress.ip_address(source[0])
        ends = {"src": address.packed, "dst": ipaddress.ip_address(target[0]).packed}
        if address.version == 4:
            packet = dpkt.ip.IP(**ends, ttl=ttl, p=dpkt.ip.IP_PROTO_TCP, data=segment)
            packet.len = len(bytes(packet))
            kind = dpkt.ethernet.ETH_TYPE_IP
        else:
            packet = dpkt.ip6.IP6(
                **ends, hlim=ttl, nxt=dpkt.ip.IP_PROTO_TCP, plen=len(bytes(segment)), data=segment
            )
            kind = dpkt.ethernet.ETH_TYPE_IP6
        self.packets.append((self.now, bytes(dpkt.ethernet.Ethernet(data=packet, type=kind))))

    def pcap(self, writer: Callable[..., object] = dpkt.pcap.Writer) -> bytes:
        stream = io.BytesIO()
        out = writer(stream)
        for at, packet in self.packets:
            out.writepkt(packet, at)  # type: ignore[attr-defined]
        return stream.getvalue()


class Connection:
    """One TCP connection; `up` and `down` send bytes in their order, or where they are told."""

    def __init__(self, wire: Wire, port: int, server_port: int, seq: int) -> None:
        self.wire = wire
        self.client: tuple[str, int] = (CLIENT, port)
        self.server: tuple[str, int] = (SERVER, server_port)
        self.sent, self.received = seq, seq + 1_000

    def open(self) -> None:
        flags = dpkt.tcp.TH_SYN
        self.wire.send(self.client, self.server, seq=self.sent, flags=flags)
        self.wire.send(
            self.server,
            self.client,
            seq=self.received,
            ack=self.sent + 1,
            flags=flags | dpkt.tcp.TH_ACK,
        )
        self.sent, self.received = self.sent + 1, self.received + 1

    def up(self, data: bytes, *, seq: int | None = None) -> None:
        at = self.sent if seq is None else seq
        self.sent = self._send(self.client, self.server, at, self.received, data)

    def down(self, data: bytes, *, seq: int | None = None, ack: int | None = None) -> None:
        at = self.received if seq is None else seq
        acked = self.sent if ack is None else ack
        self.received = self._send(self.server, self.client, at, acked, data)

    def _send(
        self, source: tuple[str, int], target: tuple[str, int], seq: int, ack: int, data: bytes
    ) -> int:
        flags = dpkt.tcp.TH_ACK | dpkt.tcp.TH_PUSH
        self.wire.send(source, target, seq=seq % 2**32, ack=ack % 2**32, flags=flags, data=data)
        return (seq + len(data)) % 2**32

    def end(self, *, by_server: bool = True, reset: bool = False, ttl: int = 64) -> None:
        kind = dpkt.tcp.TH_RST if reset else dpkt.tcp.TH_FIN
        ends = (self.server, self.client) if by_server else (self.client, self.server)
        seq, ack = (self.received, self.sent) if by_server else (self.sent, self.received)
        self.wire.send(*ends, seq=seq, ack=ack, flags=kind | dpkt.tcp.TH_ACK, ttl=ttl)

    def log_in(self) -> None:
        self.down(b"220 ProFTPD Server ready.\r\n")
        self.up(b"USER ops\r\n")
        self.down(b"331 Password required\r\n")
        self.up(b"PASS s3cret-lab\r\n")
        self.down(b"230 User ops logged in\r\n")
