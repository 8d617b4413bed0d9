"""The filter language: what the dialogue, `replay`, `export` and `report` are asked for.

    421 timeout              words, whole or their beginnings; all terms must hold
    *imeou*                  anywhere inside words
    "no transfer"            a phrase
    !noop                    not that
    code:421  code:4xx  code:420-429  session:eu-*  host:192.0.2.*  cause:idle_timeout
    event:reply_received  purpose:keep_alive  since:2h  until:02:30
    code:421,425             one of several

What is not a filter is refused with the place in the text where it goes wrong. One file, as the
whole language is read from top to bottom.
"""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final, get_args

import msgspec

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.entry import utc_text
from ftpwatch.core.journal.events import AnyEvent
from ftpwatch.core.journal.points_in_time import parse_moment
from ftpwatch.core.journal.vocabulary import Cause

__all__ = [
    "EVENTS", "EVERYTHING", "FIELDS", "MARKS", "MOST_UNFOLDED", "PROBLEMS", "Filter",
    "FilterError", "Term", "code_ranges", "folded", "parse_filter",
]  # fmt: skip

_LONGEST: Final = 200
_CODE: Final = re.compile(r"[1-6x?][\dx?]{2}|[1-6x?][\dx?]?\*|([1-6]\d\d)-([1-6]\d\d)")
_FIRST_CODE, _LAST_CODE = 100, 699
FIELDS: Final = ("code", "session", "host", "cause", "event", "purpose", "since", "until")
EVENTS: Final = tuple(str(kind.__struct_config__.tag) for kind in get_args(AnyEvent))
_KNOWN: Final = {
    "cause": tuple(cause.value for cause in Cause),
    "event": EVENTS,
    "purpose": tuple(purpose.value for purpose in Purpose),
}
_EXAMPLES: Final = {
    "code": "code:421, code:4xx or code:420-429", "session": "session:eu-*",
    "host": "host:192.0.2.*", "cause": "cause:idle_timeout", "event": "event:connection_closed",
    "purpose": "purpose:keep_alive", "since": "since:2h or since:02:30", "until": "until:02:30",
}  # fmt: skip


class FilterError(ValueError):
    """What is not a filter; `start` and `end` are where in the text it goes wrong."""

    def __init__(self, problem: str, start: int, end: int) -> None:
        super().__init__(problem)
        self.start, self.end = start, end

    def pointing(self, text: str) -> str:
        """The text with marks under what is wrong, and then why; three lines."""
        marks = " " * self.start + "^" * max(1, self.end - self.start)
        return f"{text}\n{marks}\n{self}"


class Term(msgspec.Struct, frozen=True):
    """One condition; `field` is word, inside, mark, problem, folded or one of FIELDS. `value` is
    lower case where case does not matter; of `since` and `until` a moment as in NDJSON. Several
    values, of which one must hold, are joined by commas; a word has but one.
    """

    field: str
    value: str
    inverted: bool = False

    @property
    def patterns(self) -> tuple[str, ...]:
        """The values as globs, in which only `*` and `?` have a meaning."""
        return tuple(value.replace("[", "[[]") for value in self.values)

    @property
    def values(self) -> tuple[str, ...]:
        """The values of which one must hold."""
        return (self.value,) if self.field in ("word", "inside") else tuple(self.value.split(","))


class Filter(msgspec.Struct, frozen=True):
    """Conditions that all must hold; none means everything."""

    terms: tuple[Term, ...] = ()


EVERYTHING: Final = Filter()
PROBLEMS: Final = Filter((Term("problem", ""),))
MARKS: Final = Filter((Term("mark", ""),))
MOST_UNFOLDED: Final = 50


def folded(wanted: Filter, unfolded: Collection[int] = ()) -> Filter:
    """What is normal folded, but for the rows `unfolded`, by their seqs, of which so many may be;
    nothing is where more than a session is asked for, as a search shows what it finds.
    """
    if any(term.field != "session" or term.inverted for term in wanted.terms):
        return wanted
    seqs = ",".join(map(str, sorted(list(unfolded)[-MOST_UNFOLDED:])))
    return Filter((Term("folded", seqs), *wanted.terms))


class _Token(msgspec.Struct, frozen=True):
    """A term as written: `colon` is where its field ends, in `text`, or None."""

    text: str
    start: int
    end: int
    inverted: bool
    colon: int | None

    def wrong(self, problem: str) -> FilterError:
        """That this token is none."""
        return FilterError(problem, self.start, self.end)


def parse_filter(text: str, now: datetime | None = None) -> Filter:
    """Filter from what a user typed; `now` is what `since:2h` counts from, with the zone that times
    without an offset are read in. Raises FilterError naming the term and what is accepted.
    """
    if len(text) > _LONGEST:
        problem = f"the filter is {len(text)} characters long; {_LONGEST} are accepted"
        raise FilterError(problem, _LONGEST, len(text))
    return Filter(tuple(_term(token, now) for token in _tokens(text)))


@lru_cache(128)  # asked for each part of a recording, and each entry of a line
def _code_runs(value: str) -> tuple[tuple[int, int], ...]:
    return tuple(_runs(value))


def code_ranges(value: str) -> list[tuple[int, int]]:
    """The reply codes that `value` of a code term stands for, as first and last of each run."""
    return list(_code_runs(value))


def _runs(value: str) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for code in range(_FIRST_CODE, _LAST_CODE + 1):
        if any(_is_code(code, pattern) for pattern in value.split(",")):
            if runs and runs[-1][1] == code - 1:
                runs[-1] = runs[-1][0], code
            else:
                runs.append((code, code))
    return runs


def _is_code(code: int, pattern: str) -> bool:
    first, dash, last = pattern.partition("-")
    return int(first) <= code <= int(last) if dash else fnmatchcase(str(code), pattern)


def _tokens(text: str) -> Iterator[_Token]:
    """Words, each perhaps with `!` and a field before it; quotes, where a word or a value begins,
    hold it together.
    """
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        start, word, colon = at, "", None
        inverted = text[at] == "!"
        at += inverted
        while at < len(text) and not text[at].isspace():
            if text[at] in "\"'" and word in ("", word[: (colon or -1) + 1]):
                closing = text.find(text[at], at + 1)
                if closing < 0:
                    raise FilterError(f"the {text[at]} is not closed", at, len(text))
                word, at = word + text[at + 1 : closing], closing + 1
                if colon is None:
                    colon = -1  # a colon inside quotes is text
                continue
            if text[at] == ":" and colon is None:
                colon = len(word)
            word, at = word + text[at], at + 1
        colon = None if colon == -1 else colon
        yield _Token(word, start, at, inverted, colon)


def _term(token: _Token, now: datetime | None) -> Term:
    if not token.text:
        raise token.wrong("! needs what it inverts, as in !noop or !code:2xx")
    field = token.text[: token.colon].lower() if token.colon is not None else ""
    if not field.isalpha():
        return _word(token)
    if field not in FIELDS:
        accepted = ", ".join(f"{name}:" for name in FIELDS)
        raise token.wrong(
            f'{field}: is not a field of the filter; {accepted} are, or "{token.text}"'
        )
    value = token.text[len(field) + 1 :]
    if not value or not all(value.split(",")):
        raise token.wrong(f"{field}: needs a value, as in {_EXAMPLES[field]}")
    return Term(field, _READ.get(field, _as_it_is)(token, field, value, now), token.inverted)


def _word(token: _Token) -> Term:
    text = token.text.lower()
    if text.startswith("*") and text.strip("*"):
        return Term("inside", text.strip("*"), token.inverted)
    text = text.rstrip("*")
    if not text:
        raise token.wrong("* alone matches everything; *text* is found anywhere inside words")
    return Term("word", text, token.inverted)


def _as_it_is(token: _Token, field: str, value: str, now: datetime | None) -> str:
    return value


def _host(token: _Token, field: str, value: str, now: datetime | None) -> str:
    return value.replace("[", "").replace("]", "").lower()


def _code(token: _Token, field: str, value: str, now: datetime | None) -> str:
    for one in value.lower().split(","):
        match = _CODE.fullmatch(one)
        if match is None or (match[1] and match[1] > match[2]):
            raise token.wrong(f"code:{one} is not a reply code; write {_EXAMPLES['code']}")
    return value.lower().replace("x", "?")


def _known(token: _Token, field: str, value: str, now: datetime | None) -> str:
    """One of fixed words, or a pattern that one of them matches."""
    for one in value.lower().split(","):
        if not any(fnmatchcase(known, one) for known in _KNOWN[field]):
            close = get_close_matches(one, _KNOWN[field], 1, 0.5)
            meant = f"; is {close[0]} meant?" if close else ""
            raise token.wrong(
                f"{field}:{one} is none{meant or '.'} There are {', '.join(_KNOWN[field])}"
            )
    return value.lower()


def _moment(token: _Token, field: str, value: str, now: datetime | None) -> str:
    try:
        return utc_text(parse_moment(value, now))
    except ValueError as error:
        raise token.wrong(f"{field}:{value} {error}") from None


_READ: Final[dict[str, Callable[[_Token, str, str, datetime | None], str]]] = {
    "code": _code, "host": _host, "cause": _known, "event": _known, "purpose": _known,
    "since": _moment, "until": _moment,
}  # fmt: skip
