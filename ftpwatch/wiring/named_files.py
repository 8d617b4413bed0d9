"""A file that is named where a server is meant: what it is, and which command reads it."""

import gzip
import shlex
import zlib
from pathlib import Path
from typing import Final

from ftpwatch.wiring.overhearing import GZIP, Kind, kind_of

__all__ = ["no_target"]

_HEAD: Final = 65_536
_KINDS: Final = {
    Kind.RECORDING: "a recording",
    Kind.CAPTURE: "a capture",
    Kind.NDJSON: "a watch as NDJSON",
    Kind.LOG: "a file of text, perhaps a log",
}


def no_target(word: str) -> str | None:
    """What to do with the file that `word` names; None where it names none that can be read."""
    kind = _kind_at(Path(word))
    if kind is None:
        return None
    name = shlex.quote(word)
    return (
        f"{name} is {_KINDS[kind]}, and no server: ftpwatch replay {name} shows it, and explain "
        f"or report in place of replay say why sessions ended"
    )


def _kind_at(path: Path) -> Kind | None:
    """By the first bytes; nothing that would be waited for is opened."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if head.startswith(GZIP):
            with gzip.open(path) as unpacked:
                head = unpacked.read(_HEAD)
    except (OSError, ValueError, EOFError, zlib.error):
        return None
    return kind_of(head)
