"""What a server promised and what it did, and two reply codes side by side, as lines. Pure."""

from collections.abc import Sequence
from typing import Final

import msgspec
from rich.cells import cell_len, set_cell_size

from ftpwatch.core.journal.vocabulary import ClockName, LimitSource
from ftpwatch.core.state.explanation import ClockDefault, CodeMeaning, Comparison
from ftpwatch.core.state.state import ClockLimit, HostFacts
from ftpwatch.core.text.code_digits import digit_words
from ftpwatch.core.text.limits_text import known_by, promise_kept
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import format_duration
from ftpwatch.tui.widgets.blocks import Line, Part, Room, beside, headed, plain, row, wrapped

__all__ = ["HostPromises", "clock_rows", "code_lines", "compare_lines", "promise_lines"]

_CLOCKS: Final = (ClockName.IDLE, ClockName.NO_TRANSFER, ClockName.LOGIN, ClockName.SESSION)
_SEEN: Final = (LimitSource.MEASURED, LimitSource.OBSERVED, LimitSource.REMEMBERED)
_HEADINGS: Final = ("clock", "promised", "by default", "observed", "verdict")
_SHARES: Final = (13, 16, 30, 22, 19)
_TABLE: Final = 90
_TWO_COLUMNS: Final = 76
_BROKEN: Final = "closes earlier"
_KEPT: Final = "as promised"
_UNKNOWN: Final = "no limit of a host is known yet"


class HostPromises(msgspec.Struct, frozen=True):
    """A host, the server that it is where that is recognised, and its clocks."""

    name: str
    server: str | None
    rows: tuple[tuple[str, ...], ...]


def clock_rows(
    facts: HostFacts, defaults: Sequence[ClockDefault]
) -> tuple[tuple[str, str, str, str, str], ...]:
    """A row for each clock of which something is known: its name, what was promised, the server's
    default, what was observed, and whether that is what was promised.
    """
    by_clock = {default.clock: default for default in defaults}
    rows = []
    for clock in _CLOCKS:
        known = {limit.source: limit for limit in facts.limits if limit.clock == clock}
        default = by_clock.get(clock)
        if not known and default is None:
            continue
        observed = next((known[source] for source in _SEEN if source in known), None)
        setting = f"{default.directive}: {default.default}" if default is not None else "-"
        kept = promise_kept(known).replace("kept", _KEPT)
        promised = known.get(LimitSource.ADVERTISED)
        name = clock.replace("_", " ")
        rows.append((name, _seconds(promised), visible(setting), _limit(observed), kept))
    return tuple(rows)


def _seconds(limit: ClockLimit | None) -> str:
    return "-" if limit is None else format_duration(limit.limit_seconds)


def _limit(limit: ClockLimit | None) -> str:
    return "-" if limit is None else f"{_seconds(limit)} ({known_by(limit.source)})"


def compare_lines(hosts: Sequence[HostPromises], both: Comparison, room: Room) -> list[Line]:
    """All of the comparison."""
    return [*promise_lines(hosts, room), *code_lines(both, room)]


# --- promised and observed ---------------------------------------------------------------------


def promise_lines(hosts: Sequence[HostPromises], room: Room) -> list[Line]:
    """A block for each host."""
    if not hosts:
        return headed("PROMISED AND OBSERVED", plain("below", _UNKNOWN, room), room)
    lines: list[Line] = []
    for host in hosts:
        server = f" · {visible(host.server)}" if host.server else ""
        rows = _table(host.rows, room) if room.width >= _TABLE else _stacked(host.rows, room)
        lines += headed(f"PROMISED AND OBSERVED · {visible(host.name)}{server}", rows, room)
    return lines


def _table(rows: Sequence[tuple[str, ...]], room: Room) -> list[Line]:
    widths = [room.width * share // 100 for share in _SHARES]
    lines: list[Line] = []
    for number, cells in enumerate([_HEADINGS, *rows]):
        columns = [
            wrapped(room.signs.text(cell), width - 1)
            for cell, width in zip(cells, widths, strict=True)
        ]
        for at in range(max(map(len, columns))):
            texts = [column[at] if at < len(column) else "" for column in columns]
            line: list[Part] = [
                ("below" if number == 0 else _style(cells, place), set_cell_size(text, width))
                for place, (text, width) in enumerate(zip(texts, widths, strict=True))
            ]
            lines.append(line)
    return lines


def _style(cells: Sequence[str], place: int) -> str:
    """Of a cell: the name stands out, and a verdict by what it says."""
    if place == 0:
        return "heading"
    if place < len(_HEADINGS) - 1:
        return ""
    return {_BROKEN: "cause", _KEPT: "calm"}.get(cells[place], "")


def _stacked(rows: Sequence[tuple[str, ...]], room: Room) -> list[Line]:
    """Where five columns have no room: clock by clock."""
    lines: list[Line] = []
    for cells in rows:
        lines += plain("heading", cells[0], room)
        for place, heading in enumerate(_HEADINGS[1:], 1):
            if cells[place] != "-":
                lines += row(heading, cells[place], room, _style(cells, place))
    return lines


# --- two codes ---------------------------------------------------------------------------------


def code_lines(both: Comparison, room: Room) -> list[Line]:
    """Beside one another where there is room, else one below the other; then how they differ."""
    if room.width >= _TWO_COLUMNS:
        half = Room((room.width - 3) // 2, room.height, room.signs)
        lines = list(beside(_code(both.left, half), _code(both.right, half), half.width))
    else:
        lines = [*_code(both.left, room), *_code(both.right, room)]
    differences: list[Line] = []
    for difference in both.differences:
        first, *rest = plain("", difference, room, cell_len(room.signs.text("– ")))
        dash = room.signs.text("– ")
        differences += [[("below", dash), *first], *([("", " " * len(dash)), *r] for r in rest)]
    return [*lines, *headed("DIFFERENCES", differences, room)]


def _code(code: CodeMeaning, room: Room) -> list[Line]:
    lines: list[Line] = []
    for digit, meaning in digit_words(code.code):
        lines += row(digit, meaning, room)
    for label, words in (
        ("means", code.meaning),
        ("seen", code.seen),
        ("to do", code.todo),
        ("source", code.source),
    ):
        lines += row(label, words, room)
    return headed(f"CODE {code.code:03d}", lines, room)
