"""What a screen leaves in the terminal."""

from pathlib import Path

from knowledge.contexts import Tale

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.vocabulary import Role, Stage
from ftpwatch.headless.summary import summary_text, unkept_text


def test_each_end_is_named_with_its_cause_and_how_to_see_it_again() -> None:
    tale = Tale().ready(session="eu-1").ready(session="eu-2")
    tale.says(300, 421, "Timeout.", session="eu-1").closes(300, 421, session="eu-1")
    told = summary_text(tale.watch, [Path("/a b/r.ftpwatch")])
    first, end, again = told.splitlines()
    assert first == "2 sessions watched for 5m; 1 closed unexpectedly"
    assert "eu-1  idle limit (" in end and end.endswith("421 Timeout.")
    assert again == "shown again by: ftpwatch replay '/a b/r.ftpwatch'"


def test_our_own_goodbyes_are_no_ends_to_explain() -> None:
    tale = Tale().ready().asks(5, "QUIT", Purpose.QUIT).says(5, 221, "Bye", Role.FINAL)
    tale.closes(5, 221, solicited=True)
    told = summary_text(tale.watch, [])
    assert told == "1 session watched for 5s; none ended unexpectedly\nnot recorded\n"


def test_nothing_from_the_wire_is_obeyed_and_many_ends_stay_few() -> None:
    tale = Tale()
    for n in range(20):
        name = f"s{n}"
        tale.ready(session=name)
        tale.says(3 * n + 1, 421, f"\x1b]0;owned\x07 Größe {n}", session=name)
        tale.closes(3 * n + 1, 421, session=name)
    told = summary_text(tale.watch, [], ascii_only=True)
    assert told.isascii() and "\x1b" not in told and "\x07" not in told
    assert len(told.splitlines()) == 15
    assert " s19 " in told and " s7 " not in told


def test_ends_that_say_the_same_are_one_line_and_all_stand_in_the_order_of_time() -> None:
    tale = Tale().ready(session="eu/1").ready(session="eu/2").ready(session="us")
    for turn, session in enumerate(("eu/1", "us", "eu/2", "eu/1", "eu/2", "us", "eu/2"), 1):
        at = 60 * turn
        text = "Out of memory" if session == "us" else "Out of disk space"
        tale.says(at, 421, text, session=session).closes(at, 421, session=session)
        tale.ready(at=at + 30, session=session)
    told = summary_text(tale.watch, [])
    lines = told.splitlines()[1:-1]
    assert len(lines) == 2, told
    assert [line.split()[0] for line in lines] == sorted(line.split()[0] for line in lines)
    assert "us, 2 times since " in lines[0] and "2 sessions, 5 times since " in lines[1]


def test_a_recording_that_lacks_its_end_says_so() -> None:
    assert unkept_text(3, Path("/r")) == "/r lacks the last 3 entries: the disk did not take them"


def test_what_ended_together_is_one_sentence() -> None:
    tale = Tale()
    for n in range(30):
        tale.ready(session=f"s{n}")
    for n in range(30):
        tale.closes(50 + n / 100, session=f"s{n}")
    tale.watch.settle(60)
    told = summary_text(tale.watch, [])
    assert len(told.splitlines()) == 3
    assert (
        "30 sessions of 192.0.2.1:21 ended within 0.3 s: server stop or restart (possible)" in told
    )


def test_what_was_never_reached_did_not_close() -> None:
    tale = Tale().ready(session="up").opening(1, session="down")
    tale.fails(2, Stage.CONNECT, "connection refused", session="down")
    first, *_ = summary_text(tale.watch, []).splitlines()
    assert first == "2 sessions watched for 2s; 1 attempt reached no server"
    tale.says(300, 421, "Timeout.", session="up").closes(300, 421, session="up")
    first, *_ = summary_text(tale.watch, []).splitlines()
    assert first.endswith("; 1 closed unexpectedly, 1 attempt reached no server")
