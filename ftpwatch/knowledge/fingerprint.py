"""Which knowledge something was judged by: files differ from version to version, and may be changed
by whoever installed them.
"""

import hashlib
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from ftpwatch.knowledge.loader import load

__all__ = ["knowledge_version"]

_SHOWN: Final = 12


def knowledge_version() -> str:
    """How many servers and causes it knows, and the beginning of a SHA-256 of all its files."""
    digest = hashlib.sha256()
    for name, data in sorted(_files(resources.files("ftpwatch.knowledge") / "data", "")):
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    knowledge = load()
    known = f"{len(knowledge.servers)} servers, {len(knowledge.causes)} causes"
    return f"knowledge of {known}, {digest.hexdigest()[:_SHOWN]}"


def _files(folder: Traversable, under: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for one in folder.iterdir():
        name = f"{under}/{one.name}"
        if one.is_dir():
            found += _files(one, name)
        elif name.endswith(".toml"):
            found.append((name, one.read_bytes()))
    return found
