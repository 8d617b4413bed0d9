"""Entries as files of other programs: NDJSON, CSV, plain lines."""

import csv
import io
from collections.abc import Callable
from typing import Final

from ftpwatch.core.journal.entry import Entry, entry_line, kind_of, moments
from ftpwatch.core.journal.events import CommandSent, ReplyReceived
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import phrase
from ftpwatch.headless.lines import Stream

__all__ = ["FORMATS", "head_of", "writer_of"]

FORMATS: Final = ("json", "csv", "text")
_COLUMNS: Final = (
    "seq", "at", "elapsed_seconds", "session", "connection", "event", "code", "verb", "purpose",
    "latency_seconds", "text",
)  # fmt: skip
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def head_of(format_: str) -> str:
    """What stands before the first entry."""
    return _row(_COLUMNS) if format_ == "csv" else ""


def writer_of(format_: str, *, ascii_only: bool = False) -> Callable[[Entry], str]:
    """What makes the line of an entry."""
    if format_ == "json":
        return lambda entry: f"{entry_line(entry)}\n"
    if format_ == "csv":
        return _csv_line
    return Stream(lambda _: None, ascii_only=ascii_only).line


def _csv_line(entry: Entry) -> str:
    event, when = entry.event, moments(entry)
    answered = event.in_reply_to if isinstance(event, ReplyReceived) else None
    asked = event if isinstance(event, CommandSent) else answered
    return _row(
        (
            entry.seq,
            when["at"],
            when["elapsed_seconds"],
            _cell(entry.session or ""),
            entry.connection,
            kind_of(event),
            event.code if isinstance(event, ReplyReceived) else None,
            _cell(asked.verb) if asked is not None else None,
            asked.purpose if asked is not None else None,
            event.latency_seconds if isinstance(event, ReplyReceived) else None,
            _cell(phrase(entry).words),
        )
    )


def _cell(text: str) -> str:
    text = visible(text)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _row(values: tuple[object, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(values)  # RFC 4180, §2
    return line.getvalue()
