"""The steps of a recording, found by its indexes: closes, attempts that failed, marks."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

from msgspec.structs import replace

from ftpwatch.core.bounds import TEN_YEARS
from ftpwatch.core.journal.entry import decode_event
from ftpwatch.core.journal.events import ConnectionClosed, MarkSet
from ftpwatch.core.playback.seeking import Step, StepKind
from ftpwatch.record.kinds import DENSE_KINDS, kind_number
from ftpwatch.record.schema import READ_ERRORS
from ftpwatch.record.texts import bound

__all__ = ["seq_after", "steps_of"]

_KINDS: Final = tuple(map(kind_number, ("connection_closed", "connection_failed", "mark_set")))
_STEPS: Final = (
    "select seq, elapsed_seconds, session, connection, event from entry "
    f"where kind in {_KINDS} and kind not in {DENSE_KINDS} order by seq"
)
_INCIDENTS: Final = (
    "select session, connection, incident from explained "
    "where incident is not null and by in (?, '')"
)
_Key = tuple[object, ...]


def steps_of(databases: Iterable[sqlite3.Connection], version: str) -> list[Step]:
    """All steps, in their order: of a connection its last word, and one for all ends that are one
    incident, at the last of them, as far as `version` has judged it.
    """
    steps: dict[_Key, Step] = {}
    for database in databases:
        incidents = _incidents(database, version)
        for key, step in _steps(database):
            together: _Key = ("incident", incidents[key]) if key in incidents else key
            before = steps.pop(together, None)  # its place is that of its last word
            unasked = before is not None and before.kind is StepKind.END
            steps[together] = replace(step, kind=StepKind.END) if unasked else step
    return sorted(steps.values(), key=lambda step: step.seq)


def _steps(database: sqlite3.Connection) -> Iterator[tuple[_Key, Step]]:
    with suppress(*READ_ERRORS):
        for seq, elapsed, session, connection, body in database.execute(_STEPS):
            with suppress(ValueError, TypeError):
                event = decode_event(body)
                kind = StepKind.END
                if isinstance(event, MarkSet):
                    kind = StepKind.MARK
                elif isinstance(event, ConnectionClosed) and event.solicited:
                    kind = StepKind.QUIT
                if not 0 <= elapsed <= TEN_YEARS:
                    continue  # damaged
                alone = kind is StepKind.MARK or session is None or connection is None
                key = (seq,) if alone else (session, connection)
                yield key, Step(int(seq), float(elapsed), kind)


def _incidents(database: sqlite3.Connection, version: str) -> dict[_Key, int]:
    with suppress(*READ_ERRORS):
        found = database.execute(_INCIDENTS, [version])
        return {(session, connection): int(incident) for session, connection, incident in found}
    return {}


def seq_after(databases: Iterable[sqlite3.Connection], elapsed: float) -> int:
    """The seq of the last entry up to `elapsed` seconds of the watch, as that never goes back; 0
    where all are later.
    """
    before = 0
    for database in databases:
        with suppress(*READ_ERRORS):
            low, high = bound(database, "min"), bound(database, "max") + 1
            while low < high:
                middle = (low + high) // 2
                seq, at = database.execute(
                    "select seq, elapsed_seconds from entry where seq >= ? order by seq limit 1",
                    [middle],
                ).fetchone()
                if at > elapsed:
                    high = middle
                else:
                    before, low = max(before, int(seq)), seq + 1
    return before
