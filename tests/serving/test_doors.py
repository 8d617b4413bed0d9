"""Whose Host and Origin are ours, and where may be listened."""

import pytest

from ftpwatch.serving.doors import NotLoopback, is_own_host, is_own_origin, must_be_loopback

OURS = ["127.0.0.1:8000", "localhost:8000", "LocalHost:1", "127.0.0.1", "[::1]:8000", "127.1.2.3:9"]
FOREIGN = [
    "evil.example", "evil.example:8000", "localhost.evil.example:8000", "127.0.0.1.nip.example",
    "127.0.0.1:8000.evil.example", "evil@127.0.0.1:8000", "0.0.0.0:8000", "192.168.0.1:8000",
    "127.0.0.1:8000 ", "127.0.0.1:800000", "127.0.0.1:", "[::2]:8000", "", "localhost\n",
    "१२७.0.0.1", "2130706433", "*", "null",
]  # fmt: skip


@pytest.mark.parametrize("host", OURS)
def test_loopback_is_ours_by_address_and_as_localhost(host: str) -> None:
    assert is_own_host([host])


@pytest.mark.parametrize("host", FOREIGN)
def test_any_other_name_may_be_rebound_to_us(host: str) -> None:
    assert not is_own_host([host])


def test_a_host_that_comes_twice_or_not_at_all_is_not_ours() -> None:
    assert not is_own_host([])
    assert not is_own_host(["127.0.0.1:8000", "127.0.0.1:8000"])


@pytest.mark.parametrize("host", OURS[:4])
def test_our_own_page_is_no_stranger(host: str) -> None:
    assert is_own_origin([f"http://{host}"], host)
    assert is_own_origin([], host)  # no browser


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example", "http://127.0.0.1:9000", "http://localhost:8000", "null", "",
        "https://127.0.0.1:8000", "http://127.0.0.1:8000.evil.example", "file://", "http://127.0.0.1",
    ],
)  # fmt: skip
def test_another_page_is_a_stranger_on_this_machine_too(origin: str) -> None:
    assert not is_own_origin([origin], "127.0.0.1:8000")
    assert not is_own_origin(["http://127.0.0.1:8000", origin], "127.0.0.1:8000")


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_loopback_may_be_listened_at(address: str) -> None:
    must_be_loopback(address, 8000)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.0.1", "example.org", "a" * 400])
def test_what_others_reach_is_refused_with_the_way_to_do_it(address: str) -> None:
    with pytest.raises(
        NotLoopback, match=r"^--listen '.{2,100}' is no loopback.*ssh -L 8000"
    ) as why:
        must_be_loopback(address, 8000)
    assert len(str(why.value)) < 300
