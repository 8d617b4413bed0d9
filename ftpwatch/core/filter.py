"""The filter of the dialogue: words, `!` to invert, `code:421`, `session:eu-*`.

All terms must hold. Words are found anywhere in an entry's line, without regard to case.
"""

import shlex
from typing import Final

import msgspec

__all__ = ["EVERYTHING", "MARKS", "PROBLEMS", "Filter", "Term", "parse_filter"]

_LONGEST: Final = 200
FIELDS: Final = ("code", "session")


class Term(msgspec.Struct, frozen=True):
    """One condition; `field` is word, code, session, kind (of event) or problem."""

    field: str
    value: str
    inverted: bool = False


class Filter(msgspec.Struct, frozen=True):
    """Conditions that all must hold; none means everything."""

    terms: tuple[Term, ...] = ()


EVERYTHING: Final = Filter()
PROBLEMS: Final = Filter((Term("problem", ""),))
MARKS: Final = Filter((Term("kind", "mark_set"),))


def parse_filter(text: str) -> Filter:
    """Filter from what a user typed; raises ValueError naming the term and what is accepted."""
    if len(text) > _LONGEST:
        raise ValueError(f"the filter is {len(text)} characters long; {_LONGEST} are accepted")
    try:
        words = shlex.split(text)
    except ValueError:
        words = text.split()
    return Filter(tuple(_term(word) for word in words))


def _term(word: str) -> Term:
    inverted = word.startswith("!") and len(word) > 1
    word = word[1:] if inverted else word
    field, colon, value = word.partition(":")
    if not colon or not field.isalpha():
        return Term("word", word.lower(), inverted)
    if field not in FIELDS:
        raise ValueError(f"{field}: is no field of the filter; code: and session: are")
    if field == "code" and not all(char.isdigit() or char in "x?*" for char in value):
        raise ValueError(f"code:{value} is no reply code; code:421 or code:4xx are")
    if not value:
        raise ValueError(f"{field}: needs a value, as in code:421 or session:eu-*")
    return Term(field, value.replace("x", "?") if field == "code" else value, inverted)
