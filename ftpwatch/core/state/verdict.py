"""Whether a session's keep-alive holds it: the verdict, and how it changes from entry to entry."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from ftpwatch.core.journal.entry import VERSION, Entry, ascii_json, moments

__all__ = ["Judged", "Verdict", "VerdictChanged", "verdict_line"]

Number = float | int | str | None


class Verdict(StrEnum):
    """`holding`: outlived the limit; `useless`: closed by a clock that it did not reset."""

    NOT_YET = "not_yet"
    HOLDING = "holding"
    USELESS = "useless"
    REFUSED = "refused"


class Judged(msgspec.Struct, frozen=True, gc=False):
    """A verdict in words with the numbers it rests on. `told_at` is the moment of the watch at
    which `not_yet` ends, where that is known; `late` where the keep-alive comes too late to tell.
    """

    verdict: Verdict
    words: str
    numbers: Mapping[str, Number] = {}
    told_at: float | None = None
    late: bool = False


class VerdictChanged(msgspec.Struct, frozen=True, gc=False):
    """A verdict that `by` made another one."""

    by: Entry
    session: str
    connection: int | None
    judged: Judged


def verdict_line(changed: VerdictChanged) -> str:
    """The `verdict_changed` line of NDJSON, without a line end. It has no seq: it is derived."""
    line = {
        "v": VERSION,
        **moments(changed.by),
        "session": changed.session,
        "connection": changed.connection,
        "event": "verdict_changed",
        "verdict": changed.judged.verdict,
        "numbers": changed.judged.numbers,
    }
    return ascii_json(msgspec.json.encode(line))
