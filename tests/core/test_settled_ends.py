"""Ends are told once each, when nothing new will be said of them, with who ended beside them."""

from knowledge.contexts import Tale

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.events import SessionRemoved
from ftpwatch.core.journal.vocabulary import Cause, ClosedBy, Role, Stage
from ftpwatch.core.judgement.settled_ends import Ended, SettledEnds


def heard(tale: Tale) -> tuple[SettledEnds, list[tuple[Ended, ...]]]:
    ends, groups = SettledEnds(tale.watch), list[tuple[Ended, ...]]()
    ends.subscribe(groups.append)
    return ends, groups


def test_an_end_is_told_two_seconds_after_the_close_and_never_again() -> None:
    tale = Tale()
    ends, groups = heard(tale)
    tale.ready().says(300, 421, "Timeout.").closes(300, 421)
    assert ends.settles_at == 302
    ends.settle(301.9)
    assert groups == []
    ends.settle(302)
    assert [[(e.cause, e.by, e.was_ready) for e in group] for group in groups] == [
        [(Cause.IDLE_TIMEOUT, ClosedBy.SERVER_PI, True)]
    ]
    ends.settle(400)
    assert ends.settles_at is None and len(groups) == 1


def test_an_entry_that_comes_later_is_as_good_as_a_clock() -> None:
    tale = Tale().ready(session="a").ready(session="b")
    _, groups = heard(tale)
    tale.closes(100, session="a")
    tale.asks(102.5, "NOOP", session="b")
    assert [e.session.name for group in groups for e in group] == ["a"]


def test_it_tells_the_revised_explanation_of_those_that_ended_together() -> None:
    tale = Tale()
    ends, groups = heard(tale)
    for n in range(4):
        tale.ready(session=f"s{n}")
    for n in range(4):
        tale.closes(50 + n / 2, session=f"s{n}")
    ends.settle(53.4)
    assert groups == []
    ends.settle(53.5)
    (group,) = groups
    assert len(group) == 4
    assert {e.explained.incident for e in group if e.explained} == {group[0].entry.seq}
    assert {e.cause for e in group} == {Cause.SERVER_SHUTDOWN}


def test_hosts_and_moments_apart_are_told_apart() -> None:
    tale = Tale()
    ends, groups = heard(tale)
    for n in range(3):
        tale.ready(session=f"s{n}")
    for n in range(3):
        tale.closes(50 + 2.5 * n, session=f"s{n}")
    ends.settle(1000)
    assert [len(group) for group in groups] == [1, 1, 1]


def test_the_addresses_of_one_name_are_told_together() -> None:
    tale = Tale()
    ends, groups = heard(tale)
    for n in range(4):
        tale.peer = f"192.0.2.{n}:21"
        tale.ready(session=f"s{n}")
    for n in range(4):
        tale.closes(50 + n / 2, session=f"s{n}")
    ends.settle(1000)
    assert [len(group) for group in groups] == [4]


def test_ends_that_never_pause_are_told_in_time() -> None:
    tale = Tale()
    ends, groups = heard(tale)
    for n in range(60):
        tale.ready(session=f"s{n}")
    for n in range(60):
        tale.closes(50 + 0.4 * n, session=f"s{n}")
    assert len(groups) >= 1 and groups[0][-1].entry.elapsed_seconds <= 60.1
    ends.settle(1000)
    assert sum(map(len, groups)) == 60


def test_an_attempt_that_came_to_nothing_is_an_end_that_nobody_closed() -> None:
    tale = Tale()
    ends, groups = heard(tale)
    tale.opening(0).fails(3, Stage.CONNECT, "connection refused")
    ends.settle(5)
    (group,) = groups
    assert [(e.cause, e.by, e.was_ready) for e in group] == [
        (Cause.SERVER_UNREACHABLE, None, False)
    ]


def test_a_session_that_is_removed_meanwhile_is_still_told() -> None:
    tale = Tale().ready()
    ends, groups = heard(tale)
    tale.asks(5, "QUIT", Purpose.QUIT).says(5, 221, "Bye", Role.FINAL)
    tale.closes(5, 221, by=ClosedBy.USER_PI, solicited=True)
    tale.happens(5.1, SessionRemoved())
    ends.settle(10)
    (group,) = groups
    assert [e.cause for e in group] == [Cause.CLIENT_QUIT]
