"""What is remembered of hosts across watches: their limits, in a small file of JSON.

What is not believable in it is passed over, and a file that cannot be read is as if there were
none, which is said once. Several watches may write it: each reads it anew under a lock, and what
cannot be written now is offered again.
"""

import contextlib
import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import ConnectionOpened, LimitKnown, WatchStopped
from ftpwatch.core.journal.keeper import Publish
from ftpwatch.core.journal.vocabulary import ClockName, LimitSource
from ftpwatch.core.state.state import SOURCES
from ftpwatch.core.text.durations import LONGEST_LIMIT

__all__ = ["HostMemory"]

_HOSTS_KEPT: Final = 1_000
_LIMITS_KEPT: Final = 20
_PENDING_KEPT: Final = 100
_SHORTEST_LIMIT: Final = 1.0
Short = Annotated[str, msgspec.Meta(max_length=100)]


class _Remembered(msgspec.Struct, frozen=True):
    clock: ClockName
    limit_seconds: Annotated[float, msgspec.Meta(ge=_SHORTEST_LIMIT, le=LONGEST_LIMIT)]
    source: LimitSource
    reset_by: Annotated[tuple[Short, ...], msgspec.Meta(max_length=50)] = ()


_Hosts = dict[str, tuple[_Remembered, ...]]


class HostMemory:
    """Subscribe `receive` to the bus: it tells limits of hosts as they are met, and learns. `read`
    gives what is in a file, or raises OSError; `tell` hears why nothing is remembered.
    """

    def __init__(
        self,
        path: Path,
        publish: Publish,
        read: Callable[[Path], bytes],
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._path, self._publish, self._read_file, self._warn = path, publish, read, tell
        self._met: set[str] = set()
        self._pending: list[LimitKnown] = []
        self._complained = False
        self._hosts = self._read()

    def receive(self, entry: Entry) -> None:
        """Learn from a limit that is new; tell what is known of a host just met."""
        match entry.event:
            case LimitKnown(source=source) as known if source != LimitSource.REMEMBERED:
                if _SHORTEST_LIMIT <= known.limit_seconds <= LONGEST_LIMIT:
                    self._pending = [*self._pending, known][-_PENDING_KEPT:]
                self._learn()
            case WatchStopped():
                self._learn()
            case ConnectionOpened(peer=peer) if peer not in self._met:
                self._met.add(peer)
                host, _, port = peer.rpartition(":")
                for limit in self._hosts.get(peer, ()) if port.isdecimal() else ():
                    event = LimitKnown(
                        host=host,
                        port=int(port),
                        clock=limit.clock,
                        limit_seconds=limit.limit_seconds,
                        source=LimitSource.REMEMBERED,
                        reset_by=limit.reset_by,
                    )
                    self._publish(event, entry.session, entry.connection)
            case _:
                return

    def _read(self) -> _Hosts:
        try:
            by_host = msgspec.json.decode(
                self._read_file(self._path), type=dict[str, list[msgspec.Raw]]
            )
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            if not self._complained:
                self._complained = True
                why = error.strerror if isinstance(error, OSError) and error.strerror else error
                self._warn(f"ftpwatch: {self._path} is not used, limits of hosts are new: {why}")
            return {}
        hosts = {host: _believed(limits) for host, limits in list(by_host.items())[-_HOSTS_KEPT:]}
        return {host: limits for host, limits in hosts.items() if limits}

    def _learn(self) -> None:
        if not self._pending:
            return
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self._path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
            try:
                # Whoever holds it may be stopped: never wait for it.
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._hosts = self._read()
                for known in self._pending:
                    self._add(known)
                self._save()
                self._pending.clear()
            finally:
                os.close(lock)

    def _add(self, known: LimitKnown) -> None:
        key = f"{known.host}:{known.port}"
        limit = _Remembered(known.clock, known.limit_seconds, known.source, known.reset_by[:50])
        before = self._hosts.pop(key, ())
        kept = [old for old in before if old.clock == known.clock and _knows_better(old, known)]
        others = tuple(old for old in before if old.clock != known.clock)
        self._hosts[key] = (*others, *(kept or [limit]))[-_LIMITS_KEPT:]
        while len(self._hosts) > _HOSTS_KEPT:
            del self._hosts[next(iter(self._hosts))]

    def _save(self) -> None:
        if self._path.exists() and not self._path.is_file():
            return  # what is there is not ours to replace
        fresh = self._path.with_suffix(f".{os.getpid()}.new")
        try:
            fresh.write_bytes(msgspec.json.encode(self._hosts))
            fresh.chmod(0o600)
            fresh.replace(self._path)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise


def _believed(limits: list[msgspec.Raw]) -> tuple[_Remembered, ...]:
    """Those that can be true."""
    limits_read: list[_Remembered] = []
    for limit in limits[:_LIMITS_KEPT]:
        with contextlib.suppress(msgspec.MsgspecError, RecursionError):
            limits_read.append(msgspec.json.decode(limit, type=_Remembered))
    return tuple(limits_read)


def _knows_better(old: _Remembered, known: LimitKnown) -> bool:
    """What was measured or seen is not forgotten for a promise, nor what a measurement says of
    what resets the clock for the same limit seen again.
    """
    if SOURCES.index(old.source) >= SOURCES.index(known.source):
        return False
    same = abs(old.limit_seconds - known.limit_seconds) <= max(2.0, old.limit_seconds / 20)
    return known.source == LimitSource.ADVERTISED or same
