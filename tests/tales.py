"""What screenshots tell that no scenario of the demo does: from a 421 to its cure, and a crowd."""

from tui.screens import Shown

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.ftp.target import TargetFacts
from ftpwatch.core.journal.events import (
    ConnectionOpened,
    ConnectionOpening,
    KeepAliveChanged,
    LimitKnown,
    ReconnectScheduled,
    SessionAdded,
)
from ftpwatch.core.journal.vocabulary import Cause, ChangedBy, Role

__all__ = ["crowd", "cured", "cut", "held"]

WORDS = "No transfer timeout (300 seconds): closing control connection"
CLOSED_AT = 300.0


def held(tale: Shown) -> None:
    """A session that is kept alive by NOOPs."""
    tale.ready(session="backup", greeting="ProFTPD Server ready.", keep_alive=30)
    for at in range(30, 271, 30):
        tale.asks(at, "NOOP", session="backup").says(at, 200, "ok", Role.FINAL, session="backup")
    tale.clock.move_to(280)


def cut(tale: Shown) -> None:
    """Its server wants a transfer."""
    tale.says(CLOSED_AT, 421, WORDS, session="backup").closes(CLOSED_AT, 421, session="backup")
    known = LimitKnown("ftp.example.com", 21, "no_transfer", CLOSED_AT, "observed")
    tale.happens(CLOSED_AT, known, None)
    tale.happens(CLOSED_AT, ReconnectScheduled(12.0, 1, Cause.NO_TRANSFER_TIMEOUT), "backup")
    tale.watch.settle(CLOSED_AT + 3)
    tale.clock.move_to(CLOSED_AT + 5)


def cured(tale: Shown) -> None:
    """It sends LIST now, and outlives the limit."""
    tale.happens(308, KeepAliveChanged(150.0, "LIST", ChangedBy.USER), "backup")
    tale.connection = 2
    tale.happens(312, ConnectionOpening("ftp.example.com", 21, 1), "backup")
    tale.happens(312, ConnectionOpened("10.0.0.1:5", "192.0.2.1:21"), "backup")
    tale.greets("ProFTPD Server ready.", 312, "backup")
    for verb, code in (("USER", 331), ("PASS", 230)):
        tale.asks(312, verb, Purpose.LOGIN, "backup").says(312, code, "ok", Role.FINAL, "backup")
    for at in range(462, 913, 150):
        tale.asks(at, "LIST", session="backup")
        tale.says(at, 150, "here it comes", Role.PRELIMINARY, session="backup")
        tale.says(at, 226, "done", Role.FINAL, session="backup")
    tale.clock.move_to(930)


def crowd(tale: Shown, since: float = 0.0) -> None:
    """Sixty sessions of two hosts: most end in one event, four for another reason."""
    for n in range(60):
        _joins(tale, since + n / 10, _name(n), "eu.example.com" if n < 40 else "us.example.com")
    for n in range(60):
        tale.asks(since + 40, "NOOP", session=_name(n)).says(
            since + 40, 200, "ok", Role.FINAL, session=_name(n)
        )
    for n in (41, 44, 47, 52):
        tale.says(since + 50, 421, "Kicked by administrator.", session=_name(n))
        tale.closes(since + 50, 421, session=_name(n))
    tale.watch.settle(since + 55)
    for n in range(40):
        tale.says(since + 60, 421, "Server shutting down, goodbye.", session=_name(n))
        tale.closes(since + 60, 421, session=_name(n))
        wait = ReconnectScheduled(40.0 + n, 1, Cause.SERVER_SHUTDOWN)
        tale.happens(since + 60, wait, _name(n))
    tale.watch.settle(since + 65)
    tale.clock.move_to(since + 70)


def _joins(tale: Shown, at: float, name: str, host: str) -> None:
    facts = TargetFacts(name, host, 21, "bob", "explicit", 30.0, "NOOP")
    tale.happens(at, SessionAdded(facts), name)
    tale.happens(at, ConnectionOpening(host, 21, 1), name)
    address = "192.0.2.1:21" if host.startswith("eu") else "192.0.2.2:21"
    tale.happens(at, ConnectionOpened("10.0.0.1:4", address), name)
    tale.greets("Welcome to this server", at, name)
    for verb, code in (("USER", 331), ("PASS", 230)):
        tale.asks(at, verb, Purpose.LOGIN, name).says(at, code, "ok", Role.FINAL, session=name)


def _name(n: int) -> str:
    return f"eu/{n}" if n < 40 else f"us/{n}"
