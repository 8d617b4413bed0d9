"""A Document as one HTML page that stands alone: no script, no link, no resource from anywhere.

A content security policy in it allows its own style, by its hash, and nothing else. It follows the
reader's light or dark setting and prints in black on white. All text is escaped in one place.
"""

import base64
import hashlib
from collections.abc import Iterable
from functools import cache
from html import escape
from importlib import resources
from typing import Final, assert_never

from ftpwatch.report.document import (
    Block,
    Bullets,
    Chart,
    Document,
    Grid,
    Labelled,
    Letter,
    Line,
    Paragraph,
    Section,
    Wire,
)
from ftpwatch.report.drawing import drawn

__all__ = ["as_page"]

_POLICY: Final = "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"


def as_page(document: Document) -> str:
    """The whole page, with a line end at its end."""
    style, title = _style(), escape(_plain(document.title))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    first, *rest = document.sections
    body = "\n".join([_section(first, "answer"), *(_section(section) for section in rest)])
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY.format(digest)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{_line(document.title)}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )


@cache
def _style() -> str:
    return resources.files("ftpwatch.report").joinpath("page.css").read_text("utf-8")


def _plain(line: Line) -> str:
    return "".join(part.text if isinstance(part, Wire) else part for part in line)


def _line(line: Line) -> str:
    parts = (
        f"<code>{escape(part.text)}</code>" if isinstance(part, Wire) else escape(part)
        for part in line
    )
    return f"<bdi>{''.join(parts)}</bdi>"


def _section(section: Section, kind: str = "") -> str:
    blocks = "\n".join(filter(None, map(_block, section.blocks)))
    attribute = f' class="{kind}"' if kind else ""
    return f"<section{attribute}>\n<h2>{_line(section.title)}</h2>\n{blocks}\n</section>"


def _block(block: Block) -> str:
    match block:
        case Paragraph(line):
            return f"<p>{_line(line)}</p>"
        case Labelled(rows):
            items = (f"<dt>{escape(label)}</dt><dd>{_line(line)}</dd>" for label, line in rows)
            return f"<dl>\n{_joined(items)}\n</dl>"
        case Bullets(items):
            return f"<ul>\n{_joined(f'<li>{_line(item)}</li>' for item in items)}\n</ul>"
        case Grid():
            return _table(block)
        case Letter(lines):
            return f"<pre>{escape(chr(10).join(lines))}</pre>"
        case Chart():
            return drawn(block)
        case _:
            assert_never(block)


def _table(grid: Grid) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in grid.columns)
    rows = (f"<tr>{''.join(f'<td>{_line(cell)}</td>' for cell in row)}</tr>" for row in grid.rows)
    note = f"\n<p>{escape(grid.note)}</p>" if grid.note else ""
    return (
        f'<div class="table"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{_joined(rows)}\n</tbody>\n</table></div>{note}"
    )


def _joined(parts: Iterable[str]) -> str:
    return "\n".join(parts)
