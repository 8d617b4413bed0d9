"""What a terminal sends that is no key: the program goes on, and so does what is typed after it."""

import pytest
from textual.events import Key

from ftpwatch.tui.typed_parser import TypedParser

NO_KEYS = {
    "no character": "\x1b[1114112u",
    "far too large": "\x1b[99999999999u",
    "text that is none": "\x1b[97;1;1114112u",
    "half a character": "\x1b[97;1;55296u",
    "two numbers": "\x1b[97:65u",
    "a key that is let go": "\x1b[1;1:3A",
    "no number": "\x1b[:P",
}


def typed(text: str) -> list[Key]:
    parser = TypedParser(False)
    return [message for message in parser.feed(text) if isinstance(message, Key)]


@pytest.mark.parametrize("sequence", NO_KEYS.values(), ids=NO_KEYS)
def test_what_is_no_key_is_passed_over(sequence: str) -> None:
    assert [key.key for key in typed(f"{sequence}x\x1b[A")] == ["x", "up"]


def test_keys_of_a_terminal_that_reports_them_in_full_are_read() -> None:
    assert [key.key for key in typed("\x1b[113u\x1b[99;5u\x1b[27u")] == ["q", "ctrl+c", "escape"]


@pytest.mark.parametrize("key", ["G", "q", "/", "!", "m"])
def test_escape_and_a_key_in_one_piece_or_two_are_two_keys(key: str) -> None:
    wanted = [read.key for read in typed(key)]
    assert [read.key for read in typed(f"\x1b{key}\x1b[A")] == ["escape", *wanted, "up"]
    parser = TypedParser(False)
    read = [*parser.feed("\x1b"), *parser.feed(key)]
    assert [message.key for message in read if isinstance(message, Key)] == ["escape", *wanted]


def test_what_begins_with_escape_stays_one_key() -> None:
    assert [key.key for key in typed("\x1bOP\x1b[A\x1bOA\x1b[3~")] == ["f1", "up", "up", "delete"]
