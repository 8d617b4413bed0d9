"""The phase table, walked."""

import pytest

from ftpwatch.core.state import phases
from ftpwatch.core.state.phases import Happening, Phase


def test_every_phase_is_left_and_reached() -> None:
    left = {phase for phase, _ in phases._TABLE}
    reached = set(phases._TABLE.values())
    assert left == reached == set(Phase)


def test_every_happening_moves_something() -> None:
    assert {what for _, what in phases._TABLE} == set(Happening)


@pytest.mark.parametrize(
    "phase", [p for p in Phase if p not in (Phase.CONNECTING, Phase.WAITING, Phase.CLOSED)]
)
def test_a_close_closes_from_every_phase_that_is_open(phase: Phase) -> None:
    assert phases._TABLE[phase, Happening.CLOSED] is Phase.CLOSED
