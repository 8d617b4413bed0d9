"""Neutralising, secrets, filters, durations, keep-alive arithmetic, phrasing."""

import pickle
import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftpwatch.core.ftp.command import MASK, RAW_MASK, Command, Scrubber, Secret
from ftpwatch.core.ftp.keep_alive_policy import longer, shorter
from ftpwatch.core.journal.filter import Term, parse_filter
from ftpwatch.core.text.durations import parse_duration, parse_interval, typed_interval
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import format_duration


@given(st.text())
def test_nothing_visible_is_obeyed_by_a_terminal(text: str) -> None:
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") for c in visible(text))


def test_tricks_are_shown_and_not_hidden() -> None:
    assert visible("\x1b]52;c;x\x07") == "␛]52;c;x␇"
    assert visible("a\x9bb\u202ec\x7f") == "a‹U+009B›b‹U+202E›c␡"
    assert visible("Größe 日本") == "Größe 日本"


def test_a_secret_never_shows_itself() -> None:
    secret = Secret("hunter22")
    assert "hunter22" not in f"{secret} {secret!r} {secret:>20} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        msgspec.json.encode({"password": secret})


def test_only_the_wire_form_reveals_a_password() -> None:
    command = Command("PASS", Secret("hunter22"))
    assert command.wire() == b"PASS hunter22\r\n"
    assert command.shown_argument == MASK
    assert "hunter22" not in f"{command} {command!r}"


@pytest.mark.parametrize("bad", ["a\r\nDELE x", "a\nb", "a\0b", "a\x7fb"])
def test_a_command_is_one_line(bad: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        Command("USER", bad)
    with pytest.raises(ValueError, match="control character"):
        Command("PASS", Secret(bad))


def test_echoed_secrets_are_scrubbed_longest_first_and_short_ones_are_not() -> None:
    scrub = Scrubber([Secret("pass"), Secret("password1"), Secret("abc")])
    assert scrub.text("is it password1 or pass or abc?") == f"is it {MASK} or {MASK} or abc?"
    assert scrub.raw("päss".encode("latin-1")) == "päss".encode("latin-1")
    assert Scrubber([Secret("päss")]).raw("päss".encode("latin-1")) == RAW_MASK


def test_filters_say_what_they_accept() -> None:
    assert parse_filter('NOOP !code:2xx session:eu-* "no transfer"').terms == (
        Term("word", "noop"),
        Term("code", "2??", True),
        Term("session", "eu-*"),
        Term("word", "no transfer"),
    )
    for bad in ("port:x", "code:abc", "session:"):
        with pytest.raises(ValueError, match="session:|code:"):
            parse_filter(bad)
    with pytest.raises(ValueError, match="200 are accepted"):
        parse_filter("x " * 1000)


def test_durations_are_read_and_nonsense_names_what_is_accepted() -> None:
    assert [parse_duration(t, "x") for t in ("500ms", "30s", "5m", "2h", "1.5s")] == [
        0.5, 30, 300, 7200, 1.5,
    ]  # fmt: skip
    assert parse_interval("off", "x") is None
    for bad in ("", "30", "-5s", "0s", "5d", "1e9h", "s"):
        with pytest.raises(ValueError, match="keep-alive"):
            parse_interval(bad, "keep-alive")


def test_a_number_alone_is_seconds_where_it_is_typed_into_a_dialog() -> None:
    assert [typed_interval(t) for t in ("10", " 1.5 ", "2m", "off")] == [10, 1.5, 120, None]
    for bad in ("", "0", "-5", "1e9", "soon"):
        with pytest.raises(ValueError, match="interval"):
            typed_interval(bad)


def test_shorter_and_longer_walk_the_usual_intervals() -> None:
    assert shorter(30.0) == 20
    assert shorter(1.0) == 1
    assert longer(30.0) == 45
    assert longer(3600.0) is None
    assert shorter(None) == 3600


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "off"), (0.5, "0.5s"), (4.0, "4s"), (59, "59s"), (125, "2m05s"), (3720, "1h02m")],
)
def test_lengths_of_time_in_words(seconds: float | None, words: str) -> None:
    assert format_duration(seconds) == words
