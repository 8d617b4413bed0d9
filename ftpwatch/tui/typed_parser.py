"""What a terminal sends, as keys: what is no key is passed over.

Textual's own parser raises at a number that is none or names no character, which ends the program:
one program that left the terminal reporting keys in full is enough, as is a line with noise.
"""

from collections.abc import Iterable

from textual._xterm_parser import XTermParser
from textual.events import Key
from textual.keys import Keys

__all__ = ["TypedParser"]


class TypedParser(XTermParser):
    """Of keys that cannot be read it makes one that nothing is bound to."""

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        try:
            keys = list(super()._sequence_to_key_events(sequence, alt))
        except (ValueError, OverflowError):
            return [Key(Keys.Ignore, None)]
        return [Key(Keys.Ignore, None) if _is_half(key.character) else key for key in keys]


def _is_half(character: str | None) -> bool:
    """A surrogate, which no terminal can be sent."""
    return character is not None and "\ud800" <= character < "\ue000"
