"""Thousands of sessions: how much happened at each host, by column, and how many ended there."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.stretch import Stretch, is_drop
from ftpwatch.core.state.past_end import PastEnd
from ftpwatch.core.state.state import WatchState, host_key
from ftpwatch.core.text.place import place
from ftpwatch.core.timeline.view import View

__all__ = ["HostLane", "by_host", "host_lanes"]


class HostLane(msgspec.Struct, frozen=True):
    """One host: how many sessions are watched there, how many entries there are in each column, and
    how many connections ended against our will. `host` is not neutralised.
    """

    host: str
    sessions: int
    counts: tuple[float, ...]
    drops: tuple[int, ...]


def by_host(state: WatchState) -> dict[str, str]:
    """Where each session is aimed."""
    names: dict[str, str] = {}
    for session in state.sessions.values():
        names[session.name] = place(*host_key(session))
    for session in state.ended.values():
        names.setdefault(session.name, place(*host_key(session)))
    return names


def host_lanes(
    hosts: Mapping[str, str], view: View, stretch: Stretch | None, ends: Sequence[PastEnd]
) -> list[HostLane]:
    """A lane for each host, by name. Where only some entries were read, each stands for as many as
    there are in its column.
    """
    entries = stretch.entries if stretch is not None else ()
    read = Counter(view.column(entry.elapsed_seconds) for entry in entries)
    counts: dict[str, list[float]] = {host: [0.0] * view.columns for host in hosts.values()}
    for entry in entries:
        column, host = view.column(entry.elapsed_seconds), hosts.get(entry.session or "")
        if host is not None and 0 <= column < view.columns:
            counts[host][column] += _weight(stretch, column, read[column])
    drops = _drops(hosts, view, entries, ends)
    sessions = Counter(hosts.values())
    return [
        HostLane(host, sessions[host], tuple(counts[host]), tuple(drops[host]))
        for host in sorted(counts)
    ]


def _weight(stretch: Stretch | None, column: int, read: int) -> float:
    if stretch is None or not stretch.is_sampled or column >= len(stretch.counts):
        return 1.0
    return max(1.0, stretch.counts[column] / max(1, read))


def _drops(
    hosts: Mapping[str, str], view: View, entries: Sequence[Entry], ends: Sequence[PastEnd]
) -> dict[str, list[int]]:
    known = {e.seq: e for e in (*entries, *(end.entry for end in ends)) if is_drop(e)}
    drops = {host: [0] * view.columns for host in hosts.values()}
    for entry in known.values():
        column, host = view.column(entry.elapsed_seconds), hosts.get(entry.session or "")
        if host is not None and 0 <= column < view.columns:
            drops[host][column] += 1
    return drops
