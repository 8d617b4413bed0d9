"""What a watch exposes, made anew for each scrape from one moment of it.

Bounded: a session gives some lines, a host some more, whatever they are called and however long
they are watched; test sessions give none. Sessions of somebody else's clients, which come and go,
are counted by host only.
"""

import platform
from collections.abc import Callable, Iterator
from math import inf
from typing import Final, TypeVar

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
    StateSetMetricFamily,
)

from ftpwatch import __version__
from ftpwatch.core.ftp.reply import ReplyClass
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import HostFacts, RecordingStatus, SessionState, host_key
from ftpwatch.core.state.verdict import Judged, Verdict
from ftpwatch.core.text.neutral import elided, visible
from ftpwatch.core.text.place import place
from ftpwatch.metrics.counts import BUCKETS, CLASSES, Aim, HostCounts, SessionCounts, aim_of
from ftpwatch.metrics.observer import Seen
from ftpwatch.metrics.unhurried import unhurried

__all__ = ["WatchCollector"]

_LONGEST_LABEL: Final = 200
_UP: Final = (Phase.READY, Phase.TRANSFER)
_TOO_SLOW: Final = "too_slow"
_VERDICTS: Final = (*map(str, Verdict), _TOO_SLOW)
_OF_SESSION: Final = ("session", "host")
_OTHER_CLASS: Final = "other"
_USUAL: Final = tuple(ReplyClass)[:5]
K = TypeVar("K")


class WatchCollector:
    """`seen` gives the moment to expose, `unkept` how many entries are not on disk; without a
    recording (`recorded` is False) there is none to be paused.
    """

    def __init__(
        self, seen: Callable[[], Seen], unkept: Callable[[], int], *, recorded: bool
    ) -> None:
        self._seen, self._unkept, self._recorded = seen, unkept, recorded

    def collect(self) -> Iterator[Metric]:
        """All metrics, in the order of the page."""
        seen = self._seen()
        build = {"version": __version__, "python": platform.python_version()}
        yield InfoMetricFamily("ftpwatch_build", "What runs.", value=build)
        yield from self._recording(seen)
        sessions = [s for s in seen.state.in_order() if not s.target.twin]
        hosts = _labels({aim_of(s): place(*aim_of(s)) for s in sessions})
        yield from _of_hosts(seen, hosts)
        yield _limits(seen, sessions, hosts)
        if seen.state.source is None:
            names = _labels({s.name: s.name for s in sessions})
            rows = [(s, (names[s.name], hosts[aim_of(s)])) for s in sessions]
            yield from _of_sessions(seen, rows)

    def _recording(self, seen: Seen) -> Iterator[Metric]:
        status = str(seen.state.kept) if self._recorded else "off"
        states = {"recording": status == RecordingStatus.YES}
        states |= {"paused": status == RecordingStatus.PAUSED, "off": not self._recorded}
        text = "Whether entries reach the disk."
        recording = StateSetMetricFamily("ftpwatch_recording", text)
        recording.add_metric([], states)
        yield recording
        text = "Entries that the disk has not taken, or never will."
        yield GaugeMetricFamily("ftpwatch_entries_not_kept", text, value=self._unkept())


_Rows = list[tuple[SessionState, tuple[str, str]]]


def _of_sessions(seen: Seen, rows: _Rows) -> Iterator[Metric]:
    up = GaugeMetricFamily("ftpwatch_session_up", "1 while it is logged in.", labels=_OF_SESSION)
    sent = _counter("keep_alives_sent", "Keep-alives that were sent.", _OF_SESSION)
    answered = _counter("keep_alives_answered", "Those that were answered.", _OF_SESSION)
    again = _counter("reconnects", "Connections after its first, tried or made.", _OF_SESSION)
    text = "Whether its keep-alive holds it."
    verdict = StateSetMetricFamily("ftpwatch_keep_alive_verdict", text, labels=_OF_SESSION)
    for session, labels in unhurried(rows):
        counts = seen.counts.sessions.get(session.name, SessionCounts())
        up.add_metric(labels, float(session.phase in _UP))
        sent.add_metric(labels, counts.keep_alives_sent)
        answered.add_metric(labels, counts.keep_alives_answered)
        again.add_metric(labels, max(0, counts.connections - 1))
        judged = seen.state.verdicts.get(session.name)
        if judged is not None:
            verdict.add_metric(labels, _verdict(judged))
    yield from (up, sent, answered, again, verdict)


def _of_hosts(seen: Seen, hosts: dict[Aim, str]) -> Iterator[Metric]:
    took = HistogramMetricFamily(
        "ftpwatch_reply_seconds",
        "From a command to its last reply.",
        labels=["host"],
        unit="seconds",
    )
    replies = _counter("replies", "Replies by the first digit of their code.", ("host", "class"))
    text = "Connections that ended, and attempts that came to none (closed by none)."
    ends = _counter("ends", text, ("host", "cause", "by"))
    text = "Those of them that neither ftpwatch nor its user wanted."
    unexpected = _counter("unexpected_ends", text, ("host",))
    for aim, host in unhurried(hosts.items()):
        counts = seen.counts.hosts.get(aim, HostCounts())
        took.add_metric([host], _buckets(counts), counts.seconds)
        for kind, count in zip(CLASSES, counts.replies, strict=True):
            if count or kind in _USUAL:
                replies.add_metric([host, _class(kind)], count)
        for (cause, by), count in sorted(counts.ends.items()):
            ends.add_metric([host, cause, by], count)
        unexpected.add_metric([host], counts.unexpected)
    yield from (took, replies, ends, unexpected)


def _limits(seen: Seen, sessions: list[SessionState], hosts: dict[Aim, str]) -> Metric:
    """Of several addresses behind one name, the shortest; of one, what was known last."""
    known: dict[tuple[str, str, str], float] = {}
    for aim, key in dict.fromkeys((aim_of(s), host_key(s)) for s in sessions):
        facts = seen.state.hosts.get(key, HostFacts())
        newest = {(str(k.clock), str(k.source)): k.limit_seconds for k in facts.limits}
        for (clock, source), seconds in newest.items():
            labels = hosts[aim], clock, source
            known[labels] = min(seconds, known.get(labels, inf))
    text = "How long a clock of the server bears a session: promised (advertised), seen, measured."
    family = GaugeMetricFamily(
        "ftpwatch_limit_seconds", text, labels=["host", "clock", "source"], unit="seconds"
    )
    for labels, seconds in sorted(known.items()):
        family.add_metric(labels, seconds)
    return family


def _counter(name: str, text: str, labels: tuple[str, ...]) -> CounterMetricFamily:
    return CounterMetricFamily(f"ftpwatch_{name}", text, labels=labels)


def _buckets(counts: HostCounts) -> list[tuple[str, float]]:
    """Each with all that were as fast or faster."""
    total, buckets = 0, []
    for bound, count in zip((*BUCKETS, inf), counts.took, strict=True):
        total += count
        buckets.append(("+Inf" if bound == inf else str(bound), float(total)))
    return buckets


def _class(kind: ReplyClass) -> str:
    return f"{int(kind)}xx" if kind else _OTHER_CLASS


def _verdict(judged: Judged) -> dict[str, bool]:
    is_now = _TOO_SLOW if judged.late else str(judged.verdict)
    return {verdict: verdict == is_now for verdict in _VERDICTS}


def _labels(texts: dict[K, str]) -> dict[K, str]:
    """Labels that can be shown and are as different as their keys."""
    labels: dict[K, str] = {}
    taken: set[str] = set()
    for key, text in texts.items():
        label = shown = elided(visible(text), _LONGEST_LABEL)
        number = 2
        while label in taken:
            label, number = f"{shown}#{number}", number + 1
        taken.add(label)
        labels[key] = label
    return labels
