"""A password that a server sends back is masked, however it is dressed up."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftpwatch.core.ftp.command import MASK, RAW_MASK, Scrubber, Secret

WORD = "Geheim/Würt 7"
SCRUB = Scrubber([Secret(WORD)], "bob")
BOTH = base64.b64encode(f"bob:{WORD}".encode()).decode()


@pytest.mark.parametrize(
    "shown",
    [
        WORD, WORD.upper(), WORD.lower(), WORD.encode().decode("latin-1"),
        quote(WORD), quote(WORD, safe=""), quote(WORD).lower(),
        base64.b64encode(WORD.encode()).decode(), BOTH, BOTH.rstrip("="),
    ],
)  # fmt: skip
def test_it_is_masked_in_every_dress(shown: str) -> None:
    (line,) = SCRUB.lines([f"530 no: {shown}, really"])
    assert MASK in line and shown.rstrip("=") not in line
    assert line.startswith("530 no: ") and line.endswith(", really")


@pytest.mark.parametrize("at", range(1, len(WORD)))
@pytest.mark.parametrize("between", ["", "530-", "530 ", "   "])
def test_it_is_masked_where_it_is_split_over_lines(at: int, between: str) -> None:
    lines = SCRUB.lines([f"no: {WORD[:at]}", f"{between}{WORD[at:]} it was"])
    text = "\n".join(lines)
    assert MASK in text and WORD[:at] not in text.removeprefix("no: ")
    assert text.endswith(" it was")


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_in_bytes_the_mask_can_be_read(encoding: str) -> None:
    raw = f"?? {WORD} ??".encode(encoding)
    assert SCRUB.raw(raw) == b"?? " + RAW_MASK + b" ??"
    split = f"?? {WORD[:4]}\r\n530-{WORD[4:]} ??".encode(encoding)
    assert SCRUB.raw(split) == b"?? " + RAW_MASK + b" ??"


@given(st.text(min_size=4, max_size=40), st.text(max_size=60), st.text(max_size=60))
def test_no_secret_survives_whatever_stands_beside_it(secret: str, left: str, right: str) -> None:
    scrub = Scrubber([Secret(secret)])
    text = scrub.text(f"{left}|{secret}|{right}")
    assert f"|{secret}|" not in text


def test_what_is_short_or_none_masks_nothing() -> None:
    for scrub in (Scrubber([]), Scrubber([Secret(""), Secret("abc")])):
        assert scrub.lines(["abc", "a b"]) == ("abc", "a b")
        assert scrub.raw(b"abc") == b"abc"
