"""The phase table, walked by what events mean for it."""

import pytest

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.events import (
    AnyEvent,
    CommandSent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    InReplyTo,
    ReconnectAbandoned,
    ReconnectScheduled,
    ReplyReceived,
    TlsEstablished,
)
from ftpwatch.core.journal.vocabulary import Cause, ClosedBy, Manner, Role, Stage
from ftpwatch.core.state.phases import Happening, Phase, happening, next_phase


def reply(code: int, role: Role, verb: str | None = None) -> ReplyReceived:
    asked = None if verb is None else InReplyTo(1, verb, Purpose.USER)
    return ReplyReceived(code, ("",), "utf-8", None, 0, role, asked, None)


EVENTS: dict[Happening, AnyEvent] = {
    Happening.OPENING: ConnectionOpening("h", 21, 1),
    Happening.OPENED: ConnectionOpened("127.0.0.1:4", "127.0.0.1:21"),
    Happening.FAILED: ConnectionFailed(Stage.CONNECT, "connection refused"),
    Happening.GREETED: reply(220, Role.GREETING),
    Happening.TLS_ASKED: CommandSent(1, "AUTH", "TLS", Purpose.SETUP),
    Happening.TLS_REFUSED: reply(502, Role.FINAL, "AUTH"),
    Happening.TLS_STANDS: TlsEstablished("TLSv1.3", "x", True, None, None, None),
    Happening.ASKED: CommandSent(1, "USER", "bob", Purpose.LOGIN),
    Happening.WORKED: reply(257, Role.FINAL, "PWD"),
    Happening.LOGGED_IN: reply(230, Role.FINAL, "PASS"),
    Happening.TRANSFER_BEGAN: reply(150, Role.PRELIMINARY, "RETR"),
    Happening.TRANSFER_ENDED: reply(226, Role.FINAL, "RETR"),
    Happening.QUIT_SENT: CommandSent(1, "QUIT", None, Purpose.QUIT),
    Happening.CLOSED: ConnectionClosed(ClosedBy.SERVER_PI, Manner.FIN, False, None, 1.0, 1.0),
    Happening.RETRY_SET: ReconnectScheduled(3.0, 2, Cause.UNKNOWN),
    Happening.RETRY_GIVEN_UP: ReconnectAbandoned(1, Cause.LOGIN_REFUSED),
}
MOVES = {
    (phase, what): after
    for phase in Phase
    for what, event in EVENTS.items()
    if (after := next_phase(phase, event)) is not phase
}


@pytest.mark.parametrize("what", Happening)
def test_every_happening_is_what_an_event_means_and_moves_something(what: Happening) -> None:
    assert happening(EVENTS[what]) is what
    assert what in {moving for _, moving in MOVES}


def test_every_phase_is_left_and_reached() -> None:
    left = {phase for phase, _ in MOVES}
    assert left == set(MOVES.values()) == set(Phase)


@pytest.mark.parametrize(
    "phase", [p for p in Phase if p not in (Phase.CONNECTING, Phase.WAITING, Phase.CLOSED)]
)
def test_a_close_closes_from_every_phase_that_is_open(phase: Phase) -> None:
    assert MOVES[phase, Happening.CLOSED] is Phase.CLOSED


@pytest.mark.parametrize("code", [421, 221])
@pytest.mark.parametrize("phase", Phase)
def test_an_announcement_ends_no_phase(phase: Phase, code: int) -> None:
    assert next_phase(phase, reply(code, Role.SPONTANEOUS)) is phase
