"""An inspection as lines: what the row is, the command with its reply, its bytes. Pure.

What was known of the session then is `inspector_session`. Where something is not known it says why.
"""

from datetime import datetime
from typing import Final

import msgspec

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.ftp.reply import code_text
from ftpwatch.core.journal.entry import Entry
from ftpwatch.core.journal.events import CommandSent, ReplyReceived
from ftpwatch.core.journal.history import Row
from ftpwatch.core.journal.vocabulary import Role, SourceKind
from ftpwatch.core.journal.wire_bytes import bytes_of
from ftpwatch.core.judgement.inspection import Inspection, Pair
from ftpwatch.core.state.explanation import CodeMeaning
from ftpwatch.core.text.code_digits import digit_words
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import phrase
from ftpwatch.core.text.tone import Tone
from ftpwatch.tui.widgets.blocks import LABEL_WIDTH, Line, Room, beside, headed, plain, row
from ftpwatch.tui.widgets.byte_lines import MOST_BYTES, byte_lines
from ftpwatch.tui.widgets.inspector_session import network_lines, session_lines

__all__ = ["Inspected", "inspector_lines"]

_TWO_COLUMNS: Final = 120
_BYTES: Final = 64
_BYTES_TALL: Final = 256
_MEDIUM: Final = 32
_TALL: Final = 40
_TEXT_LINES: Final = 6
_TEXT_LINES_ALL: Final = 200
_TROUBLE: Final = (Tone.TRANSIENT, Tone.PERMANENT, Tone.CLOSE)
_PURPOSES: Final = {
    Purpose.LOGIN: "to log in",
    Purpose.SETUP: "asked after the login",
    Purpose.KEEP_ALIVE: "a keep-alive",
    Purpose.USER: "sent by the user",
    Purpose.QUIT: "to leave",
    Purpose.PROBE: "asked whether it lives on",
    Purpose.CLIENT: "sent by the client",
}
_ROLES: Final = {
    Role.GREETING: "the greeting: it answers no command",
    Role.PRELIMINARY: "another reply to the same command follows",
    Role.FINAL: "",
    Role.SPONTANEOUS: "it answers no command: the server spoke by itself",
}


class Inspected(msgspec.Struct, frozen=True):
    """What is shown: the row, what is known of it, what its code means or the one that announced
    its end, who the server is by what it says, the key that unfolds, and whether all bytes are
    wanted.
    """

    row: Row
    inspection: Inspection
    meaning: CodeMeaning | None
    server: str | None
    key: str
    unfolded: bool = False


def inspector_lines(shown: Inspected, room: Room) -> list[Line]:
    """All lines of the inspector, in two columns where there is room."""
    if room.width < _TWO_COLUMNS:
        return [
            *_title(shown, room),
            *_end(shown, room),
            *_code(shown, room),
            *_pair(shown, room),
            *session_lines(shown.inspection, shown.server, room),
            *_bytes(shown, room),
        ]
    half = Room((room.width - 3) // 2, room.height, room.signs)
    left = [*_end(shown, half), *_code(shown, half), *_pair(shown, half), *_bytes(shown, half)]
    right = session_lines(shown.inspection, shown.server, half)
    return [*_title(shown, room), *beside(left, right, half.width)]


def _title(shown: Inspected, room: Room) -> list[Line]:
    """The row as the dialogue has it."""
    one = shown.row
    phrased = phrase(one.entry, one.answer, one.sharing)
    style = "cause" if phrased.tone in _TROUBLE else "calm"
    sign = room.signs.glyphs[phrased.tone]
    return [*plain(style, f"{sign} {phrased.words}", room), []]


# --- the code ----------------------------------------------------------------------------------


def _code(shown: Inspected, room: Room) -> list[Line]:
    reply, means = _reply_of(shown.inspection.pair), shown.meaning
    if reply is not None and reply.code is None:
        why = row("code", "the log shows these words without their reply code", room)
        return headed("CODE", why, room)
    if means is None:
        return []
    lines: list[Line] = []
    for digit, meaning in digit_words(means.code):
        lines += row(digit, meaning, room)
    lines += row("means", means.meaning, room)
    if shown.unfolded or room.height >= _MEDIUM:
        lines += row("seen", means.seen, room)
        lines += row("to do", means.todo, room)
        lines += row("source", means.source, room)
    announced = "" if reply is not None else ", which announced this end"
    return headed(f"CODE {code_text(means.code)}{announced}", lines, room)


def _reply_of(pair: Pair) -> ReplyReceived | None:
    """That of the row: its own, or the one that its command got."""
    reply = pair.reply.event if pair.reply is not None else None
    return reply if isinstance(reply, ReplyReceived) else None


def _end(shown: Inspected, room: Room) -> list[Line]:
    """The end that the row is part of, in short."""
    explained = shown.inspection.explained
    if explained is None or explained.explanation.cause is None:
        return []
    why = explained.explanation
    style = "calm" if why.is_expected else "cause"
    lines = row(str(why.confidence), visible(why.title), room, style)
    lines += row("", visible(why.sentence), room)
    facts = shown.inspection.facts
    announcement = facts.announcement if facts is not None else None
    if announcement is not None and _reply_of(shown.inspection.pair) is None:
        reply = announcement.reply
        said = f"{code_text(reply.code)} {visible(reply.lines[0] if reply.lines else '')}"
        lines += row("announced by", said, room)
    return headed("THE END IT IS PART OF", lines, room)


# --- command and reply -------------------------------------------------------------------------


def _pair(shown: Inspected, room: Room) -> list[Line]:
    inspection = shown.inspection
    pair = inspection.pair
    if pair.command is None and pair.reply is None:
        return headed("WHEN", row("at", _moment(pair.entry), room), room)
    lines = _command(pair, room)
    lines += _reply(pair, room)
    lines += network_lines(inspection, room)
    return headed("COMMAND AND REPLY", lines, room)


def _command(pair: Pair, room: Room) -> list[Line]:
    sent = pair.command.event if pair.command is not None else None
    if pair.command is None or not isinstance(sent, CommandSent):
        reply = _reply_of(pair)
        asked = reply.in_reply_to if reply is not None else None
        if asked is None:
            return []
        unseen = "its line is further back" if pair.command_unseen else "the log does not show it"
        return row("command", f"{visible(asked.verb)} ({unseen})", room)
    text = visible(sent.verb if sent.argument is None else f"{sent.verb} {sent.argument}")
    number = f"command {sent.number} of its connection, {_PURPOSES[sent.purpose]}"
    at = row("", _moment(pair.command), room)
    return [*row("command", text, room, "heading"), *row("", number, room), *at]


def _reply(pair: Pair, room: Room) -> list[Line]:
    reply = _reply_of(pair)
    if reply is None or pair.reply is None:
        return row("reply", "none up to here", room)
    more = f" ({len(reply.lines)} lines)" if len(reply.lines) > 1 else ""
    first = reply.lines[0] if reply.lines else ""
    text = f"{code_text(reply.code)} {visible(first)}{more}"
    lines = row("reply", text, room, "heading")
    lines += row("", _ROLES[reply.role], room)
    return [*lines, *row("", _moment(pair.reply), room)]


def _moment(entry: Entry) -> str:
    if not entry.timed:
        return "the log has no times: only the order is known"
    local: datetime = entry.at.astimezone()
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d} {local:%z}"


# --- bytes -------------------------------------------------------------------------------------


def _bytes(shown: Inspected, room: Room) -> list[Line]:
    """The row's own line first, then what answers it where both share the row."""
    pair = shown.inspection.pair
    entries = list(dict.fromkeys((pair.entry, pair.moment)))
    lines: list[Line] = []
    for entry in entries:
        if (raw := bytes_of(entry.event)) is not None:
            most = _BYTES_TALL if room.height >= _TALL else _BYTES
            lines += byte_lines(raw, MOST_BYTES if shown.unfolded else most, room, shown.key)
            lines += plain(
                "below", _kept_as(shown.inspection, entry, masked=bool(raw.masked)), room
            )
            lines += _text(entry, shown, room)
    return headed("BYTES", lines, room)


def _kept_as(inspection: Inspection, entry: Entry, *, masked: bool) -> str:
    secret = "; ** stands for a secret, which is kept nowhere" if masked else ""
    if inspection.source is not None and inspection.source.kind is SourceKind.LOG:
        return f"a log keeps text: these are the bytes of its text{secret}"
    way = "sent" if isinstance(entry.event, CommandSent) else "received"
    return f"as {way}{secret}"


def _text(entry: Entry, shown: Inspected, room: Room) -> list[Line]:
    """The lines of a reply of several, neutralised."""
    reply = entry.event
    if not isinstance(reply, ReplyReceived) or len(reply.lines) < 2:
        return []
    most = _TEXT_LINES_ALL if shown.unfolded else _TEXT_LINES
    lines: list[Line] = []
    for number, text in enumerate(reply.lines[:most], 1):
        lines += row(f"line {number}", visible(text), room)
    if (rest := len(reply.lines) - most) > 0:
        more = "" if shown.unfolded else f" ({shown.key} shows more)"
        lines += plain("below", f"… {rest:,} more lines{more}", room, LABEL_WIDTH)
    return lines
