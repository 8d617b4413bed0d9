"""The filter of the dialogue: words, `!` to invert, `code:421`, `session:eu-*`.

All terms must hold. Words are found anywhere in an entry's line, without regard to case.
"""

import re
import shlex
from typing import Final

import msgspec

__all__ = ["EVERYTHING", "MARKS", "PROBLEMS", "Filter", "Term", "parse_filter"]

_LONGEST: Final = 200
_CODE: Final = re.compile(r"[1-6x?][\dx?]{2}|[1-6x?][\dx?]?\*")
FIELDS: Final = ("code", "session")


class Term(msgspec.Struct, frozen=True):
    """One condition; `field` is word, code, session, mark or problem."""

    field: str
    value: str
    inverted: bool = False


class Filter(msgspec.Struct, frozen=True):
    """Conditions that all must hold; none means everything."""

    terms: tuple[Term, ...] = ()


EVERYTHING: Final = Filter()
PROBLEMS: Final = Filter((Term("problem", ""),))
MARKS: Final = Filter((Term("mark", ""),))


def parse_filter(text: str) -> Filter:
    """Filter from what a user typed; raises ValueError naming the term and what is accepted."""
    if len(text) > _LONGEST:
        raise ValueError(f"the filter is {len(text)} characters long; {_LONGEST} are accepted")
    try:
        sentence = shlex.split(text)
    except ValueError:
        sentence = text.split()
    return Filter(tuple(_term(word) for word in sentence))


def _term(word: str) -> Term:
    inverted = word.startswith("!")
    word = word[1:] if inverted else word
    if not word:
        raise ValueError("! needs what it inverts, as in !noop or !code:2xx")
    field, colon, value = word.partition(":")
    if not colon or not field.isalpha():
        return Term("word", word.lower(), inverted)
    field = field.lower()
    if field not in FIELDS:
        raise ValueError(f"{field}: is no field of the filter; code: and session: are")
    if field == "code" and value and not _CODE.fullmatch(value.lower()):
        raise ValueError(f"code:{value} is no reply code; code:421 or code:4xx are")
    if not value:
        raise ValueError(f"{field}: needs a value, as in code:421 or session:eu-*")
    return Term(field, value.lower().replace("x", "?") if field == "code" else value, inverted)
