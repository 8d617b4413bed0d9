"""Python's full garbage collection, moved to where nothing happens.

With 500 sessions one takes 50 to 90 ms, which on top of a drawn frame is what a key would wait for
when all of them end at once.
"""

import asyncio
import gc
from collections.abc import Callable
from typing import Final

__all__ = ["collect_when_quiet"]

QUIET_LOOKS: Final = 8
PATIENT_LOOKS: Final = 240
_NEVER: Final = 1_000_000_000
_YOUNG: Final = 10_000  # objects; 700, Python's own, cost 5 % while many sessions open


async def collect_when_quiet(progress: Callable[[], int], look_seconds: float = 0.25) -> None:
    """Collect fully only where `progress` has stood still for eight looks, or where 240 looks
    found no such moment; until cancelled. What is loaded now is never looked through again.
    """
    gc.freeze()
    thresholds = gc.get_threshold()
    _, middle, full = thresholds
    gc.set_threshold(_YOUNG, middle, _NEVER)
    seen, quiet, waited = progress(), 0, 0
    try:
        while True:
            await asyncio.sleep(look_seconds)
            before, seen = seen, progress()
            quiet = quiet + 1 if seen == before else 0
            is_due = gc.get_count()[2] > full
            waited = waited + 1 if is_due else 0
            if is_due and (quiet >= QUIET_LOOKS or waited > PATIENT_LOOKS):
                gc.collect()
    finally:
        gc.set_threshold(*thresholds)
