"""Commands of the user-PI, and the secrets in them.

A password is a `Secret` everywhere; `Command.wire` reveals one, and what gives one to the keyring.
"""

import base64
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Final

import msgspec

__all__ = [
    "MASK", "RAW_MASK", "SECRET_VERBS", "Command", "Purpose", "Scrubber", "Secret", "is_sendable",
    "scrubber_of", "without_passwords",
]  # fmt: skip

MASK: Final = "••••"
RAW_MASK: Final = b"****"
SECRET_VERBS: Final = frozenset({"PASS", "ACCT"})
_SHORTEST_SCRUBBED: Final = 4
_UNSENDABLE: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_IN_ADDRESS: Final = re.compile(r"(?<=://)([^\s:/@]{1,256}:)[^\s@/]{1,256}(?=@)")
# A password rarely is a word of letters alone; "USER and PASS first" is a server's sentence.
_AFTER_PASS: Final = re.compile(
    r"(\b(?:PASS|ACCT|password|passwort)[ \t]*[ \t:=][ \t]*)(?=\S*[\d!#$%&*+?@^_~])\S+",
    re.IGNORECASE,
)
_COMMANDED: Final = re.compile(
    r"^(\W{0,20}(?:quote[ \t]+|literal[ \t]+)?(?:PASS|ACCT)[ \t]+)\S.*", re.I
)
_INTRICATE: Final = re.compile(r"[%\r\n]")
# Between any two characters a line may end and the next begin, with its code or without.
_BREAK: Final = r"(?:[\r\n]+(?:\d{3}[ -])?[ \t]*)?"


class Purpose(StrEnum):
    """Why a command was sent; CLIENT: by somebody else's client, which we only watch."""

    LOGIN = "login"
    SETUP = "setup"
    KEEP_ALIVE = "keep_alive"
    USER = "user"
    QUIT = "quit"
    PROBE = "probe"
    CLIENT = "client"


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
    return _UNSENDABLE.search(plain) is None


def without_passwords(text: str) -> str:
    """`text`, of which nobody knows what it is, with what stands where passwords do masked: in an
    address (RFC 3986 §3.2.1), behind PASS, ACCT or the word itself.
    """
    text = "\n".join(_COMMANDED.sub(rf"\1{MASK}", line) for line in text.split("\n"))
    return _AFTER_PASS.sub(rf"\1{MASK}", _IN_ADDRESS.sub(rf"\1{MASK}", text))


class Command(msgspec.Struct, frozen=True):
    """A command (RFC 959 §4.1): verb and argument; `str` of it is masked. `shown` is what may be
    shown of an argument that is a Secret.
    """

    verb: str
    argument: str | Secret | None = None
    shown: str = MASK

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
        return self.shown if hidden else str(self.argument)

    def __str__(self) -> str:
        return self.verb if self.shown_argument is None else f"{self.verb} {self.shown_argument}"

    def wire(self) -> bytes:
        """The line as sent, CR LF included: here a secret is revealed."""
        if self.argument is None:
            return f"{self.verb}\r\n".encode()
        secret = isinstance(self.argument, Secret)
        text = self.argument._revealed() if isinstance(self.argument, Secret) else self.argument
        assert secret or self.verb not in SECRET_VERBS, f"{self.verb} takes a Secret"
        return f"{self.verb} {text}\r\n".encode()


class Scrubber:
    """Masks known secrets of four characters or more in what a server sends back: as they are, in
    another case, percent-encoded, in base64 alone or as user:password, read as Latin-1, and split
    over the lines of one reply.
    """

    def __init__(self, secrets: Iterable[Secret], user: str = "") -> None:
        texts = {secret._revealed() for secret in secrets}
        known = [text for text in texts if len(text) >= _SHORTEST_SCRUBBED]
        # Longest first: a secret may contain another.
        ordered = sorted(known, key=len, reverse=True)
        self.__shapes = [_shapes_of(Secret(text), user) for text in ordered]

    def text(self, text: str) -> str:
        """`text` with every known secret masked."""
        for shapes in self.__shapes:
            text = shapes.masked(text, MASK)
        return text if "://" not in text else _IN_ADDRESS.sub(rf"\1{MASK}", text)

    def lines(self, lines: Sequence[str]) -> tuple[str, ...]:
        """The lines of one reply, masked; what is split over several is masked in the first."""
        return tuple(self.text("\n".join(lines)).split("\n"))

    def raw(self, raw: bytes) -> bytes:
        """`raw` with every known secret masked, whatever its encoding."""
        text = raw.decode("latin-1")
        for shapes in self.__shapes:
            text = shapes.raw.masked(text, RAW_MASK.decode())
        return text.encode("latin-1")


class _Shapes:
    """What one secret may look like, as a pattern: the plain one where nothing of the text is
    encoded or goes on in another line. Made when first needed; somebody may try thousands.
    """

    def __init__(self, forms: Iterable[str]) -> None:
        self.__forms = sorted(dict.fromkeys(forms), key=len, reverse=True)

    @cached_property
    def raw(self) -> "_Shapes":
        """The same in the bytes of the wire, read as Latin-1."""
        sent = [form.encode() for form in self.__forms]
        sent += [f.encode("latin-1") for f in self.__forms if all(ord(c) < 256 for c in f)]
        return _Shapes(text.decode("latin-1") for text in sent)

    @cached_property
    def _plain(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, self.__forms)), re.IGNORECASE)

    @cached_property
    def _any(self) -> re.Pattern[str]:
        return re.compile("|".join(map(_pattern, self.__forms)), re.IGNORECASE)

    def masked(self, text: str, mask: str) -> str:
        """`text` with the mask in the place of all of them."""
        pattern = self._plain if _INTRICATE.search(text) is None else self._any
        return pattern.sub(mask, text)


@lru_cache(maxsize=256)
def _shapes_of(secret: Secret, user: str) -> _Shapes:
    return _Shapes(_forms(secret._revealed(), user))


@lru_cache(maxsize=64)
def scrubber_of(user: str, *secrets: Secret) -> Scrubber:
    """One for all sessions of an account."""
    return Scrubber(secrets, user)


def _forms(secret: str, user: str) -> list[str]:
    """What a secret may look like; case and percent-encoding are the pattern's matter."""
    encoded = secret.encode(errors="replace")
    forms = [secret, encoded.decode("latin-1")]
    for whole in (encoded, f"{user}:{secret}".encode(errors="replace")):
        forms += [
            base64.b64encode(whole).decode().rstrip("="),
            base64.urlsafe_b64encode(whole).decode().rstrip("="),
        ]
    return forms


def _pattern(form: str) -> str:
    return _BREAK.join(map(_character, form))


def _character(char: str) -> str:
    encoded = "".join(f"%{byte:02x}" for byte in char.encode(errors="replace"))
    return f"(?:{re.escape(char)}|{encoded})"
