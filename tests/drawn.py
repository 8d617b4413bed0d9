"""The text on a screen, read from the screenshot that an app exports."""

import re
from html import unescape
from typing import Final

from rich.cells import cell_len
from textual.app import App

__all__ = ["text_on"]

_PIECE: Final = re.compile(r'<text [^>]*x="([\d.]+)"[^>]*-line-(\d+)\)">([^<]*)</text>')
_CELL: Final = 12.2  # how wide Rich draws one


def text_on(app: App[None]) -> str:
    """What `app` shows, as lines of text."""
    rows: dict[int, str] = {}
    found = _PIECE.findall(app.export_screenshot())
    for row, x, text in sorted((int(row), float(x), text) for x, row, text in found):
        before = rows.get(row, "")
        blank = round(x / _CELL) - cell_len(before)  # is not in a screenshot
        words = unescape(text).replace("\N{NO-BREAK SPACE}", " ").rstrip("\n")
        rows[row] = before + " " * blank + words
    return "\n".join(rows.get(row, "") for row in range(max(rows, default=0) + 1))
