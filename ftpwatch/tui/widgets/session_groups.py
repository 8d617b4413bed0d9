"""Rows of the sessions list: sessions, or hosts with the kinds of trouble that their sessions are
in and those that are well, each of which unfolds. Pure.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import msgspec

from ftpwatch.core.ftp.target import TargetFacts
from ftpwatch.core.state.state import SessionState
from ftpwatch.tui.widgets.session_standing import Placed, Standing

__all__ = ["HOST", "KIND", "SESSION", "Key", "ListRow", "grouped", "host_name", "session_row"]

SESSION, HOST, KIND = "session", "host", "kind"
# What a row is of, and by what it is known: a name; a host; a host and a kind.
Key = tuple[str, ...]


class ListRow(msgspec.Struct, frozen=True):
    """One session, all of a host, or those of a host that stand alike; `depth` is how far in."""

    key: Key
    sessions: tuple[Placed, ...]
    depth: int = 0
    folded: bool = False

    @property
    def session(self) -> SessionState | None:
        """The session, where it is a row of one."""
        return self.sessions[0][0] if self.key[0] == SESSION else None

    @property
    def standing(self) -> Standing:
        """How they stand, which of a host's differ."""
        return self.sessions[0][1]


def host_name(target: TargetFacts) -> str:
    """What its sessions stand under: the host as the user named it, with its port if not 21."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    return host if target.port == 21 else f"{host}:{target.port}"


def session_row(placed: Placed, depth: int = 0) -> ListRow:
    """The row of one session."""
    return ListRow((SESSION, placed[0].name), (placed,), depth)


def grouped(
    sessions: Iterable[Placed], is_folded: Callable[[Key, bool], bool]
) -> Iterator[ListRow]:
    """Hosts with trouble first, each by the order of its first session; `is_folded` says of a key,
    and of how it is unless somebody chose, whether it is folded.
    """
    hosts: dict[tuple[str, int], dict[str, list[Placed]]] = {}
    for placed in sessions:
        target = placed[0].target
        alike = hosts.setdefault((target.host, target.port), {})
        alike.setdefault(placed[1].key, []).append(placed)
    each = [sorted(kinds.values(), key=lambda alike: alike[0][1]) for kinds in hosts.values()]
    for kinds in sorted(each, key=lambda kinds: not kinds[0][0][1].is_trouble):
        yield from _host(kinds, is_folded, alone=len(hosts) == 1)


def _host(
    kinds: list[list[Placed]], is_folded: Callable[[Key, bool], bool], *, alone: bool
) -> Iterator[ListRow]:
    """Its row, and below it its kinds, the worst first; a single session without all that."""
    sessions = tuple(chain.from_iterable(kinds))
    if len(sessions) == 1:
        yield session_row(sessions[0])
        return
    name, well = host_name(sessions[0][0].target), not sessions[0][1].is_trouble
    folded = is_folded((HOST, name), well and not alone)
    yield ListRow((HOST, name), sessions, 0, folded)
    for alike in [] if folded else kinds:
        key = (KIND, name, alike[0][1].key)
        folded = is_folded(key, True)
        yield ListRow(key, tuple(alike), 1, folded)
        if not folded:
            yield from (session_row(placed, 2) for placed in alike)
