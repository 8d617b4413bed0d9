"""A configuration file as it was read: what is right of it, and all that is wrong with it."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from ftpwatch.config.errors import ConfigError
from ftpwatch.config.key_lines import KeyPath, key_lines
from ftpwatch.config.settings import Profiles

__all__ = ["Document", "Problem"]


class Problem(msgspec.Struct, frozen=True):
    """What is wrong, and with which key."""

    key: KeyPath
    text: str


class Document(msgspec.Struct, frozen=True):
    """`profiles` is what is right of it; lines are told of its `text`. Not `there`: there is no
    such file.
    """

    path: Path
    profiles: Profiles = Profiles()
    problems: tuple[Problem, ...] = ()
    text: str = ""
    there: bool = True

    def lines(self) -> dict[KeyPath, int]:
        """The line of every table and key."""
        return key_lines(self.text)

    def sentences(self, *more: Problem) -> list[str]:
        """All problems, with file and line, in the order of the lines."""
        problems = (*self.problems, *more)
        if not problems:
            return []
        lines = self.lines()
        placed = sorted(((_line(p.key, lines), p.text) for p in problems), key=lambda p: p[0])
        return [f"{self.path}:{line}: {text}" if line else f"{self.path}: {text}"
                for line, text in placed]  # fmt: skip

    def verified(self, *more: Problem) -> Profiles:
        """What is in it. Raises ConfigError with the first of its problems."""
        sentences = self.sentences(*more)
        if not sentences:
            return self.profiles
        others = len(sentences) - 1
        rest = f"; and {others} more, which `ftpwatch config validate` lists" if others else ""
        raise ConfigError(f"{sentences[0]}{rest}")


def _line(key: KeyPath, lines: Mapping[KeyPath, int]) -> int:
    """The line of `key`, or of the nearest table around it; 0 where none is known."""
    for length in range(len(key), 0, -1):
        if key[:length] in lines:
            return lines[key[:length]]
    return 0
