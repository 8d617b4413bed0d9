"""The filter: what it takes, and what it says of the rest."""

import pytest

from ftpwatch.core.journal.filter import Term, parse_filter


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("NOOP", Term("word", "noop")),
        ("!noop", Term("word", "noop", inverted=True)),
        ("CODE:4XX", Term("code", "4??")),
        ("code:42?", Term("code", "42?")),
        ("code:4*", Term("code", "4*")),
        ("Session:eu-*", Term("session", "eu-*")),
    ],
)
def test_terms(text: str, term: Term) -> None:
    assert parse_filter(text).terms == (term,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("code:2", "code:4xx"), ("code:abc", "code:4xx"), ("code:", "needs a value"),
        ("!", "!noop"), ("user:bob", "code: and session:"),
    ],
)  # fmt: skip
def test_what_matches_nothing_is_refused_with_what_is_accepted(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_filter(text)
