"""Advice: each line stands by itself, none says twice what another says, numbers where known."""

import re

import pytest

from ftpwatch.core.journal.events import LimitKnown
from ftpwatch.core.journal.vocabulary import Manner, Role
from knowledge.contexts import Tale


def ended(keep_alive: float | None, text: str, at: float = 300) -> tuple[str, ...]:
    tale = Tale().ready(keep_alive=keep_alive)
    if keep_alive is not None and keep_alive < at:
        tale.keeps_alive(keep_alive, at - 1)
    return tale.says(at, 421, text).closes(at, 421).told().advice.client


@pytest.mark.parametrize("keep_alive", [None, 20.0, 60.0, 400.0])
@pytest.mark.parametrize(
    "text",
    [
        "Timeout (300 seconds): closing", "No transfer timeout (300 seconds): closing",
        "Idle for 300 seconds: closing", "Session limit of 300 seconds reached", "Good-bye",
        "Too many connections", "Server shutting down", "vsftpd: Timeout.",
    ],
)  # fmt: skip
def test_no_line_hangs_on_another_and_keep_alives_are_advised_once(
    text: str, keep_alive: float | None
) -> None:
    steps = ended(keep_alive, text)
    assert not [step for step in steps if re.match(r"(or|and|then|else|also)\b", step)]
    about = [
        step for step in steps if re.search(r"NOOP every|keep-alives? (every|on)|set \d", step)
    ]
    assert len(about) <= 1 and len(set(steps)) == len(steps)


def test_a_path_that_was_measured_is_advised_about_in_numbers() -> None:
    tale = Tale().ready(keep_alive=None)
    tale.happens(0, LimitKnown("192.0.2.1", 21, "idle", 900.0, "advertised"))
    tale.happens(0, LimitKnown("192.0.2.1", 21, "path", 350.0, "measured"))
    tale.asks(1, "NOOP").says(1, 200, "ok", Role.FINAL)
    told = tale.closes(351, manner=Manner.RESET).told()
    assert told.cause == "path_idle_timeout"
    number = re.search(r"every (\d+) s|NOOP every (\S+)", " ".join(told.advice.client))
    assert number is not None, told.advice.client
