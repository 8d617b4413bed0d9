"""The phases of a session, and the one table that says what moves it from one to another.

A 421 or 221 moves nothing: only the close ends a connection (RFC 1123 §4.1.2.11). A reply that
is overdue is a mark on the phase, not a phase.
"""

from enum import StrEnum, auto
from typing import Final

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.ftp.reply import ReplyClass, reply_class
from ftpwatch.core.journal.events import (
    AnyEvent,
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ReconnectAbandoned,
    ReconnectScheduled,
    ReplyReceived,
    TlsEstablished,
)
from ftpwatch.core.journal.vocabulary import Role

__all__ = ["LOGIN_VERBS", "TRANSFER_VERBS", "Happening", "Phase", "happening", "next_phase"]


class Phase(StrEnum):
    """Where a session is."""

    CONNECTING = auto()
    GREETING = auto()
    TLS = auto()
    LOGIN = auto()
    READY = auto()
    TRANSFER = auto()
    QUIT = auto()
    WAITING = auto()
    CLOSED = auto()


class Happening(StrEnum):
    """What an event means for the phase."""

    OPENING = auto()
    OPENED = auto()
    FAILED = auto()
    GREETED = auto()
    TLS_ASKED = auto()
    TLS_REFUSED = auto()
    TLS_STANDS = auto()
    LOGGED_IN = auto()
    TRANSFER_BEGAN = auto()
    TRANSFER_ENDED = auto()
    QUIT_SENT = auto()
    CLOSED = auto()
    RETRY_SET = auto()
    RETRY_GIVEN_UP = auto()


LOGIN_VERBS: Final = frozenset({"USER", "PASS", "ACCT"})
# RFC 959 §4.1.3 and RFC 3659 §7.2: commands with a data connection.
TRANSFER_VERBS: Final = frozenset({"RETR", "STOR", "STOU", "APPE", "LIST", "NLST", "MLSD"})

_P, _H = Phase, Happening
_TABLE: Final[dict[tuple[Phase, Happening], Phase]] = {
    (_P.WAITING, _H.OPENING): _P.CONNECTING,
    (_P.CLOSED, _H.OPENING): _P.CONNECTING,
    (_P.CONNECTING, _H.OPENED): _P.GREETING,
    (_P.GREETING, _H.GREETED): _P.LOGIN,
    (_P.LOGIN, _H.TLS_ASKED): _P.TLS,
    (_P.TLS, _H.TLS_STANDS): _P.LOGIN,
    (_P.TLS, _H.TLS_REFUSED): _P.LOGIN,
    (_P.LOGIN, _H.LOGGED_IN): _P.READY,
    (_P.READY, _H.TRANSFER_BEGAN): _P.TRANSFER,
    (_P.TRANSFER, _H.TRANSFER_ENDED): _P.READY,
    (_P.CLOSED, _H.RETRY_SET): _P.WAITING,
    (_P.WAITING, _H.RETRY_GIVEN_UP): _P.CLOSED,
    (_P.CONNECTING, _H.FAILED): _P.CLOSED,
    **{(phase, _H.QUIT_SENT): _P.QUIT for phase in (_P.LOGIN, _P.READY, _P.TRANSFER)},
    **{
        (phase, _H.CLOSED): _P.CLOSED
        for phase in (_P.GREETING, _P.TLS, _P.LOGIN, _P.READY, _P.TRANSFER, _P.QUIT)
    },
}


def next_phase(phase: Phase, event: AnyEvent) -> Phase:
    """Phase after `event`; the same phase where the table has no line for it."""
    what = happening(event)
    return phase if what is None else _TABLE.get((phase, what), phase)


def happening(event: AnyEvent) -> Happening | None:
    """What `event` means for the phase; None where it means nothing."""
    match event:
        case CommandSent():
            return _of_command(event)
        case ReplyReceived():
            return _of_reply(event)
        case ConnectionOpening():
            return Happening.OPENING
        case ConnectionOpened():
            return Happening.OPENED
        case ConnectionFailed():
            return Happening.FAILED
        case TlsEstablished():
            return Happening.TLS_STANDS
        case ConnectionClosed():
            return Happening.CLOSED
        case ReconnectScheduled():
            return Happening.RETRY_SET
        case ReconnectAbandoned():
            return Happening.RETRY_GIVEN_UP
        case _:
            return None


def _of_command(sent: CommandSent) -> Happening | None:
    if sent.purpose is Purpose.QUIT:
        return Happening.QUIT_SENT
    return Happening.TLS_ASKED if sent.verb == "AUTH" else None


def _of_reply(reply: ReplyReceived) -> Happening | None:
    kind = reply_class(reply.code)
    verb = reply.in_reply_to.verb if reply.in_reply_to else None
    match reply.role:
        case Role.GREETING:
            return Happening.GREETED if kind is ReplyClass.COMPLETION else None
        case Role.PRELIMINARY if verb in TRANSFER_VERBS:
            return Happening.TRANSFER_BEGAN
        case Role.FINAL if verb in TRANSFER_VERBS:
            return Happening.TRANSFER_ENDED
        case Role.FINAL if verb in LOGIN_VERBS and kind is ReplyClass.COMPLETION:
            return Happening.LOGGED_IN
        case Role.FINAL if verb == "AUTH" and reply.code != 234:
            return Happening.TLS_REFUSED
        case _:
            return None
