"""Captures of the sessions of which clients wrote the logs too (`captures.jsonl`): log and capture
agree; and captures made here, of what only they can show.
"""

import json
from pathlib import Path
from typing import Any

import dpkt
import pytest
from transcripts.heard import heard_capture, heard_log

from capture.packets import CLIENT, SERVER, Wire
from ftpwatch.core.errors import UserError
from ftpwatch.core.journal.events import (
    CommandSent,
    ConnectionClosed,
    DataConnectionClosed,
    DataConnectionOpened,
    ReplyReceived,
    SessionAdded,
    TlsEstablished,
)
from ftpwatch.core.journal.vocabulary import Cause, ClosedBy, Manner
from ftpwatch.core.state.explanation import Confidence

HERE = Path(__file__).parent
LOGS = HERE.parent / "transcripts" / "logs"
ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in (HERE / "captures.jsonl").read_text().splitlines()
]


def test_nine_of_ten_are_explained_rightly_and_nothing_wrong_is_certain() -> None:
    wrong = []
    for row in ROWS:
        end = heard_capture((HERE / "captures" / row["capture"]).read_bytes()).end
        cause = None if end is None else end.cause
        if cause != row["cause"]:
            wrong.append((row["capture"], row["cause"], cause, end and end.confidence))
    assert [row for row in wrong if row[3] is Confidence.CERTAIN] == []
    assert len(wrong) <= len(ROWS) // 10, wrong


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row["log"] is not None], ids=lambda row: row["capture"]
)
def test_a_log_and_a_capture_of_one_session_agree(row: dict[str, Any]) -> None:
    of_capture = heard_capture((HERE / "captures" / row["capture"]).read_bytes()).end
    of_log = heard_log((LOGS / row["log"]).read_bytes()).end
    causes = [None if end is None else end.cause for end in (of_capture, of_log)]
    if row["situation"] == "frozen" and Cause.LOCAL in causes:
        pytest.skip("the client says less than the wire")
    assert causes[0] == causes[1]


def test_no_password_comes_out_of_a_capture() -> None:
    for row in ROWS:
        heard = heard_capture((HERE / "captures" / row["capture"]).read_bytes())
        assert "s3cret-lab" not in repr(heard.entries) + repr(heard.ends)


def closed(wire: Wire) -> ConnectionClosed:
    events = heard_capture(wire.pcap()).events
    (event,) = [event for event in events if isinstance(event, ConnectionClosed)]
    return event


@pytest.mark.parametrize("writer", [dpkt.pcap.Writer, dpkt.pcapng.Writer])
def test_both_formats_are_read(writer: Any) -> None:
    wire = Wire()
    control = wire.connection()
    control.log_in()
    wire.now += 600
    control.down(b"421 Idle timeout (600 seconds): closing control connection\r\n")
    control.end()
    end = heard_capture(wire.pcap(writer)).end
    assert end is not None
    assert (end.cause, end.confidence, end.directive) == ("idle_timeout", "certain", "TimeoutIdle")


def test_what_came_twice_early_or_over_one_another_is_read_once_and_in_order() -> None:
    wire = Wire()
    control = wire.connection(seq=2**32 - 1_030)  # the numbers wrap in the middle
    control.log_in()
    first = control.received
    control.down(b"200 on", seq=first)
    control.down(b"200 one\r\n200 tw", seq=first)
    control.down(b"o\r\n", seq=first + 15)
    control.down(b"200 two\r\n", seq=first + 9)
    control.down(b"421 x\r\n", seq=first + 18)
    replies = [e for e in heard_capture(wire.pcap()).events if isinstance(e, ReplyReceived)]
    assert [(reply.code, reply.text) for reply in replies[3:]] == [
        (200, "one"), (200, "two"), (421, "x"),
    ]  # fmt: skip


def test_what_the_capture_lacks_is_passed_over_once_it_was_acknowledged() -> None:
    wire = Wire()
    control = wire.connection()
    control.log_in()
    start = control.received
    control.down(b"421 Timeout.\r\n", seq=start + 50)
    assert not [e for e in heard_capture(wire.pcap()).events if getattr(e, "code", 0) == 421]
    control.up(b"NOOP\r\n")
    assert [e for e in heard_capture(wire.pcap()).events if getattr(e, "code", 0) == 421]


def test_a_reset_with_another_ttl_was_sent_by_something_on_the_path() -> None:
    wire = Wire()
    control = wire.connection()
    control.log_in()
    wire.now += 900
    control.up(b"NOOP\r\n")
    control.end(reset=True, ttl=250)
    event = closed(wire)
    assert (event.by, event.manner, event.reset_ttl_differs) == (
        ClosedBy.NETWORK, Manner.RESET, True,
    )  # fmt: skip
    end = heard_capture(wire.pcap()).end
    assert end is not None and end.cause in (Cause.PATH_IDLE_TIMEOUT, Cause.CONNECTION_LOST)
    assert end.confidence is not Confidence.CERTAIN
    assert "TTL" in "\n".join(end.evidence)


def test_a_reset_of_the_server_itself_has_its_ttl() -> None:
    wire = Wire()
    control = wire.connection()
    control.log_in()
    control.end(reset=True)
    assert closed(wire).reset_ttl_differs is False
    assert closed(wire).by is ClosedBy.SERVER_PI


def test_retransmissions_that_nobody_answers_mean_that_the_path_was_dead() -> None:
    wire = Wire()
    control = wire.connection()
    control.log_in()
    at = control.sent
    for _ in range(5):
        control.up(b"NOOP\r\n", seq=at)
        wire.now += 3
    event = closed(wire)
    assert (event.by, event.manner) == (ClosedBy.NETWORK, Manner.TIMEOUT)
    end = heard_capture(wire.pcap()).end
    assert end is not None and end.cause == "no_answer"


def test_data_connections_are_told_with_their_bytes_length_and_end() -> None:
    wire = Wire()
    control = wire.connection()
    control.log_in()
    control.up(b"PASV\r\n")
    control.down(b"227 Entering Passive Mode (198,51,100,1,200,10).\r\n")
    control.up(b"RETR x\r\n")
    data = wire.connection(40_001, 200 * 256 + 10)
    control.down(b"150 here it comes\r\n")
    data.down(b"x" * 1_000)
    wire.now += 60
    data.end()
    control.down(b"226 done\r\n")
    events = heard_capture(wire.pcap()).events
    (opened,) = [event for event in events if isinstance(event, DataConnectionOpened)]
    (ended,) = [event for event in events if isinstance(event, DataConnectionClosed)]
    assert (opened.by, opened.peer) == (ClosedBy.USER_PI, f"{SERVER}:51210")
    assert (ended.bytes_received, ended.bytes_sent, ended.by) == (1_000, 0, ClosedBy.SERVER_PI)
    assert ended.seconds is not None and ended.seconds > 60


def test_a_control_connection_that_was_forgotten_during_a_transfer_is_told_with_its_length() -> (
    None
):
    wire = Wire()
    control = wire.connection()
    control.log_in()
    control.up(b"STOR x\r\n")
    control.down(b"150 go\r\n")
    wire.now += 41 * 60
    control.end(reset=True, ttl=200)
    end = heard_capture(wire.pcap()).end
    assert end is not None
    assert (end.cause, end.confidence) == (Cause.PATH_IDLE_TIMEOUT, Confidence.LIKELY)
    assert any("41m" in text for text in end.evidence)


def test_a_data_port_that_nobody_answers_is_a_failed_data_connection() -> None:
    wire = Wire()
    control = wire.connection()
    control.log_in()
    control.up(b"PASV\r\n")
    control.down(b"227 Entering Passive Mode (198,51,100,1,200,10).\r\n")
    data = wire.connection(40_001, 200 * 256 + 10, opened=False)
    for _ in range(4):
        wire.send(data.client, data.server, seq=5, flags=dpkt.tcp.TH_SYN)
    end = heard_capture(wire.pcap()).end
    assert end is not None and end.cause == "data_connection_failed"


def test_a_stream_is_read_from_its_middle_on() -> None:
    wire = Wire()
    control = wire.connection(opened=False)
    control.up(b"NOOP\r\n")
    control.down(b"200 ok\r\n")
    control.down(b"421 Timeout.\r\n")
    heard = heard_capture(wire.pcap())
    assert [e.verb for e in heard.events if isinstance(e, CommandSent)] == ["NOOP"]
    assert heard.end is not None and heard.end.code == 421


@pytest.mark.parametrize("port", [21, 2_121])
def test_ftp_is_found_by_its_port_or_by_what_is_said(port: int) -> None:
    wire = Wire()
    wire.connection(server_port=port).log_in()
    mail = wire.connection(41_000, 25)
    mail.down(b"220 mail ESMTP\r\n")
    mail.up(b"EHLO x\r\n")
    mail.down(b"250 ok\r\n")
    added = [e for e in heard_capture(wire.pcap()).events if isinstance(e, SessionAdded)]
    assert [(event.target.host, event.target.port) for event in added] == [(SERVER, port)]


def test_under_tls_the_end_is_seen_and_how_long_it_had_been_silent() -> None:
    wire = Wire()
    control = wire.connection()
    control.down(b"220 hi\r\n")
    control.up(b"AUTH TLS\r\n")
    control.down(b"234 go\r\n")
    control.up(b"\x16\x03\x01hello")
    wire.now += 100
    control.up(b"\x17\x03\x03data")
    wire.now += 300
    control.end()
    heard = heard_capture(wire.pcap())
    assert sum(isinstance(event, TlsEstablished) for event in heard.events) == 1
    assert not [event for event in heard.events if "malformed" in type(event).__name__.lower()]
    idle = closed(wire).idle_seconds
    assert idle is not None and 300 <= idle < 301


def test_ipv6_is_read() -> None:
    wire = Wire()
    control = wire.connection(opened=False)
    control.client, control.server = ("2001:db8::7", 40_000), ("2001:db8::1", 21)
    control.open()
    control.log_in()
    added = [e for e in heard_capture(wire.pcap()).events if isinstance(e, SessionAdded)]
    assert added[0].target.host == "2001:db8::1"


def test_connections_of_one_client_one_after_another_are_one_session() -> None:
    wire = Wire()
    for port in (40_000, 40_001):
        control = wire.connection(port)
        control.log_in()
        control.end()
    both = wire.connection(40_002), wire.connection(40_003)
    for control in both:
        control.log_in()
    heard = heard_capture(wire.pcap())
    assert heard.sessions == [CLIENT, f"{CLIENT}#2"]
    assert [entry.connection for entry in heard.entries][-1] == 1


def cut(data: bytes, at: int) -> bytes:
    return data[:at]


@pytest.mark.parametrize("at", [24, 30, 41, 100, 333])
def test_a_capture_that_is_cut_gives_what_it_has(at: int) -> None:
    wire = Wire()
    wire.connection().log_in()
    heard_capture(cut(wire.pcap(), at))
    heard_capture(cut(wire.pcap(dpkt.pcapng.Writer), at + 60))


@pytest.mark.parametrize(
    "data", [b"", b"\xd4\xc3\xb2\xa1", b"\x0a\x0d\x0d\x0a" + b"\xff" * 60, b"\xd4\xc3\xb2\xa1" * 6]
)
def test_what_is_no_capture_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(UserError, match="not a capture|link type"):
        heard_capture(data)


def test_a_packet_that_claims_to_be_huge_ends_the_reading() -> None:
    wire = Wire()
    wire.connection().log_in()
    data = bytearray(wire.pcap())
    data[24 + 8 : 24 + 12] = (2**31).to_bytes(4, "little")
    heard_capture(bytes(data))


@pytest.mark.long
def test_a_flood_of_syns_is_no_session_and_answered_ones_are_read_in_time() -> None:
    wire = Wire()
    for port in range(1_024, 4_000):
        wire.send((CLIENT, port), (SERVER, 21), seq=1, flags=dpkt.tcp.TH_SYN)
    assert not heard_capture(wire.pcap()).sessions
    wire = Wire()
    for port in range(1_024, 4_000):
        wire.connection(port)
    assert len(heard_capture(wire.pcap()).sessions) == 2_976


def test_a_server_that_answers_no_syn_is_told_of() -> None:
    wire = Wire()
    for _ in range(3):
        wire.send((CLIENT, 40_000), (SERVER, 21), seq=1, flags=dpkt.tcp.TH_SYN)
    assert len(heard_capture(wire.pcap()).sessions) == 1


def test_a_fin_that_overtakes_the_last_reply_does_not_hide_it() -> None:
    wire = Wire()
    connection = wire.connection()
    connection.log_in()
    last = connection.received
    connection.received += len(b"421 Timeout.\r\n")
    connection.end()
    connection.down(b"421 Timeout.\r\n", seq=last)
    end = heard_capture(wire.pcap()).end
    assert end is not None and end.code == 421


def test_an_rst_from_nowhere_near_the_stream_ends_nothing() -> None:
    wire = Wire()
    connection = wire.connection()
    connection.log_in()
    wire.send(
        connection.server, connection.client, seq=connection.received + 10**9, flags=dpkt.tcp.TH_RST
    )
    connection.down(b"421 Timeout.\r\n")
    connection.end()
    end = heard_capture(wire.pcap()).end
    assert end is not None and end.code == 421


def test_what_may_be_the_rest_of_a_password_is_not_shown() -> None:
    for rest in (b"ASS s3cret-lab\r\n", b"s3cret-lab\r\n", b"S s3cret-lab\r\n"):
        wire = Wire()
        connection = wire.connection(opened=False)
        connection.up(rest)
        connection.down(b"530 Login incorrect.\r\n")
        connection.end()
        assert "s3cret" not in str(heard_capture(wire.pcap()).events)


def test_a_path_that_forgot_while_a_transfer_ran_is_told_without_the_data_connection() -> None:
    wire = Wire()
    connection = wire.connection()
    connection.log_in()
    connection.up(b"RETR big\r\n")
    connection.down(b"150 Opening\r\n")
    wire.now += 41 * 60
    at = connection.sent
    for _ in range(5):
        connection.up(b"NOOP\r\n", seq=at)
    end = heard_capture(wire.pcap()).end
    assert end is not None and end.cause == "path_idle_timeout"


def test_mail_on_the_port_of_ftp_is_no_ftp() -> None:
    wire = Wire()
    connection = wire.connection()
    connection.down(b"220 mx.example.com ESMTP\r\n")
    connection.up(b"EHLO a\r\n")
    connection.down(b"250 mx\r\n")
    connection.up(b"QUIT\r\n")
    connection.down(b"221 2.0.0 Bye\r\n")
    connection.end()
    end = heard_capture(wire.pcap()).end
    assert end is not None and end.cause == "not_ftp"
