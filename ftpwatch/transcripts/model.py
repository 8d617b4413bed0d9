"""The shape of the format tables. Strict: an unknown key or a wrong type is an error."""

import re
from enum import StrEnum
from functools import cached_property
from typing import Final

import msgspec

__all__ = ["DIALOGUE", "Example", "Format", "Meaning", "Row", "TimeRow"]


class Meaning(StrEnum):
    """What a line of a log says.

    command, reply: of the dialogue; `text` is the line as it went over the wire
    more: a further line of a multi-line reply
    report: a reply that is told again or for the first time, in an error message
    words: the words of a refusal or an end, without their code
    talk: nothing for us
    connecting, connected, tls: an attempt to `host` and `port`, TCP stands, TLS stands
    closed_by_server, closed_by_client, ended: by a FIN or an orderly close; by nobody knows whom
    reset, timed_out: an RST; the client's own patience is over, after `seconds`
    tls_failed, unreachable, unresolved: an attempt came to nothing
    data_connecting, data_connected, data_failed: of a data connection; `bytes` went over it
    moved: so many `bytes` of a transfer so far
    again: the client begins anew on a connection of which the log shows no start
    not_ftp: another protocol
    """

    COMMAND = "command"
    REPLY = "reply"
    MORE = "more"
    REPORT = "report"
    WORDS = "words"
    TALK = "talk"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    TLS = "tls"
    CLOSED_BY_SERVER = "closed_by_server"
    CLOSED_BY_CLIENT = "closed_by_client"
    ENDED = "ended"
    RESET = "reset"
    TIMED_OUT = "timed_out"
    TLS_FAILED = "tls_failed"
    UNREACHABLE = "unreachable"
    UNRESOLVED = "unresolved"
    DATA_CONNECTING = "data_connecting"
    DATA_CONNECTED = "data_connected"
    DATA_FAILED = "data_failed"
    MOVED = "moved"
    NOT_FTP = "not_ftp"


DIALOGUE: Final = frozenset({Meaning.COMMAND, Meaning.REPLY, Meaning.REPORT, Meaning.WORDS})


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """Base of the rows."""


class Row(_Strict, frozen=True):
    """How a line looks, what it `is` (of several meanings the first comes first), and whether it
    `escapes` control characters as programs print strings. Groups of the pattern that count:
    text, reply, words, time, session, host, port, seconds, bytes, protocol, cipher. `{name}` in it
    stands for any of the format's `words` of that name, in which %s and %d stand for what changes.
    Only `marked` lines tell this format from others. An end that is `unasked` came before the QUIT
    that the client wrote down before it. Where a line has the text `inside`, the row may begin
    there.
    `says` are words that stand for what the line shows in numbers.
    """

    text: str
    is_: tuple[Meaning, ...] = msgspec.field(name="is")
    escapes: bool = False
    marked: bool = True
    any_case: bool = False
    unasked: bool = False
    inside: str | None = None
    says: str | None = None


class Example(_Strict, frozen=True):
    """A log of this format, why its session ended, and whether a real program wrote it."""

    log: str
    cause: str | None
    real: bool = False


class Format(_Strict, frozen=True):
    """The log of one program; a line that lacks its `hint` is none of it. Of several
    that fit as well the one with the highest `rank` counts. `bare`: replies stand in
    it without a mark. `packets`: it shows what went over the wire, also after an end, and so no
    connection begins unseen. `partial`: it may leave the dialogue out, and tell events only.
    """

    name: str
    source: str
    line: tuple[Row, ...]
    hint: str | None = None
    rank: int = 0
    bare: bool = False
    packets: bool = False
    partial: bool = False
    words: dict[str, tuple[str, ...]] = {}
    example: tuple[Example, ...] = ()

    @cached_property
    def patterns(self) -> tuple[tuple[re.Pattern[str], Row], ...]:
        """The rows, compiled."""
        return tuple((self._compiled(row), row) for row in self.line)

    @cached_property
    def hinted(self) -> re.Pattern[str]:
        """`hint`, compiled; what every line has where there is none."""
        return re.compile(self.hint or "", re.IGNORECASE)

    def _compiled(self, row: Row) -> re.Pattern[str]:
        text = row.text
        for name, words in self.words.items():
            choices = "|".join(_choice(word) for word in sorted(words, key=len, reverse=True))
            text = text.replace(f"{{{name}}}", f"(?:{choices})")
        return re.compile(text, re.IGNORECASE if row.any_case else 0)


def _choice(words: str) -> str:
    """The pattern of a program's own words, in which %s and %d stand for what changes."""
    return re.escape(words).replace("%s", ".{0,200}?").replace("%d", r"\d{1,9}")


class TimeRow(_Strict, frozen=True):
    """How a time, or another prefix, stands before a line; groups: year, month, day, hour, minute,
    second, half (AM or PM), zone, epoch, elapsed, and session where a process number is one.
    """

    text: str
    example: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """`text`, compiled."""
        return re.compile(self.text)
