"""Full garbage collections wait for a quiet moment, but not for ever."""

import asyncio
import gc
from collections.abc import Iterator
from itertools import count

import pytest

from ftpwatch.wiring.collecting import PATIENT_LOOKS, QUIET_LOOKS, collect_when_quiet

LOOK = 0.001


@pytest.fixture
def full_collections() -> Iterator[list[int]]:
    seen: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and info["generation"] == 2:
            seen.append(1)

    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)
    gc.unfreeze()


async def _fill(looks: int) -> list[object]:
    """So many objects that Python would collect fully."""
    kept: list[object] = []
    for _ in range(looks):
        kept += [[] for _ in range(2_000_000 // looks)]
        await asyncio.sleep(LOOK)
    return kept


async def test_no_full_collection_while_something_happens_and_one_when_quiet(
    full_collections: list[int],
) -> None:
    busy, numbers = [True], count()
    running = asyncio.create_task(collect_when_quiet(lambda: next(numbers) if busy else -1, LOOK))
    await asyncio.sleep(0)
    kept = await _fill(PATIENT_LOOKS // 4)
    assert not full_collections
    busy.clear()
    for _ in range(QUIET_LOOKS * 20):
        await asyncio.sleep(LOOK)
    assert kept and len(full_collections) == 1
    running.cancel()


async def test_where_it_is_never_quiet_it_is_done_all_the_same(
    full_collections: list[int],
) -> None:
    numbers = count()
    running = asyncio.create_task(collect_when_quiet(lambda: next(numbers), LOOK))
    await asyncio.sleep(0)
    kept = await _fill(PATIENT_LOOKS // 4)
    for _ in range(PATIENT_LOOKS * 2):
        await asyncio.sleep(LOOK)
    assert kept and full_collections
    running.cancel()


async def test_the_thresholds_are_put_back() -> None:
    before = gc.get_threshold()
    running = asyncio.create_task(collect_when_quiet(lambda: 0))
    await asyncio.sleep(0)
    assert gc.get_threshold() != before
    running.cancel()
    await asyncio.wait([running])
    gc.unfreeze()
    assert gc.get_threshold() == before
