"""The phases of a session, and the one table that says what moves it from one to another.

A 421 or 221 moves nothing: only the close ends a connection (RFC 1123 §4.1.2.11). A reply that
is overdue is a mark on the phase, not a phase.
"""

from enum import StrEnum, auto
from typing import Final

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

__all__ = [
    "LOGIN_VERBS",
    "TRANSFER_VERBS",
    "UNSEEN_TRANSFER",
    "Happening",
    "Phase",
    "happening",
    "next_phase",
]


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
    ASKED = auto()
    WORKED = auto()
    LOGGED_IN = auto()
    TRANSFER_BEGAN = auto()
    TRANSFER_ENDED = auto()
    QUIT_SENT = auto()
    CLOSED = auto()
    RETRY_SET = auto()
    RETRY_GIVEN_UP = auto()


# What a log shows of a transfer whose command it does not show.
UNSEEN_TRANSFER: Final = "a transfer"
LOGIN_VERBS: Final = frozenset({"USER", "PASS", "ACCT"})
# RFC 959 §4.1.3 and RFC 3659 §7.2: commands with a data connection.
TRANSFER_VERBS: Final = frozenset(
    {"RETR", "STOR", "STOU", "APPE", "LIST", "NLST", "MLSD", UNSEEN_TRANSFER}
)
# Who is served one of these is logged in, also where a log does not show the login.
_WORKING_VERBS: Final = TRANSFER_VERBS | {
    "PWD", "XPWD", "CWD", "CDUP", "TYPE", "PASV", "EPSV", "PORT", "EPRT", "SIZE", "MDTM", "DELE",
    "RNFR", "RNTO", "MKD", "RMD", "REST", "MLST",
}  # fmt: skip

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
    # What others' sessions show from their middle on; ours stand before anything is said.
    (_P.CONNECTING, _H.GREETED): _P.LOGIN,
    (_P.CONNECTING, _H.ASKED): _P.LOGIN,
    (_P.CONNECTING, _H.TLS_ASKED): _P.TLS,
    (_P.CONNECTING, _H.LOGGED_IN): _P.READY,
    (_P.CONNECTING, _H.TRANSFER_BEGAN): _P.TRANSFER,
    (_P.CONNECTING, _H.TRANSFER_ENDED): _P.READY,
    (_P.CONNECTING, _H.QUIT_SENT): _P.QUIT,
    (_P.CONNECTING, _H.CLOSED): _P.CLOSED,
    **{(phase, _H.WORKED): _P.READY for phase in (_P.CONNECTING, _P.GREETING, _P.TLS, _P.LOGIN)},
    (_P.TLS, _H.ASKED): _P.LOGIN,
    (_P.TLS, _H.LOGGED_IN): _P.READY,
    (_P.GREETING, _H.ASKED): _P.LOGIN,
    (_P.GREETING, _H.TLS_ASKED): _P.TLS,
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
    if sent.is_quit:
        return Happening.QUIT_SENT
    if sent.verb == "AUTH":
        return Happening.TLS_ASKED
    return Happening.ASKED if sent.verb in LOGIN_VERBS else None


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
        case Role.FINAL if verb in _WORKING_VERBS and kind is ReplyClass.COMPLETION:
            return Happening.WORKED
        case Role.FINAL if verb == "AUTH" and reply.code != 234:
            return Happening.TLS_REFUSED
        case _:
            return None
