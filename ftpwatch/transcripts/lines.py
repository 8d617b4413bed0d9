"""A log's bytes as lines of text, numbered from 1: whatever its encoding and line ends, without the
colours and moves of a terminal, and with a browser's escapes undone. A line keeps its first
LONGEST characters.
"""

import codecs
import html
import re
from collections.abc import Iterator
from typing import Final

import msgspec

__all__ = ["LONGEST", "Line", "LineSplitter", "is_text"]

LONGEST: Final = 65_536
_SAMPLE: Final = 4_096
_ANSI: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_TAGS: Final = re.compile(r"</?(?:br|p|div|pre|code|span|td|tr|li)\b[^<>]{0,200}>", re.IGNORECASE)
_ENDS: Final = re.compile(r"[\r\n]")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Line(msgspec.Struct, frozen=True):
    """One line; several may have the number of one that was overwritten again and again."""

    number: int
    text: str


class LineSplitter:
    """Bytes in, in any pieces; lines out."""

    def __init__(self) -> None:
        self._held = b""
        self._encoding: str | None = None
        self._wide: codecs.IncrementalDecoder | None = None
        self._rest = bytearray()
        self._dropped = False
        self._number = 0

    def feed(self, data: bytes) -> Iterator[Line]:
        """Lines that `data` completes."""
        if self._encoding is None:
            self._held += data
            if len(self._held) < 4 and data:
                return
            data = self._begin()
        if self._wide is not None:
            data = self._wide.decode(data).encode("utf-8", "replace")
        *whole, last = data.split(b"\n")
        for piece in whole:
            self._keep(piece)
            yield from self._ended()
        self._keep(last)

    def finish(self) -> Iterator[Line]:
        """The last line, where it has no end."""
        if self._encoding is None and self._held:
            yield from self.feed(b"")
        if self._rest:
            yield from self._ended()

    def _begin(self) -> bytes:
        data, self._held = self._held, b""
        self._encoding, skipped = _encoding_of(data)
        if self._encoding.startswith("utf-16"):
            self._wide = codecs.getincrementaldecoder(self._encoding)("replace")
        return data[skipped:]

    def _keep(self, piece: bytes) -> None:
        self._rest += piece[: max(0, 4 * LONGEST - len(self._rest))]

    def _ended(self) -> Iterator[Line]:
        self._number += 1
        text = _decoded(bytes(self._rest))[:LONGEST]
        self._rest.clear()
        for part in text.strip("\r").split("\r"):
            yield Line(self._number, _plain(part))


def is_text(sample: bytes) -> bool:
    """Its first bytes are those of a text, in an encoding that logs have."""
    encoding, skipped = _encoding_of(sample)
    if encoding.startswith("utf-16"):
        return True
    sample = _ANSI.sub("", sample[skipped:_SAMPLE].decode("latin-1")).encode("latin-1")
    strange = sum(byte < 32 and byte not in b"\t\r\n\f\b" for byte in sample)
    return strange * 50 <= len(sample)


def _encoding_of(data: bytes) -> tuple[str, int]:
    """The encoding, and how many bytes the mark of it takes."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding, len(mark)
    sample = data[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    most = len(sample) // 8
    if odd > most and even <= most // 4:
        return "utf-16-le", 0
    if even > most and odd <= most // 4:
        return "utf-16-be", 0
    return "utf-8", 0


def _decoded(line: bytes) -> str:
    """Of mixed encodings each line has its own."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


def _plain(text: str) -> str:
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    if "&" in text and ";" in text:
        text = _ENDS.sub(" ", html.unescape(text))
    if "<" in text:
        text = _TAGS.sub("", text)
    return text.replace("\xa0", " ").rstrip()
