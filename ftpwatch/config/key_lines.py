"""On which line of a TOML file a table or a key stands, which `tomllib` does not tell.

Every statement of TOML (a header, a key with its value) is TOML by itself: lines are taken
together until they are one.
"""

import tomllib
from collections.abc import Iterator
from typing import Any, Final

__all__ = ["key_lines"]

KeyPath = tuple[str, ...]
_MOST_TRIES: Final = 60
# Only behind these a statement of several lines can end.
_CLOSING: Final = ("]", "}", '"""', "'''")


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line, from 1, of every table and key in `text`, which is TOML; as far as it can be told
    in few tries.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    found: dict[KeyPath, int] = {}
    table: KeyPath = ()
    at = 0
    while at < len(lines):
        taken = _statement(lines, at)
        if taken is None:
            break
        content, count = taken
        if lines[at].lstrip().startswith("["):
            table = _header(content)
            found.setdefault(table, at + 1)
        else:
            for path in _paths(content):
                found.setdefault((*table, *path), at + 1)
        at += count
    return found


def _statement(lines: list[str], at: int) -> tuple[dict[str, Any], int] | None:
    """What the statement that begins at `at` says, and how many lines it has."""
    tries = 0
    for end in range(at + 1, len(lines) + 1):
        last = lines[end - 1].partition(" #")[0].rstrip()
        if end > at + 1 and not last.endswith(_CLOSING):
            continue
        if (tries := tries + 1) > _MOST_TRIES:
            return None
        try:
            return tomllib.loads("\n".join(lines[at:end])), end - at
        except (ValueError, RecursionError):
            continue
    return None


def _header(content: Any) -> KeyPath:
    path: list[str] = []
    while content:
        if isinstance(content, list):
            content = content[0]
            continue
        ((key, content),) = content.items()
        path.append(key)
    return tuple(path)


def _paths(content: dict[str, Any], before: KeyPath = ()) -> Iterator[KeyPath]:
    for key, value in content.items():
        yield (*before, key)
        if isinstance(value, dict):
            yield from _paths(value, (*before, key))
