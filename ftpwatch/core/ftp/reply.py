"""Replies of RFC 959 §4.2: a three-digit code and text, on one line or several."""

from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Final

import msgspec

__all__ = ["Group", "Reply", "ReplyClass", "code_text", "group_of", "joined", "reply_class"]


class ReplyClass(IntEnum):
    """First digit of a reply code (RFC 959 §4.2.1)."""

    PRELIMINARY = 1
    COMPLETION = 2
    INTERMEDIATE = 3
    TRANSIENT_NEGATIVE = 4
    PERMANENT_NEGATIVE = 5
    PROTECTED = 6  # RFC 2228 §5.1
    UNDEFINED = 0

    @property
    def is_negative(self) -> bool:
        """The command was not accepted, now or ever."""
        return 4 <= self <= 5


class Group(IntEnum):
    """Second digit of a reply code (RFC 959 §4.2.1)."""

    SYNTAX = 0
    INFORMATION = 1
    CONNECTIONS = 2
    AUTHENTICATION = 3
    UNSPECIFIED = 4
    FILE_SYSTEM = 5


_CLASSES: Final = {int(kind): kind for kind in ReplyClass}
_UNDEFINED: Final = ReplyClass.UNDEFINED
_JUDGED_CHARACTERS: Final = 1_024


def reply_class(code: int | None) -> ReplyClass:
    """Class of `code`; UNDEFINED for none, and for 0xx and 7xx to 9xx: no standard has them."""
    return _UNDEFINED if code is None else _CLASSES.get(code // 100, _UNDEFINED)


@lru_cache(maxsize=1_000)
def code_text(code: int | None) -> str:
    """A reply code as shown; a log may hide it."""
    return "(no code)" if code is None else f"{code:03d}"


def group_of(code: int) -> Group:
    """Group of `code`; UNSPECIFIED where the second digit has no meaning of its own."""
    digit = code // 10 % 10
    return Group(digit) if digit <= Group.FILE_SYSTEM else Group.UNSPECIFIED


def joined(lines: Sequence[str], most: int = _JUDGED_CHARACTERS) -> str:
    """The text of a reply that patterns are tried on: of one longer than `most` characters its
    beginning and its end.
    """
    text = "\n".join(lines)
    half = most // 2
    return text if len(text) <= 2 * half else f"{text[:half]}\n{text[-half:]}"


class Reply(msgspec.Struct, frozen=True, gc=False):
    """One reply as read.

    `lines` is the text without code and separator on the first and last line; lines between
    stand whole. `raw` holds the bytes only where `lines` cannot rebuild them, and then at most
    the parser's limits; `truncated_bytes` says how many bytes were read and not kept.
    """

    code: int
    lines: tuple[str, ...]
    encoding: str = "utf-8"
    raw: bytes | None = None
    truncated_bytes: int = 0
