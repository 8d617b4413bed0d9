"""Reads the knowledge files; a fault in one is an error that names file and row. One file: what is
checked of each is read beside how it is read.
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Protocol, TypeVar

import msgspec

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.knowledge.model import (
    CauseRow,
    CloseRow,
    CodeRow,
    LimitRow,
    MistakeRow,
    ServerTable,
)
from ftpwatch.knowledge.spelling import Spelling
from ftpwatch.knowledge.word_rows import (
    ClientRow,
    ElsewhereRow,
    FamilyRow,
    ForeignRow,
    HarmlessRow,
    PairRow,
    SentenceRow,
    SpellingTable,
)
from ftpwatch.knowledge.wording import Wordings

__all__ = [
    "Knowledge",
    "KnowledgeError",
    "check_server",
    "load",
    "read_server",
    "words_in",
    "words_of",
]


T = TypeVar("T")


class _Patterned(Protocol):
    """A row with a pattern."""

    @property
    def text(self) -> str | None: ...

    @property
    def example(self) -> str | None: ...

    @property
    def pattern(self) -> re.Pattern[str] | None: ...


class KnowledgeError(Exception):
    """A knowledge file that cannot be used: file, row and what is wrong."""


class Knowledge(msgspec.Struct, frozen=True):
    """Everything that is known."""

    codes: dict[int, CodeRow]
    causes: dict[Cause, CauseRow]
    families: tuple[FamilyRow, ...]
    wordings: Wordings
    sentences: tuple[SentenceRow, ...]
    servers: tuple[ServerTable, ...]
    mistakes: tuple[MistakeRow, ...]
    elsewhere: tuple[ElsewhereRow, ...]
    clients: tuple[ClientRow, ...]
    pairs: tuple[PairRow, ...]
    limits: tuple[LimitRow, ...]


class _Mistakes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mistake: tuple[MistakeRow, ...]


class _Elsewhere(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    elsewhere: tuple[ElsewhereRow, ...]
    client: tuple[ClientRow, ...]
    pair: tuple[PairRow, ...]


class _Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    limit: tuple[LimitRow, ...]


class _Codes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: tuple[CodeRow, ...]


class _Causes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cause: tuple[CauseRow, ...]


class _Families(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    harmless: tuple[HarmlessRow, ...]
    family: tuple[FamilyRow, ...]


class _Foreign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    foreign: tuple[ForeignRow, ...]


class _Sentences(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sentence: tuple[SentenceRow, ...]


@cache
def load() -> Knowledge:
    """All knowledge files, checked. Raises KnowledgeError."""
    data = resources.files(__package__) / "data"
    codes = _read((data / "codes.toml").read_bytes(), _Codes, "codes.toml").code
    causes = _read((data / "causes.toml").read_bytes(), _Causes, "causes.toml").cause
    families, wordings = _wordings(data)
    sentences = _read((data / "rfc959.toml").read_bytes(), _Sentences, "rfc959.toml").sentence
    _check_examples("rfc959.toml", sentences)
    servers = _servers(data / "servers", sentences)
    known = {row.id: row for row in causes}
    missing = [cause for cause in Cause if cause not in known]
    if missing:
        raise KnowledgeError(f"causes.toml: nothing is said of {', '.join(missing)}")
    _check_causes(causes)
    limits = _read((data / "limits.toml").read_bytes(), _Limits, "limits.toml").limit
    mistakes = _read((data / "mistakes.toml").read_bytes(), _Mistakes, "mistakes.toml").mistake
    others = _read((data / "elsewhere.toml").read_bytes(), _Elsewhere, "elsewhere.toml")
    _check_examples("elsewhere.toml", (*others.elsewhere, *others.client))
    return Knowledge(
        codes={row.code: row for row in codes},
        causes=known,
        families=families,
        wordings=wordings,
        sentences=sentences,
        servers=servers,
        mistakes=mistakes,
        elsewhere=others.elsewhere,
        clients=others.client,
        pairs=others.pair,
        limits=limits,
    )


def _check_causes(causes: Iterable[CauseRow]) -> None:
    """A title and a sentence are words, short enough for a panel; `stated` names the limit."""
    for row in causes:
        for field, words, most in (("title", row.title, 48), ("summary", row.summary, 80)):
            if not 0 < len(words.strip()) <= most:
                raise KnowledgeError(f"causes.toml: {field} of {row.id}: 1 to {most} characters")
        if row.stated is not None and row.stated.count("{limit}") != 1:
            raise KnowledgeError(f"causes.toml: stated of {row.id} needs {{limit}} once")


def _wordings(data: Traversable) -> tuple[tuple[FamilyRow, ...], Wordings]:
    """The families in their order, other languages first: what is a word of theirs and of English
    too is mostly theirs.
    """
    english = _read((data / "families.toml").read_bytes(), _Families, "families.toml")
    rows = _read((data / "foreign.toml").read_bytes(), _Foreign, "foreign.toml").foreign
    spelling = _read((data / "spelling.toml").read_bytes(), SpellingTable, "spelling.toml")
    foreign = tuple(family for row in rows for family in row.families)
    _check_examples("families.toml", (*english.harmless, *english.family))
    _check_examples("foreign.toml", foreign)
    families = (*foreign, *english.family)
    return families, Wordings(families, english.harmless, Spelling(spelling))


def _servers(folder: Traversable, sentences: tuple[SentenceRow, ...]) -> tuple[ServerTable, ...]:
    files = [file for file in sorted(folder.iterdir(), key=_name) if file.name.endswith(".toml")]
    servers = tuple(read_server(file.read_bytes(), file.name) for file in files)
    for file, server in zip(files, servers, strict=True):
        check_server(server, file.name, sentences)
    return servers


def read_server(content: bytes, name: str) -> ServerTable:
    """One server's table, its shape checked. Raises KnowledgeError."""
    return _read(content, ServerTable, name)


def check_server(server: ServerTable, file: str, sentences: tuple[SentenceRow, ...] = ()) -> None:
    """Each row matches its own example, claims no text that another row of this server claims in
    the same phase for a different cause, and takes no sentence of the standard for its own.
    Raises KnowledgeError.
    """
    for number, row in enumerate(server.close, 1):
        where = f"{file}, close {number} ({row.example or 'silent'})"
        if (row.text is None) != (not row.example):
            raise KnowledgeError(f"{where}: text and example belong together")
        _check_example(row, where, words_of(row.example))
        for other in server.close[: number - 1]:
            clash = _claims(other, row)
            if clash and other.cause != row.cause:
                raise KnowledgeError(f"{where}: {other.example!r} claims the same words")
        if not row.common and any(_is_said(sentence, row) for sentence in sentences):
            raise KnowledgeError(f"{where}: RFC 959's own sentence belongs to no server: common")


def _claims(one: CloseRow, other: CloseRow) -> bool:
    if one.pattern is None or other.pattern is None or one.code != other.code:
        return False
    shared = not one.phases or not other.phases or set(one.phases) & set(other.phases)
    return bool(shared and one.pattern.search(words_of(other.example)))


def _is_said(sentence: SentenceRow, row: CloseRow) -> bool:
    """The row claims a sentence of the standard, or one close to it."""
    if row.code not in sentence.codes or row.pattern is None:
        return False
    claimed = row.pattern.search(sentence.example)
    return bool(claimed or sentence.pattern.search(words_of(row.example)))


def _check_examples(file: str, rows: Iterable[_Patterned]) -> None:
    """Each text is a pattern, and matches its own example."""
    for row in rows:
        if row.text is not None:
            _check_example(row, f"{file}, {row.example!r}", row.example or "")


def _check_example(row: _Patterned, where: str, example: str) -> None:
    try:
        pattern = row.pattern
    except re.error as error:
        raise KnowledgeError(f"{where}: {row.text!r} is not a pattern: {error}") from error
    if pattern is not None and not pattern.search(example):
        raise KnowledgeError(f"{where}: the text does not match its own example")


def words_of(example: str) -> str:
    """An example without its reply codes, as a reply's text is matched."""
    return words_in(re.sub(r"^\d{3}(?:[ -]|$)", "", example))


def words_in(text: str) -> str:
    """The text of a reply without the codes of its inner lines; what it begins with is no code."""
    return re.sub(r"(?<=\n)\d{3}(?:[ -]|$)", "", text, flags=re.MULTILINE)


def _name(file: Traversable) -> str:
    return file.name


def _read(content: bytes, kind: type[T], name: str) -> T:
    try:
        return msgspec.toml.decode(content, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise KnowledgeError(f"{name}: {error}") from error
