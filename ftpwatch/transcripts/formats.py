"""Loads the format tables, checked."""

import re
from functools import cache, cached_property
from importlib import resources
from typing import Final, TypeVar

import msgspec

from ftpwatch.transcripts.model import DIALOGUE, Format, Row, TimeRow

__all__ = ["FormatError", "Formats", "load"]

T = TypeVar("T")
_GROUP: Final = re.compile(r"\(\?P<\w+>")


class FormatError(Exception):
    """A table that cannot be used: file, row and what is wrong."""


class Formats(msgspec.Struct, frozen=True, dict=True):
    """All that are known: of programs, the `common` rows that any of them may have, and how times
    stand before a line.
    """

    programs: tuple[Format, ...]
    common: tuple[Format, ...]
    prefixes: tuple[TimeRow, ...]

    @cached_property
    def any_prefix(self) -> re.Pattern[str]:
        """What any of the prefixes matches: one look where there is none."""
        return _any_of([prefix.text for prefix in self.prefixes])

    @cached_property
    def any_mark(self) -> re.Pattern[str]:
        """What any program marks as said on the wire."""
        return _any_of(
            [
                f"(?i:{pattern.pattern})" if row.any_case else pattern.pattern
                for form in self.programs
                for pattern, row in form.patterns
                if row.marked and DIALOGUE.intersection(row.is_)
            ]
        )

    @cached_property
    def inside(self) -> tuple[tuple[str, Format, re.Pattern[str], Row], ...]:
        """Rows that may begin inside a line, with the text that they begin with."""
        return tuple(
            (row.inside, form, pattern, row)
            for form in self.programs
            for pattern, row in form.patterns
            if row.inside is not None
        )


class _Prefixes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    prefix: tuple[TimeRow, ...]


@cache
def load() -> Formats:
    """The tables that come with ftpwatch. Raises FormatError."""
    folder = resources.files(__package__) / "formats"
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    tables = [f for f in files if f.name.endswith(".toml") and not f.name.startswith("_")]
    programs = tuple(_read(file.read_bytes(), Format, file.name) for file in tables)
    shared = [file for file in files if file.name.startswith("_common")]
    common = tuple(_read(file.read_bytes(), Format, file.name) for file in shared)
    prefixes = _read((folder / "_prefixes.toml").read_bytes(), _Prefixes, "_prefixes.toml").prefix
    for table in (*programs, *common):
        _check(table)
    for row in prefixes:
        if row.pattern.match(row.example) is None:
            raise FormatError(f"_prefixes.toml: {row.text!r} does not match {row.example!r}")
    return Formats(programs, common, prefixes)


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_GROUP.sub('(?:', pattern)})" for pattern in patterns))


def _check(table: Format) -> None:
    try:
        _ = table.patterns
    except re.error as error:
        raise FormatError(f"{table.name}: a row is not a pattern: {error}") from error


def _read(content: bytes, kind: type[T], name: str) -> T:
    try:
        return msgspec.toml.decode(content, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise FormatError(f"{name}: {error}") from error
