"""The kernel's round-trip time of a connection."""

import asyncio
import socket
import sys

import pytest

from ftpwatch.transport.kernel import ASKED_EVERY_SECONDS, RoundTrip, round_trip_seconds


class Wrapped(asyncio.BaseTransport):
    def __init__(self, wrapped: object) -> None:
        super().__init__({"socket": wrapped})


@pytest.mark.skipif(sys.platform != "linux", reason="TCP_INFO is of Linux")
def test_linux_tells_it_of_a_connection_that_spoke() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        accepted, _ = server.accept()
        with accepted:
            accepted.sendall(b"220 hi\r\n")
            assert client.recv(100)
            seconds = round_trip_seconds(Wrapped(client))
    assert seconds is not None and 0 < seconds < 1


def test_nothing_is_known_of_what_is_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as fresh:
        assert round_trip_seconds(Wrapped(fresh)) is None  # no sample yet
        monkeypatch.setattr(sys, "platform", "darwin")
        assert round_trip_seconds(Wrapped(fresh)) is None
        monkeypatch.undo()
    assert round_trip_seconds(Wrapped(fresh)) is None  # closed
    first, second = socket.socketpair()
    with first, second:
        assert round_trip_seconds(Wrapped(first)) is None  # not TCP
    assert round_trip_seconds(Wrapped(None)) is None
    assert round_trip_seconds(None) is None


def test_replies_that_come_together_ask_the_kernel_once(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([None, 0.1, 0.2])
    monkeypatch.setattr("ftpwatch.transport.kernel.round_trip_seconds", lambda _: next(answers))
    trip = RoundTrip()
    assert trip.seconds(None, 5.0) is None
    # What was not known is asked again.
    moments = (5.0, 5.01, 4.99 + ASKED_EVERY_SECONDS, 5.01 + ASKED_EVERY_SECONDS)
    assert [trip.seconds(None, moment) for moment in moments] == [0.1, 0.1, 0.1, 0.2]
