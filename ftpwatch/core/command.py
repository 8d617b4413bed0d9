"""Commands of the user-PI, and the secrets in them.

A password is a `Secret` everywhere; `Command.wire` is the only place that reveals one.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

__all__ = ["MASK", "SECRET_VERBS", "Command", "Purpose", "Scrubber", "Secret", "is_sendable"]

MASK: Final = "••••"
SECRET_VERBS: Final = frozenset({"PASS", "ACCT"})
_SHORTEST_SCRUBBED: Final = 4


class Purpose(StrEnum):
    """Why a command was sent."""

    LOGIN = "login"
    SETUP = "setup"
    KEEP_ALIVE = "keep_alive"
    USER = "user"
    QUIT = "quit"
    PROBE = "probe"


class Secret:
    """Text that shows itself as a mask: repr, str, format and encoding never reveal it."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __bool__(self) -> bool:
        return bool(self.__text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.__text == other.__text

    def __hash__(self) -> int:
        return hash(self.__text)

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not serialised")

    def _revealed(self) -> str:
        return self.__text


def is_sendable(text: str | Secret) -> bool:
    """It can be the argument of a command: one line, without control characters, in UTF-8."""
    plain = text._revealed() if isinstance(text, Secret) else text
    return not any(ord(c) < 0x20 or ord(c) == 0x7F or 0xD800 <= ord(c) <= 0xDFFF for c in plain)


class Command(msgspec.Struct, frozen=True):
    """A command (RFC 959 §4.1): verb and argument; `str` of it is masked."""

    verb: str
    argument: str | Secret | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for CR, LF or any other C0 character: they would be commands."""
        if not is_sendable(self.verb) or not is_sendable(self.argument or ""):
            raise ValueError(f"control character in {self.verb!r}: a command is one line of text")

    @property
    def shown_argument(self) -> str | None:
        """The argument as it may be shown or recorded."""
        if self.argument is None:
            return None
        hidden = isinstance(self.argument, Secret) or self.verb in SECRET_VERBS
        return MASK if hidden else str(self.argument)

    def __str__(self) -> str:
        return self.verb if self.shown_argument is None else f"{self.verb} {self.shown_argument}"

    def wire(self) -> bytes:
        """The line as sent, CR LF included: the one place where a secret is revealed."""
        if self.argument is None:
            return f"{self.verb}\r\n".encode()
        secret = isinstance(self.argument, Secret)
        text = self.argument._revealed() if isinstance(self.argument, Secret) else self.argument
        assert secret or self.verb not in SECRET_VERBS, f"{self.verb} takes a Secret"
        return f"{self.verb} {text}\r\n".encode()


class Scrubber:
    """Masks known secrets of four characters or more in what a server echoes."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        texts = {secret._revealed() for secret in secrets}
        # Longest first: a secret may contain another.
        self.__texts = sorted((t for t in texts if len(t) >= _SHORTEST_SCRUBBED), key=len)[::-1]

    def text(self, text: str) -> str:
        """`text` with every known secret masked."""
        for secret in self.__texts:
            # A line that is not UTF-8 as a whole was read as Latin-1, the password in it too.
            text = text.replace(secret, MASK).replace(secret.encode().decode("latin-1"), MASK)
        return text

    def raw(self, raw: bytes) -> bytes:
        """`raw` with every known secret masked, in UTF-8 and Latin-1."""
        for secret in self.__texts:
            raw = raw.replace(secret.encode(), MASK.encode())
            latin = secret.encode("latin-1", errors="ignore")
            if len(latin) >= _SHORTEST_SCRUBBED:
                raw = raw.replace(latin, MASK.encode())
        return raw
