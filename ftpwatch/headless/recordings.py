"""The words of `ftpwatch recordings`."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from ftpwatch.core.counted import counted
from ftpwatch.core.journal.entry import ascii_json, utc_text
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.text.cause_text import cause_words
from ftpwatch.core.text.neutral import shortened, visible
from ftpwatch.core.text.phrasing import format_duration

__all__ = ["Listed", "list_json", "list_text", "size_text"]

_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB")
_STEP: Final = 1024
_WIDEST: Final = 60
_ORDERLY: Final = ("client_quit", "local")


class Listed(msgspec.Struct, frozen=True):
    """A recording in the list: its first part, how many there are and how large they are together,
    whether it is being written, what it is about, or why it cannot be read.
    """

    path: Path
    parts: int
    bytes: int
    written: bool = False
    first_at: datetime | None = None
    last_at: datetime | None = None
    entries: int = 0
    targets: dict[str, int] = {}
    ends: dict[str, int] | None = None
    problem: str | None = None


def size_text(size: int) -> str:
    """Bytes as people read them."""
    amount, unit = float(size), 0
    while amount >= _STEP and unit < len(_UNITS) - 1:
        amount, unit = amount / _STEP, unit + 1
    digits = 0 if unit == 0 or amount >= 10 else 1
    return f"{amount:.{digits}f} {_UNITS[unit]}"


def list_text(recordings: Sequence[Listed]) -> str:
    """A few lines for each, the newest last."""
    return "".join(_lines(listed) for listed in recordings)


def list_json(recordings: Sequence[Listed]) -> str:
    """A line for each."""
    return "".join(ascii_json(msgspec.json.encode(_fields(one))) + "\n" for one in recordings)


def _fields(listed: Listed) -> dict[str, object]:
    return {
        "path": str(listed.path),
        "parts": listed.parts,
        "bytes": listed.bytes,
        "written": listed.written,
        "first_at": utc_text(listed.first_at) if listed.first_at else None,
        "last_at": utc_text(listed.last_at) if listed.last_at else None,
        "entries": listed.entries,
        "targets": listed.targets,
        "ends": listed.ends,
        "problem": listed.problem,
    }


def _lines(listed: Listed) -> str:
    size = size_text(listed.bytes) + (f" in {listed.parts} parts" if listed.parts > 1 else "")
    lines = [f"{listed.path}  {size}{'  being written' if listed.written else ''}"]
    if listed.problem is not None:
        lines.append(f"  {listed.problem}")
    else:
        lines += [f"  {_span(listed)}", f"  {_targets(listed)}", f"  {_ends(listed)}"]
    return "".join(f"{visible(line)}\n" for line in lines)


def _span(listed: Listed) -> str:
    if listed.first_at is None or listed.last_at is None:
        return f"{_entries(listed)}, without times"
    lasted = format_duration(round((listed.last_at - listed.first_at).total_seconds()))
    first = listed.first_at.astimezone().isoformat(sep=" ", timespec="seconds")
    last = listed.last_at.astimezone().isoformat(sep=" ", timespec="seconds")
    return f"{first} to {last}, {lasted}, {_entries(listed)}"


def _entries(listed: Listed) -> str:
    return counted(listed.entries, "entry", "entries")


def _targets(listed: Listed) -> str:
    named = [f"{t} ({n} sessions)" if n > 1 else t for t, n in listed.targets.items()]
    more = f", and {len(named) - 3} more" if len(named) > 3 else ""
    return shortened(", ".join(named[:3]), _WIDEST) + more if named else "no target"


def _words(cause: str) -> str:
    """Of what another version judged, the id."""
    return cause_words(Cause(cause)) if cause in tuple(Cause) else visible(cause)


def _ends(listed: Listed) -> str:
    if listed.ends is None:
        return "ends: not judged as it was written; `ftpwatch report` judges it"
    badly = [f"{n} {_words(cause)}" for cause, n in listed.ends.items() if cause not in _ORDERLY]
    orderly = sum(n for cause, n in listed.ends.items() if cause in _ORDERLY)
    texts = [*badly, *([f"{orderly} expected"] if orderly else [])]
    return f"ends: {', '.join(texts)}" if texts else "ends: none"
