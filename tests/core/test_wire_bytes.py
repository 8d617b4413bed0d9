"""The bytes of an event: what went over the wire, as far as it is kept."""

import pytest

from ftpwatch.core.conversation.conversation import Conversation
from ftpwatch.core.ftp.command import Command, Purpose, Secret, scrubber_of
from ftpwatch.core.journal.events import ConnectionOpened, MalformedReply, ReplyReceived
from ftpwatch.core.journal.wire_bytes import bytes_of


def heard(data: bytes, password: str = "") -> list[ReplyReceived | MalformedReply]:
    conversation = Conversation(scrubber_of("bob", Secret(password)))
    items = [*conversation.read(data), *conversation.finish()]
    return [conversation.accept(item, 1.0) for item in items]


@pytest.mark.parametrize(
    "line",
    [
        b"220 ready\r\n",
        b"220\r\n",
        b"220 bare LF\n",
        b"211-Features:\r\n MDTM\r\n211 End\r\n",
        b"211-a\r\n211-b\r\n 230 x\r\n211 End\r\n",
        b"220 gr\xc3\xbc\xc3\x9fe\r\n",
        b"220 gr\xfc\xdfe\r\n",
        b"421 \x1b[31m\x00\x07\r\n",
        b"no reply at all\r\n",
        b"220 cut off",
    ],
)
def test_what_arrived_is_what_is_shown(line: bytes) -> None:
    (event,) = heard(line)
    wire = bytes_of(event)
    assert wire is not None and wire.data == line and not wire.masked and not wire.left_out


def test_what_was_not_kept_is_counted() -> None:
    (event,) = heard(b"220 " + b"x" * 9_000 + b"\r\n")
    wire = bytes_of(event)
    assert wire is not None and len(wire.data) + wire.left_out == 9_006


def test_a_password_is_in_no_bytes_neither_sent_nor_echoed() -> None:
    conversation = Conversation(scrubber_of("bob", Secret("hunter22")))
    sent = conversation.send(Command("PASS", Secret("hunter22")), Purpose.LOGIN, 0.0)
    wire = bytes_of(sent)
    assert wire is not None and wire.data == b"PASS ****\r\n"
    assert [wire.is_masked(n) for n in range(11)] == [5 <= n < 9 for n in range(11)]
    for echo in (b"530 hunter22 is wrong\r\n", b"530 \xff hunter22 is wrong\n"):
        (event,) = heard(echo, "hunter22")
        wire = bytes_of(event)
        assert wire is not None and b"hunter22" not in wire.data and b"****" in wire.data


def test_what_is_no_line_of_the_dialogue_has_no_bytes() -> None:
    assert bytes_of(ConnectionOpened("a:1", "b:2")) is None
    (event,) = heard(b"220 hi\r\n")
    assert isinstance(event, ReplyReceived)
    hidden = ReplyReceived(None, ("x",), "utf-8", None, 0, event.role, None, None)
    assert bytes_of(hidden) is None
