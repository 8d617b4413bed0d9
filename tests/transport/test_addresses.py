"""What a host resolves to."""

import socket

import pytest

from ftpwatch.transport import dialing
from ftpwatch.transport.dialing import addresses_of


async def test_an_address_is_looked_at_once_and_one_with_a_zone_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **_: object) -> list[object]:
        asked.append(host)
        zone = len(asked)
        return [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (host, port, 0, zone))]

    monkeypatch.setattr(dialing.socket, "getaddrinfo", getaddrinfo)
    assert await addresses_of("2001:db8::7", 21) == await addresses_of("2001:db8::7", 21)
    assert asked == ["2001:db8::7"]
    first, second = [await addresses_of("fe80::1%eth0", 21) for _ in range(2)]
    assert first != second
    assert (await addresses_of("2001:db8::7", 2121))[0][4][1] == 2121


async def test_what_is_no_address_is_asked_for_as_a_name() -> None:
    with pytest.raises(socket.gaierror):
        await addresses_of("no host..name", 21)
