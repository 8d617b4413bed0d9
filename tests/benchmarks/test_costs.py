"""The figures of the manual, as far as they do not depend on what else the machine does."""

import pytest

from benchmarks import entry_cost, opening

pytestmark = pytest.mark.long


@pytest.mark.timeout(300)
async def test_an_entry_costs_no_more_with_many_sessions() -> None:
    few, many = await entry_cost.measure(100, 4_000, rounds=3)
    assert many <= 1.5 * few


@pytest.mark.timeout(120)
def test_a_session_takes_little_room_and_opens_fast() -> None:
    opening.raise_limit()
    runs = [opening.measure(1_000) for _ in range(3)]
    assert min(ours.bytes_each for ours, _ in runs) <= 24 * 1024
    assert min(ours.seconds / bare.seconds for ours, bare in runs) <= 4
