"""Bytes as lines of hexadecimal digits with the text beside them. Pure.

What is not printable ASCII is a point there, what is masked is two asterisks; where bytes are left
out, that is said.
"""

from typing import Final

from ftpwatch.core.journal.wire_bytes import WireBytes
from ftpwatch.tui.widgets.blocks import Line, Room, plain

__all__ = ["MOST_BYTES", "byte_lines"]

MOST_BYTES: Final = 4_096
_WIDE: Final = 72
_A_LINE: Final = 16


def byte_lines(raw: WireBytes, most: int, room: Room, key: str) -> list[Line]:
    """The first `most` bytes; `key` shows more of them, where there are more to show."""
    a_line = _A_LINE if room.width >= _WIDE else _A_LINE // 2
    shown = raw.data[:most]
    lines = [_line(raw, at, shown[at : at + a_line], a_line) for at in range(0, len(shown), a_line)]
    if (rest := len(raw.data) - len(shown)) > 0:
        more = f" ({key} shows more)" if most < MOST_BYTES else ""
        lines += plain("below", f"… {_bytes(rest)} more{more}", room)
    if raw.left_out:
        lines += plain("below", f"… {_bytes(raw.left_out)} more came and were not kept", room)
    return lines


def _bytes(count: int) -> str:
    return f"{count:,} byte{'s' if count != 1 else ''}"


def _line(raw: WireBytes, start: int, piece: bytes, a_line: int) -> Line:
    cells = ["**" if raw.is_masked(start + n) else f"{byte:02x}" for n, byte in enumerate(piece)]
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in piece)
    return [
        ("below", f"{start:04x}  "),
        ("", f"{' '.join(cells):<{3 * a_line}}"),
        ("heading", text),
    ]
