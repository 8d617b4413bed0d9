"""Which ends are kept, and which go first where there are too many."""

from knowledge.contexts import Tale

from ftpwatch.core.judgement.ends import Ends
from ftpwatch.core.state.explanation import Explained


def refused(ends: Ends, sessions: int) -> None:
    tale = Tale()
    tale.watch.subscribe(ends.receive)
    for number in range(sessions):
        tale.opened(number * 100, f"s{number}").says(
            number * 100, 421, "Too many users", session=f"s{number}"
        )
    tale.watch.settle(float("inf"))


def test_those_in_the_middle_fall_away_where_nobody_takes_them() -> None:
    ends = Ends(most=4)
    refused(ends, 7)
    assert [end.session for end in ends.all()] == ["s0", "s1", "s5", "s6"]
    assert ends.dropped == 3


def test_the_oldest_are_handed_over_once_and_not_told_anew() -> None:
    gone: list[Explained] = []
    ends = Ends(gone.append, most=4)
    refused(ends, 7)
    assert [end.session for end in gone] == ["s0", "s1", "s2"]
    assert [end.session for end in ends.all()] == ["s3", "s4", "s5", "s6"]
    assert ends.dropped == 0
