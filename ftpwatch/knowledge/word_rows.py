"""The shape of the files that hold wordings: what any server may say, in which language, in which
spelling, what the standard says, and who else says it. Strict like the others.
"""

import re
from functools import cached_property

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.knowledge.model import CloseRow, PhaseName, Row

__all__ = [
    "ClientRow", "ElsewhereRow", "FamilyRow", "ForeignRow", "HarmlessRow", "PairRow", "SentenceRow",
    "SpellingTable",
]  # fmt: skip


class SentenceRow(Row, frozen=True):
    """A sentence of RFC 959 itself: it belongs to no server. `cause` is what the standard names
    by it (none where nothing ends), `or_else` what else servers mean by it.
    """

    codes: tuple[int, ...]
    text: str
    example: str
    source: str
    cause: Cause | None = None
    or_else: tuple[Cause, ...] = ()
    note: str | None = None

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """`text`, compiled; case does not matter."""
        return re.compile(self.text, re.IGNORECASE)


class SpellingTable(Row, frozen=True):
    """Words that the patterns look for, with other spellings of them; a word that differs by one
    letter is taken for it, unless it is one of the `exact`.
    """

    exact: tuple[str, ...]
    also: dict[str, tuple[str, ...]]


class FamilyRow(Row, frozen=True):
    """Wordings that any server may use. `example` is one they match, `language` that of theirs
    where it is not English; `note`, `client` and `server` are advice that these words allow.
    """

    cause: Cause
    text: str
    example: str
    codes: tuple[int, ...] = ()
    phases: tuple[PhaseName, ...] = ()
    explicit: bool = True
    language: str | None = None
    note: str | None = None
    client: tuple[str, ...] = ()
    server: tuple[str, ...] = ()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """`text`, compiled; case does not matter."""
        return re.compile(self.text, re.IGNORECASE)

    @cached_property
    def advice(self) -> CloseRow | None:
        """Its advice in the shape of a server's; None where its cause says it all."""
        if not self.client and not self.server:
            return None
        return CloseRow(
            example=self.example,
            phases=(),
            closes="unknown",
            source="families.toml",
            evidence="docs",
            cause=self.cause,
            note=self.note,
            client=self.client,
            server=self.server,
        )


class Said(Row, frozen=True):
    """A wording in one language."""

    language: str
    text: str
    example: str


class ForeignRow(Row, frozen=True):
    """A family in other languages than English."""

    cause: Cause
    said: tuple[Said, ...]
    codes: tuple[int, ...] = ()
    phases: tuple[PhaseName, ...] = ()

    @property
    def families(self) -> tuple[FamilyRow, ...]:
        """One for each language."""
        return tuple(
            FamilyRow(
                cause=self.cause,
                text=said.text,
                example=said.example,
                codes=self.codes,
                phases=self.phases,
                language=said.language,
            )
            for said in self.said
        )


class HarmlessRow(Row, frozen=True):
    """Words about a file or a command: in a reply of these codes they refuse no session."""

    codes: tuple[int, ...]
    text: str
    example: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """`text`, compiled; case does not matter."""
        return re.compile(self.text, re.IGNORECASE)


class ElsewhereRow(Row, frozen=True):
    """The same number in another protocol, or none where only words tell it; `text` is tried on
    the reply with its code.
    """

    protocol: str
    meaning: str
    code: int | None = None
    text: str | None = None
    example: str | None = None

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """`text`, compiled; None where only the number is known."""
        return None if self.text is None else re.compile(self.text, re.IGNORECASE)


class ClientRow(Row, frozen=True):
    """What a client program says itself, as if it came from the server; with a `code` where it
    puts one before it. `cause` where it means one.
    """

    client: str
    text: str
    example: str
    meaning: str
    code: int | None = None
    cause: Cause | None = None

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """`text`, compiled; case does not matter."""
        return re.compile(self.text, re.IGNORECASE)


class PairRow(Row, frozen=True):
    """Two codes that are often compared, and how they differ."""

    codes: tuple[int, int]
    differences: tuple[str, ...]
