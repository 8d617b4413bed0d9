"""What a session does next: the conditions, in their order."""

from math import inf

import pytest
from msgspec.structs import replace

from ftpwatch.core.ftp.command import Command, Purpose
from ftpwatch.core.ftp.target import TargetFacts
from ftpwatch.core.journal.events import InReplyTo, ReplyReceived
from ftpwatch.core.journal.vocabulary import Role
from ftpwatch.core.state.keep_alive import KeepAliveEnd, changed_keep_alive, spread_until
from ftpwatch.core.state.next_step import (
    Close,
    Leave,
    ReportOverdue,
    Send,
    SessionWishes,
    SkipKeepAlive,
    Step,
    Wait,
    next_keep_alive_at,
    next_step,
)
from ftpwatch.core.state.phases import Phase
from ftpwatch.core.state.state import (
    Announcement,
    ConnectionFacts,
    KeepAliveRefusal,
    OwedReply,
    SessionState,
)

WISHES = SessionWishes(timeout_seconds=15)
NOOP = Send(Command("NOOP"), Purpose.KEEP_ALIVE)
STAT = Command("STAT")
BY_HAND = Send(STAT, Purpose.USER)
OWED = (OwedReply(4, "NOOP", Purpose.KEEP_ALIVE, 100),)
REPLY = ReplyReceived(
    421, ("bye",), "utf-8", None, 0, Role.FINAL, InReplyTo(4, "NOOP", Purpose.KEEP_ALIVE), 0.1
)
ANNOUNCED = Announcement(9, 100, REPLY, Phase.READY, 100, None)


def session(
    *, every: float | None = 30, command: str = "NOOP", auto: bool = False,
    refused: tuple[str, ...] = (), twin: bool = False, **facts: object,
) -> SessionState:  # fmt: skip
    """Ready at 10, its last command sent at 100, and what the test says."""
    known: dict[str, object] = {
        "ready_at": 10.0, "last_command_at": 100.0, "last_reply_at": 100.0,
        "last_user_command_at": 10.0, **facts,
    }  # fmt: skip
    return SessionState(
        "one",
        TargetFacts("one", "h", 21, "u", "off", every, command, twin=twin),
        connection=ConnectionFacts(1, "h", 21, 0.0, **known),  # type: ignore[arg-type]
        auto=auto,
        refused_commands=frozenset(refused),
    )


@pytest.mark.parametrize(
    ("state", "wishes", "now", "step"),
    [
        pytest.param(session(), {}, 129.9, Wait(130), id="nothing is due"),
        pytest.param(session(), {}, 130, NOOP, id="a keep-alive is due"),
        pytest.param(session(every=None), {}, 999, Wait(inf), id="keep-alives are off"),
        pytest.param(
            session(every=None), {"keep_alive_now": True}, 101, NOOP, id="one is wanted"
        ),
        pytest.param(session(), {"not_before": 133.0}, 131, Wait(133), id="spread after sleep"),
        pytest.param(session(owed=OWED), {}, 114, Wait(115), id="a reply is owed"),
        pytest.param(session(owed=OWED), {}, 115, ReportOverdue(), id="it is overdue"),
        pytest.param(session(owed=OWED, overdue=1, overdue_at=115), {}, 129, Wait(130), id="again"),
        pytest.param(
            session(owed=OWED, overdue=1, overdue_at=115), {}, 130, ReportOverdue(), id="and then"
        ),
        pytest.param(
            session(owed=OWED, overdue=1, overdue_at=5000), {}, 5001, Wait(5015),
            id="after sleep it gets its time",
        ),
        pytest.param(
            session(owed=OWED, last_reply_at=110), {}, 124, Wait(125), id="1xx is a sign of life"
        ),
        pytest.param(
            session(announcement=ANNOUNCED, last_reply_at=104), {}, 105,
            Send(Command("NOOP"), Purpose.PROBE), id="further words do not put it off",
        ),
        pytest.param(session(owed=OWED, overdue=2), {}, 130, Close(), id="nobody answers"),
        pytest.param(
            session(owed=OWED), {"keep_alive_now": True}, 101, SkipKeepAlive("a reply is owed"),
            id="none is sent while a reply is owed",
        ),
        pytest.param(
            session(announcement=ANNOUNCED), {}, 104, Wait(105), id="an end is announced"
        ),
        pytest.param(
            session(announcement=ANNOUNCED, every=1), {"keep_alive_now": True}, 104, Wait(105),
            id="keep-alives pause then",
        ),
        pytest.param(
            session(announcement=ANNOUNCED), {}, 105, Send(Command("NOOP"), Purpose.PROBE),
            id="it did not come: does it live on?",
        ),
        pytest.param(
            session(announcement=ANNOUNCED, owed=OWED), {}, 110, Wait(115), id="the probe is owed"
        ),
        pytest.param(session(owed=OWED), {"leave": True}, 200, Leave(), id="leaving goes first"),
        pytest.param(session(), {"command": STAT}, 101, BY_HAND, id="the user's command"),
        pytest.param(
            session(), {"command": STAT}, 130, BY_HAND, id="it goes before a keep-alive that is due"
        ),
        pytest.param(
            session(), {"command": STAT, "keep_alive_now": True}, 101, BY_HAND,
            id="and before one that is wanted",
        ),
        pytest.param(
            session(), {"command": STAT, "not_before": 500.0}, 101, BY_HAND,
            id="sleep does not put it off",
        ),
        pytest.param(
            session(owed=OWED), {"command": STAT}, 101, Wait(115), id="it waits for what is owed"
        ),
        pytest.param(
            session(owed=OWED), {"command": STAT}, 115, ReportOverdue(), id="which may be overdue"
        ),
        pytest.param(
            session(announcement=ANNOUNCED), {"command": STAT}, 101, BY_HAND,
            id="also where an end is announced",
        ),
        pytest.param(
            session(every=None), {"command": STAT, "leave": True}, 101, Leave(),
            id="leaving goes before it",
        ),
        pytest.param(
            session(command="filezilla", last_command_at=1800.0), {}, 1801,
            SkipKeepAlive("as filezilla does, they rest now", rests=True), id="FileZilla rests",
        ),
        pytest.param(
            session(command="filezilla", last_command_at=1800.0), {"knows_of_rest": True}, 9999,
            Wait(inf), id="which is said once",
        ),
        pytest.param(session(command="lftp"), {}, 189, Wait(190), id="lftp stays"),
        pytest.param(
            session(command="lftp"), {}, 190,
            Leave("as the client that is imitated does, it leaves now"), id="and leaves",
        ),
        pytest.param(
            session(command="STAT,LIST", keep_alive_turns=1), {}, 130,
            Send(Command("LIST"), Purpose.KEEP_ALIVE), id="whose turn it is",
        ),
    ],
)  # fmt: skip
def test_the_first_condition_that_holds_decides(
    state: SessionState, wishes: dict[str, object], now: float, step: Step
) -> None:
    assert next_step(state, replace(WISHES, **wishes), now) == step


REFUSED = KeepAliveRefusal("NOOP", "NOOP", 502)


@pytest.mark.parametrize(
    ("state", "step"),
    [
        pytest.param(
            session(keep_alive_refusal=REFUSED, refused=("NOOP",)),
            KeepAliveEnd("the server refuses NOOP with 502: TYPE A is sent instead", 30, "TYPE A"),
            id="another harmless one",
        ),
        pytest.param(
            session(keep_alive_refusal=REFUSED, command="NOOP,STAT", refused=("NOOP",)),
            KeepAliveEnd("the server refuses NOOP with 502: STAT is sent instead", 30, "STAT"),
            id="what is left of a list",
        ),
        pytest.param(
            session(keep_alive_refusal=REFUSED, refused=("NOOP", "TYPE A", "PWD")),
            KeepAliveEnd(
                "the server refuses NOOP with 502: nothing harmless is left to send", None, "NOOP"
            ),
            id="none is left",
        ),
        pytest.param(
            session(keep_alive_refusal=REFUSED, twin=True),
            KeepAliveEnd(
                "the server refuses NOOP with 502: nothing harmless is left to send", None, "NOOP"
            ),
            id="a test session has its own command only",
        ),
        pytest.param(
            session(keep_alive_refusal=KeepAliveRefusal("LIST", "PASV", 502), command="LIST"),
            KeepAliveEnd("the server refuses PASV with 502: NOOP is sent instead", 30, "NOOP"),
            id="a listing for want of PASV",
        ),
        pytest.param(session(keep_alive_refusal=REFUSED, auto=True), Wait(130), id="patient"),
        pytest.param(
            session(keep_alive_refusal=replace(REFUSED, times=2), auto=True, refused=("NOOP",)),
            KeepAliveEnd("the server refuses NOOP with 502: TYPE A is sent instead", 30, "TYPE A"),
            id="once",
        ),
        pytest.param(
            session(keep_alive_refusal=REFUSED, command="winscp"), Wait(130), id="imitated"
        ),
        pytest.param(
            session(keep_alive_refusal=REFUSED, command="STAT"), Wait(130), id="chosen anew"
        ),
        pytest.param(session(logins_lost=2), Wait(130), id="a login lost twice"),
        pytest.param(
            session(logins_lost=3),
            KeepAliveEnd("the server no longer knows the login (530): stopped", None, "NOOP"),
            id="and three times",
        ),
        pytest.param(session(logins_lost=3, every=None), Wait(inf), id="it is off already"),
    ],
)  # fmt: skip
def test_refusals_change_what_is_sent(state: SessionState, step: Step) -> None:
    assert next_step(state, WISHES, 101) == step


@pytest.mark.parametrize(
    ("command", "interval", "becomes"),
    [
        (None, 10.0, (10.0, "NOOP")),
        (None, None, (None, "NOOP")),
        ("STAT", 10.0, (10.0, "STAT")),
        ("winscp", 10.0, (30.0, "winscp")),
        ("lftp", 10.0, (None, "lftp")),
    ],
)
def test_a_change_is_an_event(
    command: str | None, interval: float | None, becomes: tuple[float | None, str]
) -> None:
    changed = changed_keep_alive(session(), interval=interval, command=command)
    assert (changed.interval_seconds, changed.command, changed.by) == (*becomes, "user")


def test_an_interval_for_who_sends_nothing_needs_a_command() -> None:
    assert changed_keep_alive(session(command="curl"), interval=5).command == "NOOP"


def test_who_woke_too_late_does_not_speak_with_all_others() -> None:
    assert spread_until(session(), due=100, now=101) == 100
    late = spread_until(session(), due=100, now=200)
    assert 200 <= late <= 205


def test_a_view_counts_down_to_nothing_where_an_end_is_announced() -> None:
    assert next_keep_alive_at(session()) == 130
    assert next_keep_alive_at(session(announcement=ANNOUNCED)) is None
    assert next_keep_alive_at(session(every=None)) is None
