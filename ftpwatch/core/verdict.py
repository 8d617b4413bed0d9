"""Whether a session's keep-alive holds it: the verdict, and how it changes from entry to entry."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from ftpwatch.core.entry import VERSION, Entry, ascii_json, utc_text
from ftpwatch.core.events import (
    ConnectionClosed,
    KeepAliveChanged,
    LimitKnown,
    ReplyReceived,
    Role,
    SessionRemoved,
)
from ftpwatch.core.explanation import Explained, Explanation
from ftpwatch.core.phrasing import length
from ftpwatch.core.state import HostFacts, SessionState, WatchState, host_key

__all__ = ["Judge", "Judged", "Verdict", "VerdictChanged", "Verdicts", "verdict_line"]

Number = float | int | str | None
_SUBJECTS: Final = (ConnectionClosed, KeepAliveChanged, LimitKnown)


class Verdict(StrEnum):
    """`holding`: outlived the limit; `useless`: closed by a clock that it did not reset."""

    NOT_YET = "not_yet"
    HOLDING = "holding"
    USELESS = "useless"
    REFUSED = "refused"


_SHORT: Final = {
    Verdict.NOT_YET: "… not yet",
    Verdict.HOLDING: "✓ holding",
    Verdict.USELESS: "✗ useless",
    Verdict.REFUSED: "! refused",
}


class Judged(msgspec.Struct, frozen=True):
    """A verdict in words with the numbers it rests on. `told_at` is the moment of the watch at
    which `not_yet` ends, where that is known; `late` where the keep-alive comes too late to tell.
    """

    verdict: Verdict
    words: str
    numbers: Mapping[str, Number] = {}
    told_at: float | None = None
    late: bool = False

    def short(self, now: float) -> str:
        """For a column: sign and word, and how long until it can be told."""
        if self.late:
            return "✗ too slow"
        if self.verdict is Verdict.NOT_YET and self.told_at is not None:
            left = self.told_at - now
            return f"… in {length(left // 1)}" if left >= 1 else "… soon"
        return _SHORT[self.verdict]


class VerdictChanged(msgspec.Struct, frozen=True):
    """A verdict that `by` made another one."""

    by: Entry
    session: str
    connection: int | None
    judged: Judged


class Judge(Protocol):
    """What knows whether a keep-alive holds."""

    def judge(
        self,
        session: SessionState,
        host: HostFacts,
        at: float,
        before: Judged | None,
        ended: Explanation | None,
    ) -> Judged | None:
        """Whether the keep-alive of `session` holds it at the moment `at`; None where there is
        none to judge. `before` is the verdict so far, `ended` explains a close just seen.
        """
        ...


class Verdicts:
    """The verdicts of all sessions of a watch, told anew where an entry may change them."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._known: dict[str, Judged] = {}

    def of(self, session: str) -> Judged | None:
        """The verdict on `session`; None where there is no keep-alive to judge."""
        return self._known.get(session)

    def receive(
        self, entry: Entry, state: WatchState, explained: Explained | None
    ) -> tuple[VerdictChanged, ...]:
        """What `entry` changes; `explained` is how its connection's end is explained."""
        event = entry.event
        if isinstance(event, SessionRemoved):
            self._known.pop(entry.session or "", None)
        if isinstance(event, LimitKnown):
            sessions = [
                s for s in state.sessions.values() if host_key(s) == (event.host, event.port)
            ]
        elif isinstance(event, _SUBJECTS) or _is_final(event):
            named = state.sessions.get(entry.session or "")
            sessions = [] if named is None else [named]
        else:
            return ()
        ended = explained.explanation if explained is not None else None
        told = (self._tell(session, entry, state, ended) for session in sessions)
        return tuple(change for change in told if change is not None)

    def revise(
        self, explained: Sequence[Explained], by: Entry, state: WatchState
    ) -> tuple[VerdictChanged, ...]:
        """What changes as ends are explained otherwise than before."""
        changes: list[VerdictChanged | None] = []
        for one in explained:
            session = state.sessions.get(one.session)
            facts = session.connection if session is not None else None
            if session is not None and facts is not None and facts.number == one.connection:
                changes.append(self._tell(session, by, state, one.explanation))
        return tuple(change for change in changes if change is not None)

    def _tell(
        self, session: SessionState, entry: Entry, state: WatchState, ended: Explanation | None
    ) -> VerdictChanged | None:
        before = self._known.get(session.name)
        host, at = state.host_of(session), entry.elapsed_seconds
        judged = self._judge.judge(session, host, at, before, ended)
        if judged is None:
            self._known.pop(session.name, None)
            return None
        self._known[session.name] = judged
        if before is not None and before.verdict is judged.verdict:
            return None
        number = session.connection.number if session.connection is not None else None
        return VerdictChanged(entry, session.name, number, judged)


def _is_final(event: object) -> bool:
    return isinstance(event, ReplyReceived) and event.role is Role.FINAL


def verdict_line(changed: VerdictChanged) -> str:
    """The `verdict_changed` line of NDJSON, without a line end. It has no seq: it is derived."""
    line = {
        "v": VERSION,
        "at": utc_text(changed.by.at),
        "elapsed_seconds": round(changed.by.elapsed_seconds, 6),
        "session": changed.session,
        "connection": changed.connection,
        "event": "verdict_changed",
        "verdict": changed.judged.verdict,
        "numbers": changed.judged.numbers,
    }
    return ascii_json(msgspec.json.encode(line))
