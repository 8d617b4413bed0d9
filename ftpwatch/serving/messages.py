"""What page and screen say to one another: textual-serve's messages from the page, the packets of
Textual's WebDriver from and to the screen. What a browser sends is bounded, and what is no message
is passed over.
"""

import json
from typing import Final

import msgspec

__all__ = [
    "HEAD_BYTES", "MOST_CELLS", "MOST_MESSAGE_BYTES", "MOST_PACKET_BYTES", "cells", "is_exit",
    "packet_of", "sizes",
]  # fmt: skip

MOST_MESSAGE_BYTES: Final = 64 * 1024
MOST_PACKET_BYTES: Final = 16 * 1024 * 1024
MOST_CELLS: Final = (500, 200)
HEAD_BYTES: Final = 5
_USUAL_CELLS: Final = (80, 24)
_LONGEST_NUMBER: Final = 9


class _Size(msgspec.Struct, frozen=True):
    width: int
    height: int


class _Meta(msgspec.Struct, frozen=True):
    type: str = ""


def packet_of(text: str) -> bytes | None:
    """The packet for the screen that a message of the page is; None for what it need not know."""
    try:
        kind, *rest = msgspec.json.decode(text, type=list[msgspec.Raw])
        match msgspec.json.decode(kind, type=str):
            case "stdin":
                return _packet(b"D", msgspec.json.decode(rest[0], type=str))
            case "resize":
                size = msgspec.json.decode(rest[0], type=_Size)
                width, height = cells(size.width, size.height)
                return _packet(b"M", _meta(type="resize", width=width, height=height))
            case "focus" | "blur" as what:
                return _packet(b"M", _meta(type=what))
    except (msgspec.MsgspecError, ValueError, IndexError, RecursionError):
        pass
    return None


def cells(width: int, height: int) -> tuple[int, int]:
    """Columns and rows of a screen, at least one, and not more than somebody sees."""
    return max(1, min(width, MOST_CELLS[0])), max(1, min(height, MOST_CELLS[1]))


def sizes(width: str, height: str) -> tuple[int, int]:
    """As `cells`, of numbers as they are written."""
    return cells(_number(width, _USUAL_CELLS[0]), _number(height, _USUAL_CELLS[1]))


def _number(text: str, usual: int) -> int:
    return int(text[:_LONGEST_NUMBER]) if text.isascii() and text.isdecimal() else usual


def is_exit(payload: bytes) -> bool:
    """The packet says that the screen has ended."""
    try:
        return msgspec.json.decode(payload, type=_Meta).type == "exit"
    except msgspec.MsgspecError:
        return False


def _meta(**said: str | int) -> str:
    return json.dumps(said)


def _packet(kind: bytes, text: str) -> bytes:
    payload = text.encode("utf-8", "replace")
    return kind + len(payload).to_bytes(4, "big") + payload
