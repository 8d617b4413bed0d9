"""The version of fold and knowledge: what was judged by another is judged anew."""

from functools import cache
from hashlib import blake2s
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

__all__ = ["judging_version"]

_ROOMS: Final = ("core/ftp", "core/journal", "core/state", "core/judgement", "knowledge")


@cache
def judging_version() -> str:
    """A digest of all that folds and judges."""
    digest = blake2s(digest_size=8)
    for room in _ROOMS:
        _add(digest, files("ftpwatch").joinpath(*room.split("/")))
    return digest.hexdigest()


def _add(digest: "blake2s", folder: Traversable) -> None:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir() and item.name != "__pycache__":
            _add(digest, item)
        elif item.name.endswith((".py", ".toml")):
            digest.update(item.name.encode())
            digest.update(item.read_bytes())
