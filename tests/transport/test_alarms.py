"""Alarms of the system's clock: one timer of the loop serves all of them."""

import asyncio
from math import inf

from ftpwatch.transport.system_clock import SystemClock
from ftpwatch.transport.waiting import Overdue, within


async def test_alarms_ring_in_their_order_and_only_once() -> None:
    clock, rung = SystemClock(), list[int]()
    now = clock.elapsed()
    for number in (3, 1, 2):
        clock.call_at(now + number / 100, lambda number=number: rung.append(number))
    await clock.sleep_until(now + 0.05)
    assert rung == [1, 2, 3]


async def test_what_was_cancelled_does_not_ring_also_in_the_turn_that_it_is_due() -> None:
    clock, rung = SystemClock(), list[str]()
    now = clock.elapsed()
    alarms = [clock.call_at(now - 1, lambda: rung.append("late"))]
    clock.call_at(now - 2, lambda: alarms[0].cancel())
    await clock.sleep_until(now + 0.02)
    assert rung == []


async def test_an_alarm_for_ever_never_rings_and_one_that_fails_stops_no_other() -> None:
    clock, rung = SystemClock(), list[str]()
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    now = clock.elapsed()
    clock.call_at(inf, lambda: rung.append("never"))
    clock.call_at(now, lambda: 1 // 0)
    clock.call_at(now, lambda: rung.append("after"))
    await clock.sleep_until(now + 0.02)
    assert rung == ["after"]


async def test_thousands_that_are_not_wanted_any_more_leave_the_others() -> None:
    clock, rung = SystemClock(), list[str]()
    now = clock.elapsed()
    for _ in range(5_000):
        clock.call_at(now + 600, lambda: None).cancel()
    clock.call_at(now + 0.01, lambda: rung.append("rang"))
    for _ in range(5_000):
        clock.call_at(now + 600, lambda: None).cancel()
    await clock.sleep_until(clock.elapsed() + 0.03)
    assert rung == ["rang"]


async def test_a_wait_that_ends_by_an_error_of_the_system_is_not_overdue() -> None:
    async def refused() -> None:
        raise TimeoutError(110, "Connection timed out")

    try:
        await within(SystemClock(), 10, refused())
    except TimeoutError as error:
        assert error.errno == 110
    try:
        await within(SystemClock(), 0.01, asyncio.sleep(60))
    except Overdue:
        return
    raise AssertionError("it was overdue")
