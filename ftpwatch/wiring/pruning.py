"""While a watch is recorded: what is too old or too much of recordings goes, and is said."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ftpwatch.core.counted import counted
from ftpwatch.headless.recordings import size_text
from ftpwatch.record.retention import Keep, Pruned, parts_in, prune, surplus

__all__ = ["Pruning"]

_EVERY_SECONDS: Final = 3_600.0


class Pruning:
    """Looks at `folder` at once, whenever a part begins, and every hour. Where a user named
    the file, only its parts are looked at: `own` is its name, and the token of its watch.
    """

    def __init__(
        self, folder: Path, own: tuple[str, str] | None, tell: Callable[[str], None]
    ) -> None:
        self._folder, self._own, self._tell = folder, own, tell
        self._due = asyncio.Event()
        self._due.set()

    def part_begins(self) -> None:
        """There is a new part."""
        self._due.set()

    async def run(self, keep: Keep) -> None:
        """Take away what `keep` does not keep, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(_EVERY_SECONDS):
                    await self._due.wait()
            except TimeoutError:
                pass
            self._due.clear()
            gone = await asyncio.to_thread(self._prune, keep)
            if gone:
                self._tell(_sentence(gone))

    def _prune(self, keep: Keep) -> list[Pruned]:
        parts = parts_in(self._folder, *(self._own or ()))
        return prune(surplus(parts, keep, datetime.now(UTC)))


def _sentence(gone: Sequence[Pruned]) -> str:
    files = counted(len(gone), "file")
    size = size_text(sum(one.bytes for one in gone))
    whys = ", ".join(dict.fromkeys(one.why for one in gone))
    return f"ftpwatch: of recordings {files} went, the oldest, {size}: {whys}"
