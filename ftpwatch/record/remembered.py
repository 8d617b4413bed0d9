"""What is remembered of hosts across watches: their limits, in a small file of JSON.

A file that cannot be read is as if there were none; one that cannot be written loses only what
would have been remembered.
"""

import contextlib
import os
from pathlib import Path
from typing import Final

import msgspec

from ftpwatch.core.entry import Entry
from ftpwatch.core.events import ConnectionOpened, LimitKnown
from ftpwatch.core.protocols import Publish
from ftpwatch.core.state import SOURCES

__all__ = ["HostMemory"]

_HOSTS_KEPT: Final = 1_000


class _Remembered(msgspec.Struct, frozen=True):
    clock: str
    limit_seconds: float
    source: str
    reset_by: tuple[str, ...] = ()


class HostMemory:
    """Subscribe `receive` to the bus: it tells limits of hosts as they are met, and learns."""

    def __init__(self, path: Path, publish: Publish) -> None:
        self._path, self._publish = path, publish
        self._hosts: dict[str, tuple[_Remembered, ...]] = {}
        self._told: set[str] = set()
        self._read()

    def receive(self, entry: Entry) -> None:
        """Learn from a limit that is new; tell what is known of a host just met."""
        match entry.event:
            case LimitKnown(source=source) as known if source != "remembered":
                self._learn(known)
            case ConnectionOpened(peer=peer) if peer not in self._told:
                self._told.add(peer)
                host, _, port = peer.rpartition(":")
                for limit in self._hosts.get(peer, ()):
                    event = LimitKnown(
                        host, int(port), limit.clock, limit.limit_seconds, "remembered",
                        limit.reset_by,
                    )  # fmt: skip
                    self._publish(event, entry.session, entry.connection)
            case _:
                return

    def _read(self) -> None:
        with contextlib.suppress(OSError, msgspec.DecodeError, msgspec.ValidationError):
            kind = dict[str, tuple[_Remembered, ...]]
            self._hosts = msgspec.json.decode(self._path.read_bytes(), type=kind)

    def _learn(self, known: LimitKnown) -> None:
        self._read()  # another watch may have learnt meanwhile
        key = f"{known.host}:{known.port}"
        limit = _Remembered(known.clock, known.limit_seconds, known.source, known.reset_by)
        before = self._hosts.pop(key, ())
        kept = [old for old in before if old.clock == known.clock and _knows_better(old, known)]
        others = tuple(old for old in before if old.clock != known.clock)
        self._hosts[key] = (*others, *(kept or [limit]))
        while len(self._hosts) > _HOSTS_KEPT:
            del self._hosts[next(iter(self._hosts))]
        with contextlib.suppress(OSError):
            self._save()

    def _save(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._path.with_suffix(f".{os.getpid()}.new")
        fresh.write_bytes(msgspec.json.encode(self._hosts))
        fresh.chmod(0o600)
        fresh.replace(self._path)


def _knows_better(old: _Remembered, known: LimitKnown) -> bool:
    """What was measured or seen is not forgotten for a promise, nor what a measurement says of
    what resets the clock for the same limit seen again.
    """
    if SOURCES.index(old.source) >= SOURCES.index(known.source):
        return False
    same = abs(old.limit_seconds - known.limit_seconds) <= max(2.0, old.limit_seconds / 20)
    return known.source == "advertised" or same
