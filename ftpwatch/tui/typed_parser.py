"""What a terminal sends, as keys: what is no key is passed over.

Textual's own parser raises at a number that is none or names no character, which ends the program:
one program that left the terminal reporting keys in full is enough, as is a line with noise. And of
escape with a key close behind it makes `^` and that key; here they are escape and that key.
"""

import re
from collections.abc import Iterable
from typing import Final

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.events import Key
from textual.keys import Keys
from textual.message import Message

__all__ = ["TypedParser"]

_ESCAPE: Final = "\x1b"
_IN_FULL: Final = "[27u"  # after an escape: the key escape, as terminals that report in full say it
_BEGIN_SEQUENCES: Final = frozenset("[]OPNXM^_\\<")
_CLOSE_BEHIND: Final = re.compile(r"\x1b([!-~])")


class TypedParser(XTermParser):
    """Of keys that cannot be read it makes one that nothing is bound to."""

    _ends_with_escape = False

    def feed(self, data: str) -> Iterable[Message]:
        if self._ends_with_escape and _is_key(data[:1]):
            data = f"{_IN_FULL}{data}"
        data = _CLOSE_BEHIND.sub(_apart, data)
        self._ends_with_escape = data.endswith(_ESCAPE)
        yield from super().feed(data)

    def tick(self) -> Iterable[Message]:
        """An escape that nothing followed in time is a key by itself."""
        for message in super().tick():
            self._ends_with_escape = False
            yield message

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        try:
            keys = list(super()._sequence_to_key_events(sequence, alt))
        except (ValueError, OverflowError):
            return [Key(Keys.Ignore, None)]
        return [Key(Keys.Ignore, None) if _is_half(key.character) else key for key in keys]


def _is_half(character: str | None) -> bool:
    """A surrogate, which no terminal can be sent."""
    return character is not None and "\ud800" <= character < "\ue000"


def _is_key(character: str) -> bool:
    """It begins no sequence behind an escape, and is none with it."""
    known = f"{_ESCAPE}{character}" in ANSI_SEQUENCES_KEYS
    return (
        character.isprintable()
        and character not in _BEGIN_SEQUENCES
        and not known
        and bool(character)
    )


def _apart(found: re.Match[str]) -> str:
    return f"{_ESCAPE}{_IN_FULL}{found[1]}" if _is_key(found[1]) else found[0]
