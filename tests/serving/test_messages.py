"""What a browser says becomes packets for a screen, bounded; what is no message is passed over."""

import json

import pytest

from ftpwatch.serving.messages import is_exit, packet_of, sizes

NINES = "9" * 400


def payload(text: str) -> tuple[bytes, str]:
    packet = packet_of(text)
    assert packet is not None
    assert int.from_bytes(packet[1:5], "big") == len(packet) - 5
    return packet[:1], packet[5:].decode()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ('["stdin", "é\\u001b[A"]', (b"D", "é\x1b[A")),
        ('["stdin", "\\ud83d"]', None),  # half a character
        ('["focus"]', (b"M", '{"type": "focus"}')),
        ('["blur"]', (b"M", '{"type": "blur"}')),
        ('["resize", {"width": 80, "height": 24}]',
         (b"M", '{"type": "resize", "width": 80, "height": 24}')),
        ('["resize", {"width": 10000, "height": 10000, "more": 1}]',
         (b"M", '{"type": "resize", "width": 500, "height": 200}')),
        ('["resize", {"width": 0, "height": -4}]',
         (b"M", '{"type": "resize", "width": 1, "height": 1}')),
    ],
)  # fmt: skip
def test_what_the_page_says(said: str, meant: tuple[bytes, str] | None) -> None:
    if meant is None:
        assert packet_of(said) is None
    else:
        assert payload(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        "", "[]", "{}", "null", "7", "[1]", "[[]]", '["stdin"]', '["stdin", 4]', '["resize"]',
        '["resize", 4]', '["resize", {"width": "80", "height": 24}]', '["resize", {"width": 80}]',
        '["resize", {"width": 1e400, "height": 1}]', '["resize", {"width": NaN, "height": 1}]',
        '["resize", {"width": 80.5, "height": 24}]', '["ping", "1"]', '["quit"]', '["exit", {}]',
        '["deliver_chunk_request", {"key": "k", "size": 1}]', "\x00", "[" * 60_000, '["stdin", "',
    ],
)  # fmt: skip
def test_what_is_no_message_or_not_for_the_screen_is_passed_over(said: str) -> None:
    assert packet_of(said) is None


@pytest.mark.parametrize("number", [NINES, f"-{NINES}", f"{NINES}.5", f"1e{NINES}"])
def test_numbers_of_400_digits_are_no_window(number: str) -> None:
    packet = packet_of(f'["resize", {{"width": {number}, "height": 1}}]')
    if packet is not None:
        assert json.loads(packet[5:])["width"] in (1, 500)


def test_the_first_size_is_bounded_too() -> None:
    assert sizes("133", "36") == (133, 36)
    assert sizes("", "") == sizes("x", "-3") == sizes("१२", "1.5") == (80, 24)
    assert sizes(NINES, "0") == (500, 1)


def test_the_end_of_a_screen_is_told() -> None:
    assert is_exit(b'{"type": "exit"}')
    assert not is_exit(b'{"type": "open_url", "url": "http://evil.example"}')
    assert not is_exit(b"[]")
