"""Reads the knowledge files; a fault in one is an error that names file and row."""

import re
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TypeVar

import msgspec

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.knowledge.model import (
    CauseRow,
    ClientRow,
    CloseRow,
    CodeRow,
    ElsewhereRow,
    FamilyRow,
    LimitRow,
    MistakeRow,
    PairRow,
    ServerTable,
)

__all__ = ["Knowledge", "KnowledgeError", "check_server", "load", "read_server", "words_of"]


T = TypeVar("T")


class KnowledgeError(Exception):
    """A knowledge file that cannot be used: file, row and what is wrong."""


class Knowledge(msgspec.Struct, frozen=True):
    """Everything that is known."""

    codes: dict[int, CodeRow]
    causes: dict[Cause, CauseRow]
    families: tuple[FamilyRow, ...]
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
    family: tuple[FamilyRow, ...]


@cache
def load() -> Knowledge:
    """All knowledge files, checked. Raises KnowledgeError."""
    data = resources.files(__package__) / "data"
    codes = _read((data / "codes.toml").read_bytes(), _Codes, "codes.toml").code
    causes = _read((data / "causes.toml").read_bytes(), _Causes, "causes.toml").cause
    families = _read((data / "families.toml").read_bytes(), _Families, "families.toml").family
    files = sorted((data / "servers").iterdir(), key=_name)
    servers = tuple(read_server(f.read_bytes(), f.name) for f in files if f.name.endswith(".toml"))
    known = {row.id: row for row in causes}
    for file, server in zip(files, servers, strict=True):
        check_server(server, file.name)
    _check_families(families)
    missing = [cause for cause in Cause if cause not in known]
    if missing:
        raise KnowledgeError(f"causes.toml: nothing is said of {', '.join(missing)}")
    limits = _read((data / "limits.toml").read_bytes(), _Limits, "limits.toml").limit
    mistakes = _read((data / "mistakes.toml").read_bytes(), _Mistakes, "mistakes.toml").mistake
    others = _read((data / "elsewhere.toml").read_bytes(), _Elsewhere, "elsewhere.toml")
    _check_others(others)
    return Knowledge(
        codes={row.code: row for row in codes},
        causes=known,
        families=families,
        servers=servers,
        mistakes=mistakes,
        elsewhere=others.elsewhere,
        clients=others.client,
        pairs=others.pair,
        limits=limits,
    )


def read_server(content: bytes, name: str) -> ServerTable:
    """One server's table, its shape checked. Raises KnowledgeError."""
    return _read(content, ServerTable, name)


def check_server(server: ServerTable, file: str) -> None:
    """Each row matches its own example, and claims no text that another row of this server claims
    in the same phase for a different cause. Raises KnowledgeError.
    """
    for number, row in enumerate(server.close, 1):
        where = f"{file}, close {number} ({row.example or 'silent'})"
        if (row.text is None) != (not row.example):
            raise KnowledgeError(f"{where}: text and example belong together")
        _check_pattern(row.text, where)
        if row.pattern is not None and not row.pattern.search(words_of(row.example)):
            raise KnowledgeError(f"{where}: the text does not match its own example")
        for other in server.close[: number - 1]:
            clash = _claims(other, row)
            if clash and other.cause != row.cause:
                raise KnowledgeError(f"{where}: {other.example!r} claims the same words")


def _claims(one: CloseRow, other: CloseRow) -> bool:
    if one.pattern is None or other.pattern is None or one.code != other.code:
        return False
    shared = not one.phases or not other.phases or set(one.phases) & set(other.phases)
    return bool(shared and one.pattern.search(words_of(other.example)))


def _check_families(families: tuple[FamilyRow, ...]) -> None:
    for number, row in enumerate(families, 1):
        where = f"families.toml, family {number} ({row.cause})"
        _check_pattern(row.text, where)
        if not row.pattern.search(row.example):
            raise KnowledgeError(f"{where}: the text does not match its own example")


def _check_pattern(text: str | None, where: str) -> None:
    try:
        re.compile(text or "")
    except re.error as error:
        raise KnowledgeError(f"{where}: {text!r} is no pattern: {error}") from error


def _check_others(others: _Elsewhere) -> None:
    rows = [(row.text, row.example or "") for row in others.elsewhere if row.text is not None]
    for text, example in [*rows, *((row.text, row.example) for row in others.client)]:
        where = f"elsewhere.toml, {example!r}"
        _check_pattern(text, where)
        if not re.search(text, example, re.IGNORECASE):
            raise KnowledgeError(f"{where}: the text does not match its own example")


def words_of(example: str) -> str:
    """An example without its reply codes, as a reply's text is matched."""
    return re.sub(r"^\d{3}(?:[ -]|$)", "", example, flags=re.MULTILINE)


def _name(file: Traversable) -> str:
    return file.name


def _read(content: bytes, kind: type[T], name: str) -> T:
    try:
        return msgspec.toml.decode(content, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise KnowledgeError(f"{name}: {error}") from error
