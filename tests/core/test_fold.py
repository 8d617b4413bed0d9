"""Facts of one connection, folded from what happened on it."""

import pytest
from knowledge.contexts import Tale

from ftpwatch.core.journal.vocabulary import Manner, Role


def longest_gap(tale: Tale) -> float:
    facts = tale.watch.state.sessions["s"].connection
    assert facts is not None
    return facts.longest_gap


def kept_alive() -> Tale:
    """Every 20 s until 40 s; then silence."""
    return Tale().ready(keep_alive=20).keeps_alive(20, until=40)


def test_the_longest_gap_is_the_longest_silence_after_which_a_command_was_answered() -> None:
    tale = kept_alive()
    assert longest_gap(tale) == 20
    tale.asks(100, "NOOP")
    assert longest_gap(tale) == 20
    tale.says(100.1, 502, "What?", Role.FINAL)
    assert longest_gap(tale) == 60
    tale.keeps_alive(110, until=110)
    assert longest_gap(tale) == 60


@pytest.mark.parametrize("code", [421, 221])
def test_the_longest_gap_does_not_count_a_close_that_crosses_a_command(code: int) -> None:
    tale = kept_alive().asks(100, "NOOP").says(100.1, code, "Timeout.", Role.FINAL)
    assert longest_gap(tale) == 20
    tale.closes(100.2, code)
    assert longest_gap(tale) == 20


@pytest.mark.parametrize("asked", [True, False])
def test_the_longest_gap_does_not_count_the_silence_before_a_close(asked: bool) -> None:
    tale = kept_alive()
    if asked:
        tale.asks(100, "NOOP")
    assert longest_gap(tale.closes(160, manner=Manner.RESET)) == 20


def test_the_longest_gap_does_not_count_the_silence_before_an_announcement() -> None:
    assert longest_gap(kept_alive().says(100, 421, "Timeout.").closes(100.1, 421)) == 20
